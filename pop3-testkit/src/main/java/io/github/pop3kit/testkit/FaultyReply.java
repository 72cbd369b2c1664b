package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.wire.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One reply, whole, and what is done to it before and while it is sent. */
final class FaultyReply {

    /** What comes behind the reply. */
    enum End {
        /** The next command. */
        NONE,
        /** FIN; over TLS without close_notify. */
        FIN,
        /** RST. */
        RESET,
        /** The connection stays, and nothing is said on it any more. */
        SILENCE
    }

    /**
     * What a fault does to a reply.
     *
     * @param instead whether it stands in the place of the session's reply: the session does not see the command then
     */
    record Change(boolean instead, BiConsumer<FaultyReply, RandomGenerator> change) {
        void apply(FaultyReply reply, RandomGenerator random) {
            change.accept(reply, random);
        }
    }

    /** "+OK 120 octets" and "+OK 2 messages (120 octets)", "+OK 2 120". */
    private static final Pattern SIZE = Pattern.compile("\\d+(?= octets)|(?<=^\\+OK \\d{1,10} )\\d+");

    private static final long SLICES_PER_SECOND = 50;

    private String octets;
    private final TreeSet<Integer> splits = new TreeSet<>();
    private final List<Hold> holds = new ArrayList<>();
    private long delay;
    private int splitEvery = Integer.MAX_VALUE;
    private int octetsPerSecond = Integer.MAX_VALUE;
    private long length = Long.MAX_VALUE;
    private End end = End.NONE;

    /** A reply of these octets, one character each. */
    FaultyReply(String octets) {
        this.octets = octets;
    }

    // ---- what is sent

    String octets() {
        return octets;
    }

    void replace(String other) {
        octets = other;
    }

    void swallow(int first) {
        octets = octets.substring(Math.min(first, octets.length()));
    }

    void swallowLast(int last) {
        octets = octets.substring(0, Math.max(0, octets.length() - last));
    }

    /** Changes one octet into another. */
    void corrupt(int position, RandomGenerator random) {
        if (position >= octets.length()) return;
        StringBuilder changed = new StringBuilder(octets);
        changed.setCharAt(position, (char) (octets.charAt(position) ^ random.nextInt(1, 256)));
        octets = changed.toString();
    }

    /** Changes the octets that the status line speaks of. */
    void claimOctets(long claimed) {
        int end = octets.indexOf('\n') + 1;
        Matcher size = SIZE.matcher(octets.substring(0, end));
        octets = size.replaceFirst(Long.toString(claimed)) + octets.substring(end);
    }

    void withoutFinalDot() {
        if (octets.endsWith("\r\n.\r\n")) swallowLast(3);
    }

    /** Lines that begin with a dot lose the one that stuffing gave them. */
    void dropDotStuffing() {
        octets = octets.replace("\r\n..", "\r\n.");
    }

    // ---- how it is sent

    void delay(Duration longer) {
        delay += longer.toNanos();
    }

    void hold(Hold hold) {
        holds.add(hold);
    }

    void throttle(int perSecond) {
        octetsPerSecond = Math.min(octetsPerSecond, perSecond);
    }

    void splitAt(int position) {
        splits.add(position);
    }

    void splitEvery(int size) {
        splitEvery = Math.min(splitEvery, size);
    }

    /** Of several ends the one that comes first. */
    void endAfter(long sent, End how) {
        if (end != End.NONE && sent >= length) return;
        length = sent;
        end = how;
    }

    /** Sends the reply; returns what comes behind it. */
    End send(Connection connection, Patience patience) throws IOException {
        for (Hold hold : holds) patience.await(hold);
        patience.pause(delay);
        byte[] sent =
                octets.substring(0, (int) Math.min(length, octets.length())).getBytes(StandardCharsets.ISO_8859_1);
        boolean throttled = octetsPerSecond < Integer.MAX_VALUE;
        int most = splitEvery;
        if (throttled) most = (int) Math.min(most, Math.max(1, octetsPerSecond / SLICES_PER_SECOND));
        for (int from = 0; from < sent.length; ) {
            Integer split = splits.higher(from);
            int to = split == null ? sent.length : Math.min(split, sent.length);
            if (to - from > most) to = from + most;
            ByteBuffer piece = ByteBuffer.wrap(sent, from, to - from);
            while (piece.hasRemaining()) connection.write(piece);
            if (throttled) patience.pause(TimeUnit.SECONDS.toNanos(to - from) / octetsPerSecond);
            from = to;
        }
        return end;
    }
}
