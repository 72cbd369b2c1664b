package io.github.pop3kit.cli;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.MaildropDiff;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStores;
import io.github.pop3kit.store.Maildrop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pop3 uidl-diff}: what clients would download again after a move. */
@Command(
        name = "uidl-diff",
        description = {
            "Compares an account at two servers, or at a server and in a maildir, and says what its clients would download again"
                    + " after a move from OLD to NEW.",
            "The status is 0 if nothing, 1 if something, and that of the failure where it cannot be told. Nothing is removed.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false)
final class UidlDiff implements Callable<Integer> {

    private static final int EXAMPLES = 10;
    private static final String MAILDIR = "maildir:";

    private final Pop3 pop3;

    @Parameters(
            index = "0",
            paramLabel = "OLD",
            description = "As of now: a URL as for 'pop3 ls', or maildir:DIRECTORY.")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String old;

    @Parameters(index = "1", paramLabel = "NEW", description = "After the move: the same.")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String next;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "The password is the first line of this file. Otherwise it is POP3_PASSWORD in the environment, or"
                            + " asked for.")
    private @Nullable Path passwordFile;

    @Option(names = "--new-password-file", paramLabel = "FILE", description = "That of NEW, where it is another one.")
    private @Nullable Path newPasswordFile;

    @Option(
            names = "--cafile",
            paramLabel = "FILE",
            description = "Trust the certificates of this file (PEM), and no others.")
    private @Nullable Path authorities;

    @Option(
            names = "--insecure",
            description = "Trust any certificate for any host: for tests alone, since anybody on the way can read the"
                    + " password.")
    private boolean insecure;

    @Option(
            names = "--store-option",
            paramLabel = "NAME=VALUE",
            description = "How a maildir is read, as in 'pop3 serve'. Can be said again.")
    private Map<String, String> storeOptions = new LinkedHashMap<>();

    UidlDiff(Pop3 pop3) {
        this.pop3 = pop3;
    }

    @Override
    public Integer call() throws Failure {
        Map<String, Long> before = messages(old, passwordFile);
        Map<String, Long> after = messages(next, newPasswordFile == null ? passwordFile : newPasswordFile);
        MaildropDiff diff = MaildropDiff.between(before, after);
        say(before.size() + " messages before, " + after.size() + " after, " + diff.same()
                + " with the same unique-id");
        tell("would be downloaded again or for the first time (" + diff.octetsUnknown() + " octets)", diff.unknown());
        tell("are no longer there under their unique-ids", diff.gone());
        tell(
                "have other octets under the same unique-id",
                diff.resized().stream()
                        .map(it -> it.uniqueId() + " (" + it.before() + " octets, now " + it.after() + ")")
                        .toList());
        return diff.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void tell(String what, List<String> ids) {
        if (ids.isEmpty()) return;
        say(ids.size() + " " + what + ":");
        for (String id : ids.subList(0, Math.min(EXAMPLES, ids.size()))) say("  " + Transcript.escape(id));
        if (ids.size() > EXAMPLES) say("  … and " + (ids.size() - EXAMPLES) + " more");
    }

    private void say(String line) {
        pop3.out().println(line);
    }

    /** Octets by unique-id. */
    private Map<String, Long> messages(String where, @Nullable Path password) throws Failure {
        return where.contains("://") ? ofServer(where, password) : ofStore(where);
    }

    private Map<String, Long> ofServer(String url, @Nullable Path password) throws Failure {
        Server server = new Server(pop3);
        List<String> arguments = new ArrayList<>(List.of(url));
        if (password != null) Collections.addAll(arguments, "--password-file", password.toString());
        if (authorities != null) Collections.addAll(arguments, "--cafile", authorities.toString());
        if (insecure) arguments.add("--insecure");
        new CommandLine(server).parseArgs(arguments.toArray(String[]::new));
        Pop3Client client = server.account.client();
        Login login = server.account.login();
        try (RemoteMaildrop maildrop = client.open(login)) {
            Map<String, Long> messages = MaildropDiff.messages(maildrop);
            maildrop.quit();
            return messages;
        } catch (Pop3Exception e) {
            throw Failure.of(e);
        }
    }

    /** What the mixin of the other commands reads. */
    @Command(name = "uidl-diff")
    private static final class Server {
        @Mixin
        private final Account account;

        Server(Pop3 pop3) {
            this.account = new Account(pop3);
        }
    }

    private Map<String, Long> ofStore(String location) throws Failure {
        Log.quiet();
        try (MailStore store = MailStores.create(place(location), storeOptions);
                Maildrop maildrop = store.open(account(location))) {
            return MaildropDiff.messages(maildrop);
        } catch (IllegalArgumentException | IOException e) {
            throw Failure.of(location + " cannot be read: " + Failure.why(e));
        }
    }

    /** The directory itself is the maildir of the one account that is asked for: its home, whose last part is the name. */
    private static String place(String location) {
        return location.startsWith(MAILDIR) ? MAILDIR + "{home}" : location.substring(0, location.lastIndexOf('/') + 1);
    }

    private static io.github.pop3kit.store.Account account(String location) throws IOException {
        String name = location.substring(location.lastIndexOf('/') + 1);
        if (!location.startsWith(MAILDIR)) return io.github.pop3kit.store.Account.of(name);
        Path maildir = Path.of(location.substring(MAILDIR.length())).toRealPath();
        String last = String.valueOf(maildir.getFileName()).replaceAll("[^A-Za-z0-9@_+-]", "_");
        return new io.github.pop3kit.store.Account(last, Map.of("home", maildir.toString()), Optional.empty());
    }
}
