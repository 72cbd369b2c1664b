package io.github.pop3kit.cli;

import io.github.pop3kit.client.BatchInterruptedException;
import io.github.pop3kit.client.ClientListener;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.TlsTrust;
import io.github.pop3kit.client.sync.LoginSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** A maildrop at a server and how to get in: what the commands of a client have in common, as a mixin. */
final class Account {

    private final Pop3 pop3;

    @Parameters(
            index = "0",
            paramLabel = "URL",
            converter = Pop3Url.Converter.class,
            description =
                    "pop3s://user@host:port for TLS; pop3://user@host:port for STLS, which has to work, and with ?tls=none"
                            + " for no TLS. Odd characters of the user as %%XX, an AUTH mechanism as in RFC 2384: user;AUTH=+APOP@host.")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Pop3Url url;

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
                description =
                        "The password is the first line that this command of the shell prints, as in 'pass show mail'.")
        private @Nullable String command;

        @Option(
                names = "--token-command",
                paramLabel = "COMMAND",
                description =
                        "Log in by OAuth 2.0 (OAUTHBEARER or XOAUTH2): an access token is the first line that this command of the"
                                + " shell prints. It is called for each login, and once more if the server refuses the token.")
        private @Nullable String token;
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
                description =
                        "Trust any certificate for any host: for tests alone, since anybody on the way can read the"
                                + " password.")
        private boolean insecure;
    }

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Time.class,
            description =
                    "How long to wait for the server at each step, as in 5s or 2m; 30s to connect, 60s for an answer if it is"
                            + " not said.")
    private @Nullable Duration timeout;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show on stderr what is said on the wire, passwords starred.")
    private boolean verbose;

    Account(Pop3 pop3) {
        this.pop3 = pop3;
    }

    /** Whether it was said which one; for a command that can do without. */
    boolean isNamed() {
        return url != null;
    }

    /** What a command does in its session; once more in another one, if the server broke under pipelining. */
    interface Visit {
        /** Does it, and returns the exit status. */
        int in(RemoteMaildrop maildrop) throws IOException;
    }

    /** Opens the maildrop, and quits behind the visit; what is marked is deleted then. A stop of the process cuts it short. */
    int visit(Visit visit) throws Failure {
        Pop3Client client = client();
        Login login = login();
        pop3.stopInterrupts(Thread.currentThread());
        try {
            try {
                return session(client, login, visit);
            } catch (BatchInterruptedException e) {
                if (!e.pipeliningBroke()) throw e;
                return session(client, login, visit);
            }
        } catch (Pop3Exception e) {
            throw Failure.of(e);
        } catch (IOException e) {
            throw Failure.local(e);
        } finally {
            pop3.stopInterrupts(null);
        }
    }

    private int session(Pop3Client client, Login login, Visit visit) throws IOException {
        try (RemoteMaildrop maildrop = client.open(login)) {
            int status = visit.in(maildrop);
            pop3.flush();
            maildrop.quit();
            return status;
        }
    }

    /** The client for the server; it has not connected yet. */
    Pop3Client client() throws Failure {
        Log.quiet();
        Pop3Client.Builder builder = url.client().trust(trust());
        if (timeout != null) {
            builder.connectTimeout(timeout)
                    .handshakeTimeout(timeout)
                    .readTimeout(timeout)
                    .writeTimeout(timeout);
        }
        if (verbose) builder.listener(new Verbose());
        return builder.build();
    }

    private TlsTrust trust() throws Failure {
        if (trust.insecure) return TlsTrust.insecure();
        if (trust.authorities == null) return TlsTrust.system();
        try {
            return TlsTrust.caFile(trust.authorities);
        } catch (IOException e) {
            throw Failure.of("The certificates to be trusted cannot be read: " + Failure.why(e) + ".");
        }
    }

    /** The logins of many sessions: what a file or a command says is asked for each time. */
    LoginSource logins() throws Failure {
        if (source.file != null || source.command != null || source.token != null) {
            return Password.source(this::login);
        }
        Login once = login();
        return () -> once;
    }

    /** Who logs in. */
    String user() {
        return url.user();
    }

    /** Who logs in, with the password from where the options say. */
    Login login() throws Failure {
        if (source.token != null) return url.login(Password.tokens(source.token));
        String password = password();
        try {
            return url.login(password);
        } catch (IllegalArgumentException e) {
            throw Failure.of("There is no login like that: " + e.getMessage() + ".");
        }
    }

    private String password() throws Failure {
        if (source.file != null) return Password.ofFile(source.file);
        if (source.command != null) return Password.ofCommand(source.command);
        Optional<String> given = pop3.environment("POP3_PASSWORD");
        return given.isPresent() ? given.get() : pop3.ask("Password of " + url + ": ");
    }

    /**
     * Tells of each message that failed, and says which status that makes.
     *
     * @param failures by their message-numbers, see {@link io.github.pop3kit.client.BatchResult#failures}
     */
    int report(Iterable<Pop3Exception> failures) {
        int status = ExitCode.OK;
        for (Pop3Exception e : failures) {
            int each = pop3.failed(Failure.of(e));
            if (status == ExitCode.OK) status = each;
        }
        return status;
    }

    private final class Verbose implements ClientListener {
        @Override
        public Optional<Consumer<String>> transcript(String server) {
            return Optional.of(pop3.err()::println);
        }
    }

    /** {@code 5s}, {@code 500ms}, {@code 2m}, {@code 1h}; a number alone is seconds. */
    static final class Time implements ITypeConverter<Duration> {

        private static final Pattern FORM = Pattern.compile("(\\d{1,8})(ms|s|m|h|)");

        @Override
        public Duration convert(String value) {
            Matcher form = FORM.matcher(value);
            if (form.matches() && Long.parseLong(form.group(1)) > 0) {
                long number = Long.parseLong(form.group(1));
                return switch (form.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofSeconds(number);
                };
            }
            throw new TypeConversionException("'" + value + "' is not a time, such as 5s, 500ms or 2m");
        }
    }
}
