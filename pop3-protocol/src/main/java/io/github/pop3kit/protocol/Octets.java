package io.github.pop3kit.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Looks for an octet eight at a time: an ordinary loop is what makes line-oriented codecs slow. */
final class Octets {

    private static final long LOW_BITS = 0x7F7F7F7F7F7F7F7FL;
    private static final long LINE_FEEDS = 0x0A0A0A0A0A0A0A0AL;

    private Octets() {}

    /** Where the first LF stands at or behind {@code from} and before {@code to}; {@code to} if there is none. */
    static int lineFeed(ByteBuffer buffer, int from, int to) {
        boolean big = buffer.order() == ByteOrder.BIG_ENDIAN;
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long zeroWhereLineFeed = buffer.getLong(i) ^ LINE_FEEDS;
            // The high bit of each octet that is zero, and of no other (Hacker's Delight, section 6-1).
            long found = ~(((zeroWhereLineFeed & LOW_BITS) + LOW_BITS) | zeroWhereLineFeed | LOW_BITS);
            if (found != 0) {
                int bits = big ? Long.numberOfLeadingZeros(found) : Long.numberOfTrailingZeros(found);
                return i + bits / Byte.SIZE;
            }
        }
        while (i < to && buffer.get(i) != '\n') i++;
        return i;
    }

    /** Moves {@code length} octets from the input's position to the output's. */
    static void move(ByteBuffer in, ByteBuffer out, int length) {
        out.put(out.position(), in, in.position(), length);
        in.position(in.position() + length);
        out.position(out.position() + length);
    }
}
