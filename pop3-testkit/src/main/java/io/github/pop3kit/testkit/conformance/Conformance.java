package io.github.pop3kit.testkit.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * Whether a server, of whatever make, does what the RFCs of POP3 say:
 *
 * <pre>{@code
 * Report report = Conformance.of("localhost", 110).tlsPort(995).user("bob", password)
 *         .deliverBy(Postman.maildir(Path.of("/home/bob/Maildir")))
 *         .run();
 * }</pre>
 *
 * <p>A real account is safe: what is deleted was delivered for it and is recognised by a mark before. Without a way to deliver, nothing is
 * deleted, and the checks that need it are skipped. Immutable; each run is one of its own.
 */
public final class Conformance {

    /** What is checked, in the order in which it is: who builds on others comes later. */
    private static final List<Room> ROOMS = List.of(
            States.room(),
            CapabilityList.room(),
            Retrieval.room(),
            Listings.room(),
            Arguments.room(),
            Authentication.room(),
            TlsRules.room(),
            Unicode.room(),
            Robustness.room(),
            Locking.room(),
            LostConnections.room(),
            Deletion.room(),
            Pipelining.room(),
            Guessing.room());

    private static final Duration BUDGET = Duration.ofMinutes(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String host;
    private final int port;
    private OptionalInt tlsPort = OptionalInt.empty();
    private String user = "";
    private String password = "";
    private Optional<SSLContext> trust = Optional.empty();
    private boolean anybody;
    private boolean cleartext;
    private Optional<Postman> postman = Optional.empty();
    private Duration budget = BUDGET;
    private Duration patience = PATIENCE;
    private Set<String> only = Set.of();

    private Conformance(String host, int port) {
        this.host = host;
        this.port = checked(port);
    }

    private static int checked(int port) {
        if (port < 1 || port > 65535) throw new IllegalArgumentException("there is no port " + port);
        return port;
    }

    /** A copy, to be changed before anybody sees it. */
    private Conformance(Conformance other) {
        this(other.host, other.port);
        this.tlsPort = other.tlsPort;
        this.user = other.user;
        this.password = other.password;
        this.trust = other.trust;
        this.anybody = other.anybody;
        this.cleartext = other.cleartext;
        this.postman = other.postman;
        this.budget = other.budget;
        this.patience = other.patience;
        this.only = other.only;
    }

    /**
     * A server to be checked. Without {@linkplain #user a user}, what can be seen before login is.
     *
     * @param port the one that begins in the clear; the same as {@link #tlsPort} if there is none
     */
    public static Conformance of(String host, int port) {
        return new Conformance(host, port);
    }

    /** Where the server speaks TLS from the first octet. */
    public Conformance tlsPort(int some) {
        Conformance copy = new Conformance(this);
        copy.tlsPort = OptionalInt.of(checked(some));
        return copy;
    }

    /**
     * Whose maildrop the checks use. On loopback passwords go out in the clear where the server takes them, elsewhere over TLS only.
     *
     * @throws IllegalArgumentException if the name or the password has a CR, LF or NUL, which no command can have
     */
    public Conformance user(String name, String secret) {
        if ((name + secret).chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
            throw new IllegalArgumentException("a name or a password has no line ends");
        }
        Conformance copy = new Conformance(this);
        copy.user = name;
        copy.password = secret;
        return copy;
    }

    /** Whose certificates are believed, and are to fit the host. If it is not said: on loopback anybody's, elsewhere those of Java. */
    public Conformance trust(SSLContext context) {
        Conformance copy = new Conformance(this);
        copy.trust = Optional.of(context);
        return copy;
    }

    /**
     * Believes the certificates of this file in PEM, and those that they vouch for.
     *
     * @throws IOException if it cannot be read, or has none
     */
    public Conformance trust(Path authorities) throws IOException {
        return trust(Trust.of(authorities));
    }

    /** Believes any certificate: who listens in between gets the password. */
    public Conformance trustAnybody() {
        Conformance copy = new Conformance(this);
        copy.anybody = true;
        return copy;
    }

    /** Sends the password in the clear where the server takes it so. */
    public Conformance allowCleartextLogin() {
        Conformance copy = new Conformance(this);
        copy.cleartext = true;
        return copy;
    }

    /** How messages come into the user's maildrop. */
    public Conformance deliverBy(Postman some) {
        Conformance copy = new Conformance(this);
        copy.postman = Optional.of(some);
        return copy;
    }

    /** In this time the checks are over, or broken off; two minutes if it is not said. What was delivered is deleted in any case. */
    public Conformance within(Duration time) {
        Conformance copy = new Conformance(this);
        copy.budget = time;
        return copy;
    }

    /** How long the server may take for an answer; 20 seconds if it is not said. */
    public Conformance patience(Duration longest) {
        Conformance copy = new Conformance(this);
        copy.patience = longest;
        return copy;
    }

    /**
     * These checks alone, by their ids, and those without which they say nothing.
     *
     * @throws IllegalArgumentException if there is no such check
     */
    public Conformance only(Collection<String> ids) {
        Set<String> wanted = new HashSet<>(ids);
        Set<String> unknown = new HashSet<>(wanted);
        checks().forEach(check -> unknown.remove(check.id()));
        if (!unknown.isEmpty()) throw new IllegalArgumentException("there is no check " + String.join(", ", unknown));
        checks().filter(check -> wanted.contains(check.id())).forEach(check -> wanted.addAll(check.behind()));
        Conformance copy = new Conformance(this);
        copy.only = wanted;
        return copy;
    }

    private Target target() {
        boolean tlsAlone = tlsPort.isPresent() && tlsPort.getAsInt() == port;
        Target target = new Target(
                host,
                tlsAlone ? OptionalInt.empty() : OptionalInt.of(port),
                tlsPort,
                user,
                password,
                trust,
                cleartext,
                patience);
        return anybody || trust.isPresent() || target.isLoopback() ? target : target.trusting(Trust.system());
    }

    /** What a run is going to do to the server and the account, in sentences. */
    public List<String> intentions() {
        Target target = target();
        List<String> sentences = new ArrayList<>();
        sentences.add("Checks " + target + ", for at most " + budget.toSeconds()
                + " s; it is in for many connections and odd commands.");
        if (target.user().isEmpty()) {
            sentences.add("No user is given: only what can be seen before login is checked.");
        } else if (postman.isPresent()) {
            int messages = new Samples().messages().size();
            sentences.add("Delivers about " + (messages + 2) + " messages to " + target.user()
                    + ", marked by the header field X-Pop3kit-Check, and deletes these and no others.");
            sentences.add(
                    "Messages that are there already are listed, and not fetched, marked or deleted; of those that come"
                            + " meanwhile the header is looked at.");
        } else {
            sentences.add("Deletes nothing. The first message of " + target.user()
                    + ", if there is one, is fetched several times; a server may note that it was seen.");
        }
        if (!target.user().isEmpty()) sentences.add("At the end a few logins with a wrong password are tried.");
        return sentences;
    }

    /** How many checks there are. */
    public static int size() {
        return (int) checks().count();
    }

    private static Stream<Check> checks() {
        return ROOMS.stream().flatMap(room -> room.checks().stream());
    }

    /** The checks of a run, in their order. */
    Stream<Check> selected() {
        return checks().filter(check -> only.isEmpty() || only.contains(check.id()));
    }

    /** A run that has not begun. */
    Run begin() {
        return new Run(target(), postman, budget);
    }

    /** Runs the checks; see {@link #run(Consumer)}. */
    public Report run() throws CannotCheckException {
        return run(each -> {});
    }

    /**
     * Runs the checks. An interrupt ends them; what was delivered is deleted then, too, and the thread stays interrupted.
     *
     * @param listener hears of each check when it is over
     */
    public Report run(Consumer<Result> listener) throws CannotCheckException {
        Run run = begin();
        run.prepare();
        try {
            selected().map(run::check).forEach(listener);
        } catch (RuntimeException | Error listeners) {
            run.finish();
            throw listeners;
        }
        return run.finish();
    }
}
