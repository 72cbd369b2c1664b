package io.github.pop3kit.testkit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A place where sessions stop until the test lets them go on: made by {@link CommandOccasion#hold()} and its like. Once released
 * it stops nobody any more. For any thread.
 */
public final class Hold {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    Hold() {}

    /**
     * Waits until a session has come here.
     *
     * @throws AssertionError if none has within half a minute
     */
    public void awaitReached() throws InterruptedException {
        if (!reached.await(LONGEST.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("no session came to the hold within " + LONGEST.toSeconds() + " seconds");
        }
    }

    /** Lets those go on who wait here, and those who come later. */
    public void release() {
        released.complete(null);
    }

    /** Says that somebody is here; returns what to wait for. */
    CompletableFuture<Void> reach() {
        reached.countDown();
        return released;
    }
}
