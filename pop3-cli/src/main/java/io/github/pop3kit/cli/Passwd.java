package io.github.pop3kit.cli;

import io.github.pop3kit.server.auth.KeptPassword;
import io.github.pop3kit.server.auth.PasswdFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code pop3 passwd}: entries for the file that {@code pop3 serve --users} reads. */
@Command(
        name = "passwd",
        customSynopsis = {
            "pop3 passwd [--scheme SCHEME] [--user NAME] [--password-file FILE]",
            "pop3 passwd --verify ENTRY [--password-file FILE]",
            "pop3 passwd --users FILE --user NAME [--password-file FILE]"
        },
        description = {
            "Makes an entry for a passwd file, or verifies one: status 0 if the password is right, 1 if it is not.",
            "Asks for the password on a terminal, and else takes the first line of standard input.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false,
        footerHeading = "%nThe schemes, which are Dovecot's:%n")
final class Passwd implements Callable<Integer> {

    private final Pop3 pop3;

    @Option(
            names = {"-s", "--scheme"},
            paramLabel = "SCHEME",
            description =
                    "How the password is kept; ARGON2ID where it is not said. Of SCRAM-SHA-256 and the like clients can"
                            + " log in by SCRAM too, of PLAIN by everything.")
    private String scheme = "ARGON2ID";

    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            description = "Whose entry it is.")
    private @Nullable String user;

    @Option(
            names = "--verify",
            paramLabel = "ENTRY",
            description = "Verify the password against this entry, such as '{SSHA}…'.")
    private @Nullable String verify;

    @Option(
            names = "--users",
            paramLabel = "FILE",
            description = "Verify the password of --user against this file, as pop3 serve would.")
    private @Nullable Path users;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "The first line of this file is the password.")
    private @Nullable Path passwordFile;

    Passwd(Pop3 pop3) {
        this.pop3 = pop3;
    }

    /** The end of the help text: every scheme. */
    static String schemes() {
        return "  " + String.join(" ", KeptPassword.schemeNames()) + "%n";
    }

    @Override
    public Integer call() throws Failure {
        if (users != null && user == null) throw usage("--users needs --user.");
        if (users != null && verify != null) throw usage("--users and --verify are two ways to say what to verify.");
        if (user != null && user.matches(".*[:\r\n\0].*|#.*|")) {
            throw usage("A user's name has no colon and no line end in it, and does not begin with #.");
        }
        String password = passwordFile != null ? Password.ofFile(passwordFile) : Password.asked();
        if (password.isEmpty()) throw Failure.of("The password is empty, and an empty one lets nobody in.");
        if (users != null && user != null) return verified(isRight(users, user, password));
        if (verify != null) return verified(KeptPassword.of(verify).matches(password));
        pop3.out().println((user == null ? "" : user + ":") + made(password));
        return ExitCode.OK;
    }

    private String made(String password) throws Failure {
        try {
            String entry = KeptPassword.make(scheme, password).text();
            if (entry.indexOf(':') < 0) return entry;
            throw usage("A password with a colon in it cannot stand in the file as it is; take another --scheme.");
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage() + ".");
        }
    }

    private static boolean isRight(Path file, String name, String password) throws Failure {
        try {
            return new PasswdFile(file).password(name, password).isPresent();
        } catch (IOException e) {
            throw Failure.of("The users cannot be read from " + file + ": " + Failure.why(e) + ".");
        }
    }

    private int verified(boolean right) throws Failure {
        if (!right) throw Failure.of("The password is not right.");
        pop3.out().println("The password is right.");
        return ExitCode.OK;
    }

    private static Failure usage(String sentence) {
        return Failure.usage(sentence, "pop3 passwd");
    }
}
