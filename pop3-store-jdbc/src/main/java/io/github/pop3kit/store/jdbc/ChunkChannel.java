package io.github.pop3kit.store.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A message of many chunks. It holds no connection while its reader is busy with what it has: one is borrowed when the next
 * chunks are needed, and given back when they are here.
 */
final class ChunkChannel implements ReadableByteChannel {

    /** A reader that got through the first chunk gets some at a time; memory for each slow reader is this. */
    private static final int AHEAD = 4;

    /** Fetches chunks; all of those asked for, or throws. */
    @FunctionalInterface
    interface Source {
        List<byte[]> fetch(int first, int count) throws IOException;
    }

    private final Source source;
    private final int count;
    private final Deque<byte[]> fetched = new ArrayDeque<>();
    private int next;
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean open = true;

    /** Fetches the first chunk at once: a message that is gone is noticed before the client hears +OK. */
    ChunkChannel(long octets, Source source) throws IOException {
        this.source = source;
        this.count = Chunks.count(octets);
        fetch(1);
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (!open) throw new ClosedChannelException();
        if (!to.hasRemaining()) return 0;
        if (!current.hasRemaining()) {
            if (fetched.isEmpty() && next == count) return -1;
            if (fetched.isEmpty()) fetch(Math.min(AHEAD, count - next));
            current = ByteBuffer.wrap(fetched.remove());
        }
        int length = Math.min(to.remaining(), current.remaining());
        to.put(current.slice().limit(length));
        current.position(current.position() + length);
        return length;
    }

    private void fetch(int chunks) throws IOException {
        fetched.addAll(source.fetch(next, chunks));
        next += chunks;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        fetched.clear();
        current = ByteBuffer.allocate(0);
    }
}
