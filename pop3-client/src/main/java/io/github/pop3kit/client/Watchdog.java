package io.github.pop3kit.client;

import io.github.pop3kit.protocol.wire.Wire;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what is late: it aborts a connection, and the thread that waits for the peer gets an exception. That thread asks
 * {@link Watched#bit} to tell a time-out from a peer that left.
 *
 * <p>One daemon thread looks at everything that is watched, a few times a second. It begins with the first thing to watch and is
 * gone soon after the last. A wire is watched once for its life: a command only moves its deadline ({@link Wire#deadlineIn}, one
 * volatile write), the dog is not told.
 */
final class Watchdog {

    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
    private static final long PAUSE = Duration.ofMillis(250).toNanos();
    private static final Watchdog SHARED = new Watchdog(System::nanoTime);

    private final Set<Watched> all = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread thread;

    /** One of its own, for a test that drives the clock and calls {@link #sweep}. */
    Watchdog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The one of this process. */
    static Watchdog shared() {
        return SHARED;
    }

    /** Aborts the wire when its deadline is past, until {@link Watched#close}, which comes after {@link Wire#close}. */
    Watched watch(Wire wire) {
        return watch(() -> wire.late(nanoTime.getAsLong()), wire::abort);
    }

    /**
     * Calls {@code abort} if the deadline passes before {@link Watched#close}.
     *
     * @param abort waits for nothing; called at most once, by another thread
     */
    Watched watch(Deadline deadline, Runnable abort) {
        return watch(deadline::passed, abort);
    }

    private Watched watch(BooleanSupplier late, Runnable abort) {
        Watched watched = new Watched(late, abort);
        lock.lock();
        try {
            all.add(watched);
            if (thread == null || !thread.isAlive()) {
                // Nothing of the caller's is inherited: the thread may outlive an application in its container.
                Thread dog = new Thread(null, this::run, "pop3-watchdog", 0, false);
                dog.setDaemon(true);
                dog.setContextClassLoader(null);
                dog.start();
                thread = dog;
            }
        } finally {
            lock.unlock();
        }
        return watched;
    }

    private void run() {
        do {
            sweep();
            LockSupport.parkNanos(PAUSE);
        } while (!ended());
    }

    private boolean ended() {
        lock.lock();
        try {
            if (!all.isEmpty()) return false;
            thread = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Looks at everything once. */
    void sweep() {
        for (Watched watched : all) watched.look();
    }

    private void forget(Watched watched) {
        all.remove(watched);
        if (!all.isEmpty()) return;
        lock.lock();
        try {
            if (thread != null) LockSupport.unpark(thread);
        } finally {
            lock.unlock();
        }
    }

    /** Something that is being watched. */
    final class Watched implements AutoCloseable {

        private enum State {
            WATCHED,
            LET_GO,
            BITTEN
        }

        private final AtomicReference<State> state = new AtomicReference<>(State.WATCHED);
        private final BooleanSupplier late;
        private final Runnable abort;

        private Watched(BooleanSupplier late, Runnable abort) {
            this.late = late;
            this.abort = abort;
        }

        /** Whether it was late, and was aborted or is about to be. Final once {@link #close} was called. */
        boolean bit() {
            return state.get() == State.BITTEN;
        }

        /** Ends the watch: what was not aborted before will not be. */
        @Override
        public void close() {
            state.compareAndSet(State.WATCHED, State.LET_GO);
            forget(this);
        }

        private void look() {
            if (!late.getAsBoolean() || !state.compareAndSet(State.WATCHED, State.BITTEN)) return;
            try {
                abort.run();
            } catch (RuntimeException e) {
                log.warn("a connection that is late could not be aborted", e);
            }
            forget(this);
        }
    }
}
