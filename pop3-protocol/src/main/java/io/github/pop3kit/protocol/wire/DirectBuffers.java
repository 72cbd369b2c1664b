package io.github.pop3kit.protocol.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Four buffers of a megabyte that the kernel fills and empties without a copy in between, for large messages that go out as they are
 * stored. There are never more, lent or spare: clients that take their time may have all of them, and the others are served without.
 * For any thread.
 */
final class DirectBuffers {

    private static final int OCTETS = 1024 * 1024;
    private static final int MOST = 4;

    private static final Semaphore free = new Semaphore(MOST);
    private static final ConcurrentLinkedDeque<ByteBuffer> spare = new ConcurrentLinkedDeque<>();

    private DirectBuffers() {}

    /** A buffer, cleared; null if all are lent. */
    static @Nullable ByteBuffer borrow() {
        if (!free.tryAcquire()) return null;
        ByteBuffer last = spare.pollLast();
        return last == null ? ByteBuffer.allocateDirect(OCTETS) : last.clear();
    }

    /** Takes a buffer back; its borrower does not use it any more. */
    static void giveBack(ByteBuffer buffer) {
        spare.addLast(buffer);
        free.release();
    }
}
