package io.github.pop3kit.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What would be worth a line in the log a thousand times a second, and gets one a minute. For any thread. */
final class Complaint {

    private static final long APART = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong last = new AtomicLong(System.nanoTime() - APART);

    /** Whether it is time to complain; if so, not again for a minute. */
    boolean isDue() {
        long now = System.nanoTime();
        long before = last.get();
        return now - before >= APART && last.compareAndSet(before, now);
    }
}
