package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.wire.Connection;
import java.io.ByteArrayOutputStream;
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
import org.jspecify.annotations.Nullable;

/** What is done to one reply on its way to the client: {@link #filter} changes its octets, {@link #send} sends them. */
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

    private static final long SLICES_PER_SECOND = 50;
    private static final int LARGEST_WRITE = 64 * 1024;

    private final int known;
    private @Nullable String instead;
    private final List<ReplyFilter> filters = new ArrayList<>();
    private final TreeSet<Long> splits = new TreeSet<>();
    private final List<Hold> holds = new ArrayList<>();
    private long delay;
    private int splitEvery = LARGEST_WRITE;
    private int octetsPerSecond = Integer.MAX_VALUE;
    private long length = Long.MAX_VALUE;
    private End end = End.NONE;

    private boolean begun;
    private long sent;

    /** @param known how many octets of the reply are there already: all of them, if there are no more than a few */
    FaultyReply(int known) {
        this.known = known;
    }

    // ---- what is sent

    /** At least this many octets the reply has. */
    int known() {
        return known;
    }

    /** What the session says is not sent, but this. */
    void replace(String octets) {
        instead = octets;
    }

    /** Changes what those before it leave. */
    void change(ReplyFilter filter) {
        filters.add(filter);
    }

    /** Whether what is sent may be something else than what the session has said. */
    boolean hasOtherOctets() {
        return instead != null || !filters.isEmpty();
    }

    /**
     * What is sent for these octets of the reply, which come in order and in pieces of any size.
     *
     * @param last whether there are no more
     */
    byte[] filter(byte[] octets, boolean last) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(octets.length + 16);
        byte[] source = octets;
        if (instead != null) {
            source = last ? instead.getBytes(StandardCharsets.ISO_8859_1) : new byte[0];
        }
        ReplyFilter.Next first = from(0, out);
        for (byte octet : source) first.take(octet);
        if (last) {
            for (int i = 0; i < filters.size(); i++) filters.get(i).end(from(i + 1, out));
        }
        return out.toByteArray();
    }

    private ReplyFilter.Next from(int number, ByteArrayOutputStream out) {
        if (number == filters.size()) return out::write;
        ReplyFilter filter = filters.get(number);
        ReplyFilter.Next next = from(number + 1, out);
        return octet -> filter.take(octet, next);
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

    void splitAt(long position) {
        splits.add(position);
    }

    void splitEvery(int size) {
        splitEvery = Math.min(splitEvery, size);
    }

    /** Of several ends the one that comes first. */
    void endAfter(long octets, End how) {
        if (end != End.NONE && octets >= length) return;
        length = octets;
        end = how;
    }

    /** Sends octets that {@link #filter} has returned, as far as they are to be sent. */
    void send(byte[] octets, Connection connection, Patience patience) throws IOException {
        if (!begun) {
            begun = true;
            for (Hold hold : holds) patience.await(hold);
            patience.pause(delay);
        }
        boolean throttled = octetsPerSecond < Integer.MAX_VALUE;
        int most = splitEvery;
        if (throttled) most = (int) Math.min(most, Math.max(1, octetsPerSecond / SLICES_PER_SECOND));
        int all = (int) Math.min(octets.length, length - sent);
        for (int from = 0; from < all; ) {
            Long split = splits.higher(sent);
            int piece = Math.min(most, all - from);
            if (split != null) piece = (int) Math.min(piece, split - sent);
            ByteBuffer write = ByteBuffer.wrap(octets, from, piece);
            while (write.hasRemaining()) connection.write(write);
            if (throttled) patience.pause(TimeUnit.SECONDS.toNanos(piece) / octetsPerSecond);
            from += piece;
            sent += piece;
        }
    }

    /** Whether no more of it is sent. */
    boolean isOver() {
        return sent >= length;
    }

    /** What comes behind it. */
    End end() {
        return end;
    }
}
