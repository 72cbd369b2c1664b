package io.github.pop3kit.client;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A point in time by which something has to be over. Deadlines that are compared share one clock. Immutable.
 */
final class Deadline {

    /** Longer than any patience, and far from an overflow of the clock. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final long at;
    private final LongSupplier nanoTime;

    private Deadline(long at, LongSupplier nanoTime) {
        this.at = at;
        this.nanoTime = nanoTime;
    }

    /**
     * So long from now.
     *
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    static Deadline in(Duration patience, LongSupplier nanoTime) {
        Duration bounded = patience.compareTo(LONGEST) < 0 ? patience : LONGEST;
        return new Deadline(nanoTime.getAsLong() + bounded.toNanos(), nanoTime);
    }

    /** The one of the two that comes first. */
    Deadline orEarlier(Deadline other) {
        return other.at - at < 0 ? other : this;
    }

    /** What is left of the time; zero, never less, when it has passed. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, at - nanoTime.getAsLong()));
    }

    boolean passed() {
        return at - nanoTime.getAsLong() <= 0;
    }
}
