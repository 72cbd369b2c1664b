package io.github.pop3kit.cli;

import com.google.common.net.HostAndPort;
import io.github.pop3kit.testkit.conformance.CannotCheckException;
import io.github.pop3kit.testkit.conformance.Conformance;
import io.github.pop3kit.testkit.conformance.Outcome;
import io.github.pop3kit.testkit.conformance.Postman;
import io.github.pop3kit.testkit.conformance.Report;
import io.github.pop3kit.testkit.conformance.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pop3 check}: whether some server does what the RFCs say. */
@Command(
        name = "check",
        description = {
            "Checks whether a POP3 server, of whatever make, does what the RFCs say.",
            "The status is 0 if no MUST is broken, 1 if one is, and above 63 if not all could be checked. What is deleted was delivered by"
                    + " this command and is recognised by a mark; without --deliver-to or --deliver-cmd nothing is deleted, and what"
                    + " needs it is skipped.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Pop3.Version.class,
        usageHelpWidth = 110,
        sortOptions = false)
final class Check implements Callable<Integer> {

    private static final int POP3 = 110;

    private final Pop3 pop3;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "HOST:PORT",
            description = "The server's port without TLS, or with STLS. If it has none, that of --tls-port.")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String address;

    @Option(names = "--tls-port", paramLabel = "PORT", description = "Where it speaks TLS from the first octet.")
    private @Nullable Integer tlsPort;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "Whose maildrop is used. Without a user, only what is to be seen before login is checked.")
    private @Nullable String user;

    @ArgGroup
    private PasswordSource source = new PasswordSource();

    /** The password's places, of which one can be named. */
    static final class PasswordSource {
        @Option(
                names = "--password-file",
                paramLabel = "FILE",
                description =
                        "The password is the first line of this file. Otherwise it is POP3_PASSWORD in the environment, or"
                                + " asked for.")
        private @Nullable Path file;

        @Option(
                names = "--password-command",
                paramLabel = "COMMAND",
                description = "The password is the first line that this command of the shell prints.")
        private @Nullable String command;
    }

    @ArgGroup
    private Way way = new Way();

    /** How messages come into the maildrop. */
    static final class Way {
        @Option(
                names = "--deliver-to",
                paramLabel = "MAILDIR",
                description = "Messages for the checks are written into this maildir of the user.")
        private @Nullable Path maildir;

        @Option(
                names = "--deliver-cmd",
                paramLabel = "COMMAND",
                description = "Each message is given to this command of the shell, which brings it into the maildrop.")
        private @Nullable String command;
    }

    @ArgGroup
    private Trust trust = new Trust();

    /** Whose certificates are believed. */
    static final class Trust {
        @Option(
                names = "--cafile",
                paramLabel = "FILE",
                description = "Trust the certificates of this file (PEM), and no others.")
        private @Nullable Path authorities;

        @Option(
                names = "--insecure",
                description = "Trust any certificate: anybody on the way can read the password. On loopback it is so.")
        private boolean insecure;
    }

    @Option(
            names = "--allow-cleartext-login",
            description = "Send the password without TLS where the server takes it so. On loopback it is so.")
    private boolean cleartext;

    @Option(
            names = "--only",
            paramLabel = "ID",
            description = "This check alone, and those that it builds on. Can be said again.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--time",
            paramLabel = "TIME",
            converter = Account.Time.class,
            description = "In this time the checks are over, or broken off, as in 30s; 2m if it is not said.")
    private @Nullable Duration time;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Account.Time.class,
            description = "How long the server may take for an answer; 20s if it is not said.")
    private @Nullable Duration timeout;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the report as a page for people.")
    private @Nullable Path html;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report for programs.")
    private @Nullable Path json;

    @Option(names = "--junit-xml", paramLabel = "FILE", description = "Write the report for CI servers.")
    private @Nullable Path junitXml;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show every check, not only those that found something.")
    private boolean verbose;

    Check(Pop3 pop3) {
        this.pop3 = pop3;
    }

    @Override
    public Integer call() throws Failure {
        Log.quiet();
        Conformance conformance = conformance();
        // Who hears only after two minutes that a report cannot be written has waited for nothing.
        write(html, "");
        write(json, "");
        write(junitXml, "");
        conformance.intentions().forEach(pop3.out()::println);
        pop3.out().println();
        Report report = report(conformance);
        report.notes().forEach(pop3.out()::println);
        pop3.out().println(report.summary());
        boolean interrupted = Thread.interrupted(); // The reports are written all the same.
        write(html, report.html());
        write(json, report.json());
        write(junitXml, report.junitXml());
        try {
            pop3.flush();
        } catch (IOException e) {
            throw Failure.local(e);
        }
        if (interrupted) throw Failure.interrupted();
        if (report.hasFailures()) return ExitCode.SOFTWARE;
        if (!report.complete()) throw Failure.ofIncompleteCheck();
        return ExitCode.OK;
    }

    private Report report(Conformance conformance) throws Failure {
        pop3.stopInterrupts(Thread.currentThread());
        try {
            return conformance.run(this::show);
        } catch (CannotCheckException e) {
            throw Failure.of(e);
        } finally {
            pop3.stopInterrupts(null);
        }
    }

    private static void write(@Nullable Path file, String report) throws Failure {
        try {
            if (file != null) Files.writeString(file, report, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.of("The report cannot be written: " + Failure.why(e) + ".");
        }
    }

    private Conformance conformance() throws Failure {
        HostAndPort server = server();
        if (user == null && (way.maildir != null || way.command != null))
            throw wrong("Messages are delivered to a --user", null);
        Conformance conformance;
        try {
            conformance = Conformance.of(server.getHost(), server.getPortOrDefault(POP3))
                    .only(only);
            if (tlsPort != null) conformance = conformance.tlsPort(tlsPort);
            if (user != null) conformance = conformance.user(user, password());
        } catch (IllegalArgumentException e) {
            String what = String.valueOf(e.getMessage());
            throw wrong(what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1), e);
        }
        if (way.maildir != null) conformance = conformance.deliverBy(Postman.maildir(way.maildir));
        if (way.command != null) conformance = conformance.deliverBy(Postman.command(way.command));
        if (trust.insecure) conformance = conformance.trustAnybody();
        if (cleartext) conformance = conformance.allowCleartextLogin();
        if (time != null) conformance = conformance.within(time);
        if (timeout != null) conformance = conformance.patience(timeout);
        try {
            return trust.authorities != null ? conformance.trust(trust.authorities) : conformance;
        } catch (IOException e) {
            throw Failure.of("The certificates to be trusted cannot be read: " + Failure.why(e) + ".");
        }
    }

    private ParameterException wrong(String sentence, @Nullable Exception cause) {
        return new ParameterException(spec.commandLine(), sentence, cause);
    }

    private HostAndPort server() {
        try {
            return HostAndPort.fromString(address).requireBracketsForIPv6();
        } catch (IllegalArgumentException e) {
            throw wrong("The server is named as HOST:PORT, with IPv6 in brackets", e);
        }
    }

    private String password() throws Failure {
        if (source.file != null) return Password.ofFile(source.file);
        if (source.command != null) return Password.ofCommand(source.command);
        Optional<String> given = pop3.environment("POP3_PASSWORD");
        return given.isPresent() ? given.get() : pop3.ask("Password of " + user + " at " + address + ": ");
    }

    private void show(Result result) {
        if (!verbose && !result.outcome().isFinding()) return;
        String word = switch (result.outcome()) {
            case PASSED -> "ok";
            case FAILED -> "FAIL";
            case WARNED -> "warn";
            case SKIPPED -> "skip";
        };
        pop3.out()
                .println(word + " " + result.id() + ": " + result.title() + " (" + result.clause() + ", "
                        + result.level() + ")");
        if (result.outcome() == Outcome.PASSED) return;
        pop3.out().println("     " + result.reason());
        if (!result.outcome().isFinding()) return;
        pop3.out().println("     " + result.why());
        result.transcript().lines().forEach(line -> pop3.out().println("       " + line));
    }
}
