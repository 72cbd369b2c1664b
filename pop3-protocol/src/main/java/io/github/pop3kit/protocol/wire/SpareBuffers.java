package io.github.pop3kit.protocol.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A few large buffers for whoever has much to send just now, the one that was used last first: a session that waits has none, and
 * one that answers need not have one made, and the garbage collector has none to take. For any thread.
 */
final class SpareBuffers {

    /** Loopback and fast networks want few, large writes for large messages. */
    static final int OCTETS = 256 * 1024;

    /** What they hold is held for good, so a megabyte in all; who finds none has one made. */
    private static final int MOST = 4;

    private static final ReentrantLock lock = new ReentrantLock();
    private static final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>(MOST);

    private SpareBuffers() {}

    /** A buffer of {@link #OCTETS}, cleared; what others had in it may still be there. */
    static ByteBuffer borrow() {
        lock.lock();
        try {
            ByteBuffer last = spare.pollLast();
            if (last != null) return last.clear();
        } finally {
            lock.unlock();
        }
        return ByteBuffer.allocate(OCTETS);
    }

    /** Takes a buffer back, if it came from here; its borrower does not use it any more. */
    static void giveBack(ByteBuffer buffer) {
        if (buffer.capacity() != OCTETS) return;
        lock.lock();
        try {
            if (spare.size() < MOST) spare.addLast(buffer);
        } finally {
            lock.unlock();
        }
    }
}
