package io.github.pop3kit.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The time of one test server. It stands still until a test lets it pass, so that no session is ever cut because a machine is slow.
 * Safe for use by many threads.
 */
public final class TestClock {

    /** More than any limit of a server. */
    private static final long LONG = TimeUnit.DAYS.toNanos(500);

    private final Instant start = Instant.now();
    private final Runnable beforePassing;
    private final Runnable afterPassing;
    private long before;
    private Duration passed = Duration.ZERO;

    TestClock(Runnable beforePassing, Runnable afterPassing) {
        this.beforePassing = beforePassing;
        this.afterPassing = afterPassing;
    }

    /** The time of day: when the server was started, and what has passed since. Mail arrives at this time. */
    public synchronized Instant now() {
        return start.plus(passed);
    }

    /**
     * Lets time pass, and what is due happen: sessions whose time is over have lost their connection when the call returns (see
     * {@link Pop3TestServer#awaitSessionEnd()} for their end), and mail that has expired is gone.
     *
     * <p>Sessions are given a moment to reach the point where they wait for their client: a time-out is counted from a command's
     * end, not from its reply.
     *
     * @throws IllegalArgumentException if the time is negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) throw new IllegalArgumentException("time does not go back");
        beforePassing.run();
        pass(time);
        afterPassing.run();
    }

    private synchronized void pass(Duration time) {
        passed = passed.plus(time);
    }

    /** As {@link System#nanoTime}: it may pass the largest number. */
    synchronized long nanoTime() {
        return before + passed.toNanos();
    }

    /** Back to the beginning. What the server measured before is long past: nanoseconds never go back. */
    synchronized void reset() {
        before = nanoTime() + LONG;
        passed = Duration.ZERO;
    }
}
