package io.github.pop3kit.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Looks for an octet eight at a time: an ordinary loop is what makes line-oriented codecs slow. */
final class Octets {

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x7F7F7F7F7F7F7F7FL;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;
    private static final long LINE_FEEDS = 0x0A0A0A0A0A0A0A0AL;
    private static final long RETURNS = 0x0D0D0D0D0D0D0D0DL;
    private static final long DOTS = 0x2E2E2E2E2E2E2E2EL;

    private Octets() {}

    /** Where the first LF stands at or behind {@code from} and before {@code to}; {@code to} if there is none. */
    static int lineFeed(ByteBuffer buffer, int from, int to) {
        if (buffer.hasArray()) {
            int offset = buffer.arrayOffset();
            return lineFeed(buffer.array(), offset + from, offset + to) - offset;
        }
        int i = from;
        while (i < to && buffer.get(i) != '\n') i++;
        return i;
    }

    /** The same in an array, which is what our own buffers are made of. */
    static int lineFeed(byte[] octets, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long zeroWhereLineFeed = (long) EIGHT.get(octets, i) ^ LINE_FEEDS;
            // The high bit of the first octet that is zero is the lowest that is set (Hacker's Delight, section 6-1).
            long found = (zeroWhereLineFeed - ONES) & ~zeroWhereLineFeed & HIGH_BITS;
            if (found != 0) return i + Long.numberOfTrailingZeros(found) / Byte.SIZE;
        }
        while (i < to && octets[i] != '\n') i++;
        return i;
    }

    /**
     * Where the first dot stands behind {@code from} and before {@code to} that has a LF before it; {@code to} if there is none. Dots
     * are rarer than line ends, and short lines cost no more than long ones.
     */
    static int dotBehindLineFeed(ByteBuffer buffer, int from, int to) {
        boolean big = buffer.order() == ByteOrder.BIG_ENDIAN;
        int i = from + 1;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long zeroWhereDot = buffer.getLong(i) ^ DOTS;
            // Quicker, and wrong only in that it may see a zero behind another one.
            if (((zeroWhereDot - ONES) & ~zeroWhereDot & HIGH_BITS) == 0) continue;
            long found = zeros(zeroWhereDot) & zeros(buffer.getLong(i - 1) ^ LINE_FEEDS);
            if (found != 0) return i + first(found, big);
        }
        while (i < to && (buffer.get(i) != '.' || buffer.get(i - 1) != '\n')) i++;
        return Math.min(i, to);
    }

    /**
     * Where the first octet stands behind {@code from} and before {@code to} that is not sent as it is stored: a LF without a CR before
     * it, or a dot behind a LF; {@code to} if there is none.
     */
    static int firstToChange(ByteBuffer buffer, int from, int to) {
        boolean big = buffer.order() == ByteOrder.BIG_ENDIAN;
        int i = from + 1;
        if (i < to && buffer.get(from) == '\n' && buffer.get(i) == '.') return i;
        for (; i < to - Long.BYTES; i += Long.BYTES) {
            long zeroWhereLineFeed = buffer.getLong(i) ^ LINE_FEEDS;
            if (((zeroWhereLineFeed - ONES) & ~zeroWhereLineFeed & HIGH_BITS) == 0) continue;
            long lineFeeds = zeros(zeroWhereLineFeed);
            long bare = lineFeeds & ~zeros(buffer.getLong(i - 1) ^ RETURNS);
            long dotted = lineFeeds & zeros(buffer.getLong(i + 1) ^ DOTS);
            if ((bare | dotted) == 0) continue;
            int found = i + first(bare | dotted, big);
            return buffer.get(found - 1) == '\r' ? found + 1 : found;
        }
        for (; i < to; i++) {
            if (buffer.get(i) == '\n' && buffer.get(i - 1) != '\r') return i;
            if (buffer.get(i) == '.' && buffer.get(i - 1) == '\n') return i;
        }
        return to;
    }

    /** The high bit of each octet that is zero, and of no other (Hacker's Delight, section 6-1). */
    private static long zeros(long octets) {
        return ~(((octets & LOW_BITS) + LOW_BITS) | octets | LOW_BITS);
    }

    private static int first(long found, boolean big) {
        return (big ? Long.numberOfLeadingZeros(found) : Long.numberOfTrailingZeros(found)) / Byte.SIZE;
    }

    /** Moves {@code length} octets from the input's position to the output's. */
    static void move(ByteBuffer in, ByteBuffer out, int length) {
        out.put(out.position(), in, in.position(), length);
        in.position(in.position() + length);
        out.position(out.position() + length);
    }
}
