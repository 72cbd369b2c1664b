package io.github.pop3kit.testkit;

import io.github.pop3kit.testkit.FaultyReply.Change;
import io.github.pop3kit.testkit.FaultyReply.End;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Something that a server replies to, the connecting of a client first of all, and what can be made to go wrong with the reply.
 * Each method makes a rule; those that have to do with the same reply are all followed, in the order in which they were made. Of
 * those that stand in the place of the reply the first one is followed that has not happened often enough.
 *
 * <p>A reply is the status line and what belongs to it: a listing, or a message with its closing line. Positions and lengths
 * count its octets as they are sent, from 0. A message of any size passes piece by piece; {@link #answerTwice} alone holds all of it.
 */
public class ReplyOccasion {

    private final Faults faults;
    private final String description;
    private final Predicate<Moment> when;

    ReplyOccasion(Faults faults, String description, Predicate<Moment> when) {
        this.faults = faults;
        this.description = description;
        this.when = when;
    }

    /** Only on the server's n-th connection, from 1. */
    public ReplyOccasion connection(int n) {
        return new ReplyOccasion(faults, describe(Faults.atConnection(n)), when.and(m -> m.connection() == n));
    }

    // ---- time

    /** The reply comes later, by the real clock. */
    public FaultRule delay(Duration longer) {
        Faults.checked(longer);
        return change("delay of " + longer, (reply, random) -> reply.delay(longer));
    }

    /** The reply comes no faster than this, by the real clock. */
    public FaultRule throttle(int octetsPerSecond) {
        atLeast(1, octetsPerSecond, "octets per second");
        return change(octetsPerSecond + " octets per second", (reply, random) -> reply.throttle(octetsPerSecond));
    }

    /** The command is served, and its reply waits until the test releases it. */
    public Hold hold() {
        Hold hold = faults.newHold();
        change("hold", (reply, random) -> reply.hold(hold));
        return hold;
    }

    // ---- pieces

    /** The octets before this position and those behind it are sent by different writes. */
    public FaultRule splitAt(int position) {
        atLeast(1, position, "a position within the reply");
        return change("split at " + position, (reply, random) -> reply.splitAt(position));
    }

    /** No write has more octets than this. */
    public FaultRule splitEvery(int octets) {
        atLeast(1, octets, "octets of a write");
        return change("split every " + octets, (reply, random) -> reply.splitEvery(octets));
    }

    // ---- ends

    /**
     * The connection ends by FIN after so many octets of the reply, or behind it if it is shorter; over TLS without close_notify.
     * The command is served first: after QUIT the messages are gone.
     */
    public FaultRule cutAfter(int octets) {
        atLeast(0, octets, "octets");
        return change("cut after " + octets, (reply, random) -> reply.endAfter(octets, End.FIN));
    }

    /** The connection ends by FIN behind the whole reply. */
    public FaultRule cutBehind() {
        return change("cut behind", (reply, random) -> reply.endAfter(Long.MAX_VALUE, End.FIN));
    }

    /** Like {@link #cutAfter}, by RST: the last octets may be lost as well. */
    public FaultRule resetAfter(int octets) {
        atLeast(0, octets, "octets");
        return change("reset after " + octets, (reply, random) -> reply.endAfter(octets, End.RESET));
    }

    /** After so many octets of the reply nothing more comes, now or later, and the connection stays open. */
    public FaultRule stallAfter(int octets) {
        atLeast(0, octets, "octets");
        return change("stall after " + octets, (reply, random) -> reply.endAfter(octets, End.SILENCE));
    }

    /** The connection ends by FIN without a reply. The command is not served. */
    public FaultRule hangUp() {
        return instead("hang up", (reply, random) -> reply.endAfter(0, End.FIN));
    }

    /** Nothing is said, now or later, and the connection stays open; what the client sends is read. The command is not served. */
    public FaultRule mute() {
        return instead("mute", (reply, random) -> reply.endAfter(0, End.SILENCE));
    }

    // ---- other octets

    /**
     * Another reply; the command is not served.
     *
     * @param lines one or more, parted by LF, each sent with CRLF behind it
     */
    public FaultRule answer(String lines) {
        String octets = Faults.lines(lines);
        return instead("answer " + Faults.shown(octets), (reply, random) -> reply.replace(octets));
    }

    /** Random octets in the place of a reply; the command is not served. */
    public FaultRule garbage(int octets) {
        atLeast(1, octets, "octets");
        return instead("garbage", (reply, random) -> reply.replace(Faults.garbage(octets, random)));
    }

    /** Random octets before the reply. */
    public FaultRule garbageBefore(int octets) {
        atLeast(1, octets, "octets");
        return change(
                "garbage before", (reply, random) -> reply.change(ReplyFilter.before(Faults.garbage(octets, random))));
    }

    /** Random octets behind the reply. */
    public FaultRule garbageBehind(int octets) {
        atLeast(1, octets, "octets");
        return change(
                "garbage behind", (reply, random) -> reply.change(ReplyFilter.behind(Faults.garbage(octets, random))));
    }

    /** Lines behind the reply that nobody asked for, in the same write; written as for {@link #answer}. */
    public FaultRule unsolicited(String lines) {
        String octets = Faults.lines(lines);
        return change(
                "unsolicited " + Faults.shown(octets), (reply, random) -> reply.change(ReplyFilter.behind(octets)));
    }

    /** The reply comes twice. */
    public FaultRule answerTwice() {
        return change("answer twice", (reply, random) -> reply.change(ReplyFilter.twice()));
    }

    /** An empty line comes in the place of the reply; the command is served. */
    public FaultRule emptyLine() {
        return change("empty line", (reply, random) -> reply.change(ReplyFilter.emptyLine()));
    }

    /** The first octets are missing. */
    public FaultRule swallow(int octets) {
        atLeast(1, octets, "octets");
        return change("swallow the first " + octets, (reply, random) -> reply.change(ReplyFilter.without(octets)));
    }

    /** The last octets are missing; 1 leaves a CR without its LF. */
    public FaultRule swallowLast(int octets) {
        atLeast(1, octets, "octets");
        return change("swallow the last " + octets, (reply, random) -> reply.change(ReplyFilter.withoutLast(octets)));
    }

    /** The octet at this position is another one, which the random numbers choose. */
    public FaultRule corrupt(int position) {
        atLeast(0, position, "a position");
        return change(
                "corrupt at " + position,
                (reply, random) -> reply.change(ReplyFilter.corrupted(position, random.nextInt(1, 256))));
    }

    /** Lines end in LF, not in CRLF. */
    public FaultRule lfOnly() {
        return change("LF only", (reply, random) -> reply.change(ReplyFilter.lineFeeds()));
    }

    // ---- and how a rule is made

    final FaultRule change(String what, BiConsumer<FaultyReply, RandomGenerator> change) {
        return faults.add(when, new Change(false, change), describe(": " + what));
    }

    final FaultRule instead(String what, BiConsumer<FaultyReply, RandomGenerator> change) {
        return faults.add(when, new Change(true, change), describe(": " + what));
    }

    final Faults faults() {
        return faults;
    }

    final Predicate<Moment> when() {
        return when;
    }

    final String describe(String more) {
        return description + more;
    }

    static void atLeast(int least, int number, String what) {
        if (number < least) throw new IllegalArgumentException(what + ": at least " + least + ", not " + number);
    }
}
