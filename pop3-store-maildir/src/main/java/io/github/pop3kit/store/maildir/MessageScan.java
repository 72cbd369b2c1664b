package io.github.pop3kit.store.maildir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Counts what RETR sends of a message, and finds out whether the message could go to the wire as it is. */
final class MessageScan {

    private static final int BUFFER = 64 * 1024;
    private static final long LINE_FEEDS = 0x0A0A_0A0A_0A0A_0A0AL;
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    /**
     * Direct buffers, and few: read through arrays, each thread of a session would keep a direct buffer of its own for as long as
     * it lives.
     */
    private static final BlockingQueue<ByteBuffer> SPARE = new ArrayBlockingQueue<>(8);

    private long size;
    private long bareLineFeeds;
    private boolean dotted;
    private byte last = '\n';

    static ByteBuffer takeBuffer() {
        ByteBuffer spare = SPARE.poll();
        return spare == null ? ByteBuffer.allocateDirect(BUFFER) : spare;
    }

    static void giveBack(ByteBuffer buffer) {
        SPARE.offer(buffer); // where there is no room for it, the garbage collector frees it
    }

    /** Reads a message to its end. */
    static MessageScan of(ReadableByteChannel message, ByteBuffer buffer) throws IOException {
        MessageScan scan = new MessageScan();
        while (message.read(buffer.clear()) >= 0) scan.add(buffer.flip());
        return scan;
    }

    /** Takes the next octets of the message into account; the buffer's position stays. */
    void add(ByteBuffer octets) {
        int start = octets.position();
        int end = octets.limit();
        if (start == end) return;
        if (last == '\n' && octets.get(start) == '.') dotted = true;
        for (int found = lineFeed(octets, start); found < end; found = lineFeed(octets, found + 1)) {
            byte before = found == start ? last : octets.get(found - 1);
            if (before != '\r') bareLineFeeds++;
            if (found + 1 < end && octets.get(found + 1) == '.') dotted = true;
        }
        size += end - start;
        last = octets.get(end - 1);
    }

    /** Where the next LF is, or the limit; looks at eight octets at a time. */
    private static int lineFeed(ByteBuffer octets, int from) {
        int at = from;
        for (; at <= octets.limit() - Long.BYTES; at += Long.BYTES) {
            long zeroAtLineFeeds = octets.getLong(at) ^ LINE_FEEDS;
            if (((zeroAtLineFeeds - LOW_BITS) & ~zeroAtLineFeeds & HIGH_BITS) != 0) break;
        }
        while (at < octets.limit() && octets.get(at) != '\n') at++;
        return at;
    }

    /** The message's length as it is stored. */
    long size() {
        return size;
    }

    /** As {@link io.github.pop3kit.store.Maildrop#octets}: each line ended by CRLF, the last one included. */
    long octets() {
        return size + bareLineFeeds + (last == '\n' ? 0 : 2);
    }

    /** As {@link io.github.pop3kit.store.MessageContent#verbatim}; then {@link #octets} is {@link #size}. */
    boolean verbatim() {
        return bareLineFeeds == 0 && last == '\n' && !dotted;
    }
}
