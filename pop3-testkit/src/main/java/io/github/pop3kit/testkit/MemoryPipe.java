package io.github.pop3kit.testkit;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Octets on their way from one end of a {@link MemorySocket} to the other: as many as fit, then the writer waits. */
final class MemoryPipe {

    /** What a socket's two buffers hold between them, more or less. */
    static final int CAPACITY = 64 * 1024;

    private final byte[] ring = new byte[CAPACITY];
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int from;
    private int held;
    private boolean writerGone;
    private boolean readerGone;
    private boolean reset;
    private boolean readerClosed;

    /** Waits for octets; -1 at the end. A time-out of 0 is none. */
    int read(byte[] octets, int offset, int length, int timeoutMillis) throws IOException {
        if (length == 0) return 0;
        long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        lock.lock();
        try {
            while (true) {
                if (readerClosed) throw new SocketException("Socket closed");
                if (reset) throw new SocketException("Connection reset");
                if (held > 0) return take(octets, offset, length);
                if (writerGone || readerGone) return -1;
                if (timeoutMillis == 0) {
                    changed.await();
                } else if (left > 0) {
                    left = changed.awaitNanos(left);
                } else {
                    throw new SocketTimeoutException("Read timed out");
                }
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private int take(byte[] octets, int offset, int length) {
        int taken = Math.min(length, held);
        int first = Math.min(taken, CAPACITY - from);
        System.arraycopy(ring, from, octets, offset, first);
        System.arraycopy(ring, 0, octets, offset + first, taken - first);
        from = (from + taken) % CAPACITY;
        held -= taken;
        changed.signalAll();
        return taken;
    }

    /** Waits until all octets have found room. */
    void write(byte[] octets, int offset, int length) throws IOException {
        lock.lock();
        try {
            int put = 0;
            while (put < length) {
                if (writerGone) throw new SocketException("Socket closed");
                if (reset) throw new SocketException("Connection reset");
                if (readerClosed) throw new SocketException("Broken pipe");
                if (readerGone) return; // As with TCP: what arrives behind a shut input is thrown away.
                if (held < CAPACITY) {
                    put += put(octets, offset + put, length - put);
                } else {
                    changed.await();
                }
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private int put(byte[] octets, int offset, int length) {
        int put = Math.min(length, CAPACITY - held);
        int to = (from + held) % CAPACITY;
        int first = Math.min(put, CAPACITY - to);
        System.arraycopy(octets, offset, ring, to, first);
        System.arraycopy(octets, offset + first, ring, 0, put - first);
        held += put;
        changed.signalAll();
        return put;
    }

    private static SocketException interrupted() {
        Thread.currentThread().interrupt();
        return new SocketException("Closed by interrupt");
    }

    int available() {
        lock.lock();
        try {
            return reset ? 0 : held;
        } finally {
            lock.unlock();
        }
    }

    /** The writer says no more; what it said can be read. */
    void endOutput() {
        lock.lock();
        try {
            writerGone = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The reader wants no more: it sees the end, and the writer notices nothing. */
    void endInput() {
        lock.lock();
        try {
            readerGone = true;
            held = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The reader has closed its socket: who writes is told. */
    void closeInput() {
        lock.lock();
        try {
            readerClosed = true;
            held = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is under way is lost, and whoever is still there gets an exception. */
    void reset() {
        lock.lock();
        try {
            reset = true;
            held = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
