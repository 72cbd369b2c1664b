package io.github.pop3kit.store.maildir;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Shows other hosts every 10 seconds that the locks of one store are still held: one daemon thread, from the first lock on. */
final class Heartbeat implements AutoCloseable {

    /** A lock that others take for abandoned when nobody touches it. */
    interface Kept {
        /** Touches it; whatever goes wrong is for the log alone. */
        void keep();
    }

    private static final long SECONDS = 10;

    private final Set<Kept> held = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    void add(Kept lock) {
        held.add(lock);
        if (!started.compareAndSet(false, true)) return;
        Thread thread = new Thread(this::run, "pop3kit-maildir-heartbeat");
        thread.setDaemon(true);
        thread.start();
    }

    void remove(Kept lock) {
        held.remove(lock);
    }

    private void run() {
        try {
            while (!closed.await(SECONDS, TimeUnit.SECONDS)) beat();
        } catch (InterruptedException e) {
            // Nobody but the end of the JVM interrupts this thread.
        }
    }

    /** Keeps each lock fresh once. */
    void beat() {
        held.forEach(Kept::keep);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
