package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.testkit.FaultyReply.Change;
import io.github.pop3kit.testkit.FaultyReply.End;
import io.github.pop3kit.testkit.HandshakeOccasion.Disturbance;
import io.github.pop3kit.testkit.Moment.Kind;
import io.github.pop3kit.testkit.StoreOccasion.Trouble;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What goes wrong on a server on purpose:
 *
 * <pre>{@code
 * faults.on("RETR", 3).cutAfter(4096);                                        // on every connection
 * faults.on("PASS").answer("-ERR [IN-USE] maildrop in use").times(2);         // and then good
 * faults.on("RETR").message(2).connection(1).withoutFinalDot();
 * faults.onHandshake().garbage(100).once();
 * faults.onStore(StoreCall.CONTENT).breakOffAfter(1000).withProbability(0.1);
 * }</pre>
 *
 * <p>The order of words is: when, what, how often. Rules are made before the server runs or while it does. All randomness comes
 * from one seed: the same rules, the same seed and the same conversations give the same faults, whatever the threads do. For any
 * thread.
 */
public final class Faults {

    private record Armed<F>(FaultRule rule, Predicate<Moment> when, F fault, int index) {}

    private final List<Armed<Object>> armed = new CopyOnWriteArrayList<>();
    private final List<Hold> holds = new CopyOnWriteArrayList<>();
    private volatile long seed = new SecureRandom().nextInt();

    /** No faults yet, and a seed of chance. */
    public Faults() {}

    // ---- when

    /**
     * A command.
     *
     * @param command a keyword such as {@code RETR}, or a whole line such as {@code DELE 2}; the keyword in either letter case
     */
    public CommandOccasion on(String command) {
        String line = checked(command);
        String keyword = keyword(line);
        boolean whole = !line.equals(keyword);
        return new CommandOccasion(
                this,
                keyword,
                "on " + Command.redact(line),
                moment -> moment.kind() == Kind.COMMAND
                        && (whole ? moment.line().equals(line) : moment.word().equals(keyword)));
    }

    /** A command when it comes for the n-th time on its connection, from 1; otherwise like {@link #on(String)}. */
    public CommandOccasion on(String command, int n) {
        ReplyOccasion.atLeast(1, n, "a command comes");
        String line = checked(command);
        String keyword = keyword(line);
        boolean whole = !line.equals(keyword);
        return new CommandOccasion(
                this,
                keyword,
                "on " + Command.redact(line) + " number " + n,
                moment -> moment.kind() == Kind.COMMAND
                        && (whole
                                ? moment.line().equals(line) && moment.lineOccurrence() == n
                                : moment.word().equals(keyword) && moment.wordOccurrence() == n));
    }

    /** Any command. */
    public CommandOccasion onAny() {
        return new CommandOccasion(this, "", "on any command", moment -> moment.kind() == Kind.COMMAND);
    }

    /**
     * What a client answers to a challenge of AUTH, whatever the mechanism: each time, if it is asked several times. What the server
     * says to AUTH itself, a challenge perhaps, is the reply to the command.
     */
    public ReplyOccasion onResponse() {
        return new ReplyOccasion(this, "on a response to a challenge", moment -> moment.kind() == Kind.RESPONSE);
    }

    /** The greeting of a client that has connected; over implicit TLS it comes behind the handshake. */
    public ReplyOccasion onConnect() {
        return new ReplyOccasion(this, "on connect", moment -> moment.kind() == Kind.GREETING);
    }

    /** A TLS handshake, be it implicit or behind STLS. */
    public HandshakeOccasion onHandshake() {
        return new HandshakeOccasion(this, "on handshake", moment -> moment.kind() == Kind.HANDSHAKE);
    }

    /** Something that the server asks of its store. */
    public StoreOccasion onStore(StoreCall call) {
        return new StoreOccasion(
                this,
                call,
                "on store " + call,
                moment -> moment.kind() == Kind.STORE && moment.word().equals(call.name()));
    }

    /**
     * With this probability something goes wrong with a command's reply, a pause, odd pieces, wrong octets or the end: what, is
     * left to the random numbers.
     */
    public FaultRule chaos(double probability) {
        return onAny().change("chaos", Faults::anything).withProbability(probability);
    }

    private static void anything(FaultyReply reply, RandomGenerator random) {
        int length = Math.max(1, reply.known());
        switch (random.nextInt(10)) {
            case 0 -> reply.delay(Duration.ofMillis(random.nextInt(1, 50)));
            case 1 -> reply.splitEvery(random.nextInt(1, 8));
            case 2 -> reply.endAfter(random.nextInt(length), End.FIN);
            case 3 -> reply.endAfter(random.nextInt(length), End.RESET);
            case 4 -> reply.change(ReplyFilter.corrupted(random.nextInt(length), random.nextInt(1, 256)));
            case 5 -> reply.change(ReplyFilter.without(random.nextInt(1, length + 1)));
            case 6 -> reply.change(ReplyFilter.withoutLast(random.nextInt(1, length + 1)));
            case 7 -> reply.change(ReplyFilter.before(garbage(random.nextInt(1, 100), random)));
            case 8 -> reply.change(ReplyFilter.twice());
            default -> reply.change(ReplyFilter.lineFeeds());
        }
    }

    // ---- all of them

    /** The seed of all random numbers. */
    public long seed() {
        return seed;
    }

    /** Sets the seed, to have a failure again; before the rules are followed for the first time. */
    public Faults seed(long other) {
        seed = other;
        return this;
    }

    /** Forgets all rules, and releases all holds. The seed stays. */
    public void clear() {
        armed.clear();
        holds.forEach(Hold::release);
        holds.clear();
    }

    /**
     * Checks that each rule has happened, and one with {@link FaultRule#times} so many times: a test of faults that did not
     * happen tests nothing.
     *
     * @throws AssertionError naming those that have not
     */
    public void assertAllFired() {
        String missing = armed.stream()
                .map(Armed::rule)
                .filter(rule -> !rule.isDone())
                .map(rule -> "\n  " + rule)
                .collect(Collectors.joining());
        if (!missing.isEmpty()) throw new AssertionError("faults that did not happen:" + missing + "\n" + this);
    }

    /** The seed and the rules in words, one on a line. */
    @Override
    public String toString() {
        return "faults, seed " + seed
                + armed.stream().map(some -> "\n  " + some.rule()).collect(Collectors.joining());
    }

    boolean isEmpty() {
        return armed.isEmpty();
    }

    // ---- for those who follow the rules

    synchronized FaultRule add(Predicate<Moment> when, Object fault, String description) {
        FaultRule rule = new FaultRule(description);
        armed.add(new Armed<>(rule, when, fault, armed.size()));
        return rule;
    }

    Hold newHold() {
        Hold hold = new Hold();
        holds.add(hold);
        return hold;
    }

    /** What happens to a reply, in order. */
    List<Happening<Change>> replyFaults(Moment moment) {
        List<Happening<Change>> happening = new ArrayList<>();
        boolean instead = false;
        for (Armed<Object> some : armed) {
            if (!(some.fault instanceof Change change) || (change.instead() && instead)) continue;
            RandomGenerator random = random(some, moment);
            if (!some.when.test(moment) || !some.rule.fires(random)) continue;
            instead |= change.instead();
            happening.add(new Happening<>(change, random));
        }
        return happening;
    }

    List<Happening<Disturbance>> handshakeFaults(Moment moment) {
        return faults(Disturbance.class, moment);
    }

    List<Happening<Trouble>> storeFaults(Moment moment) {
        return faults(Trouble.class, moment);
    }

    /** A fault that happens, and its random numbers. */
    record Happening<F>(F fault, RandomGenerator random) {}

    private <F> List<Happening<F>> faults(Class<F> kind, Moment moment) {
        List<Happening<F>> happening = new ArrayList<>();
        for (Armed<Object> some : armed) {
            if (!kind.isInstance(some.fault) || !some.when.test(moment)) continue;
            RandomGenerator random = random(some, moment);
            if (some.rule.fires(random)) happening.add(new Happening<>(kind.cast(some.fault), random));
        }
        return happening;
    }

    /** Made of where we are, not drawn from one sequence: which thread comes first must not matter. */
    private RandomGenerator random(Armed<?> some, Moment moment) {
        int step = moment.kind() == Kind.STORE ? some.rule.occasions() : moment.step();
        long place = ((long) some.index << 48) ^ ((long) moment.connection() << 24) ^ step;
        return new SplittableRandom(seed ^ new SplittableRandom(place).nextLong());
    }

    // ---- words

    static Duration checked(Duration pause) {
        if (pause.isNegative()) throw new IllegalArgumentException("a pause is not negative");
        return pause;
    }

    static String atConnection(int n) {
        ReplyOccasion.atLeast(1, n, "a connection's number");
        return " on connection " + n;
    }

    static String garbage(int octets, RandomGenerator random) {
        byte[] garbage = new byte[octets];
        random.nextBytes(garbage);
        return new String(garbage, StandardCharsets.ISO_8859_1);
    }

    /** Lines of a test as octets. */
    static String lines(String lines) {
        if (lines.isEmpty()) throw new IllegalArgumentException("no line is none; emptyLine() is one");
        String octets = new String(lines.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return octets.lines().map(line -> line + "\r\n").collect(Collectors.joining());
    }

    /** Octets for a description. */
    static String shown(String octets) {
        return '"' + Transcript.escape(octets.strip()) + '"';
    }

    private static String checked(String command) {
        if (!command.matches("[A-Za-z0-9]+( .*)?")) {
            throw new IllegalArgumentException("a command begins with its keyword, and has one line");
        }
        return normalized(command);
    }

    /** A command with its keyword in upper case. */
    static String normalized(String line) {
        int blank = line.indexOf(' ');
        String keyword = blank < 0 ? line : line.substring(0, blank);
        return keyword.toUpperCase(Locale.ROOT) + (blank < 0 ? "" : line.substring(blank));
    }

    static String keyword(String line) {
        int blank = line.indexOf(' ');
        return blank < 0 ? line : line.substring(0, blank);
    }
}
