package io.github.pop3kit.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hangs up on sessions whose deadline is past. One daemon thread looks at all of them; tests call {@link #sweep} instead. */
final class Reaper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Reaper.class);
    private static final long PAUSE = Duration.ofMillis(500).toNanos();

    private final Set<Session> sessions;
    private final LongSupplier nanoTime;
    private final Thread thread = new Thread(this::run, "pop3-reaper");
    private volatile boolean closed;

    Reaper(Set<Session> sessions, LongSupplier nanoTime) {
        this.sessions = sessions;
        this.nanoTime = nanoTime;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                sweep();
            } catch (RuntimeException | OutOfMemoryError e) {
                log.error("a sweep over the sessions failed; the next one comes", e);
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    void sweep() {
        long now = nanoTime.getAsLong();
        for (Session session : sessions) session.reap(now);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
