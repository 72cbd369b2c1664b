package io.github.pop3kit.testkit;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a session's thread waits for a fault: not longer than the session lives. */
final class Patience {

    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Ends all waiting, now and later. For any thread. */
    void end() {
        ended.complete(null);
    }

    /** Waits this long by the real clock. */
    void pause(long nanos) throws IOException {
        if (nanos > 0) await(ended, nanos);
    }

    /** Waits until the hold is released. */
    void await(Hold hold) throws IOException {
        await(CompletableFuture.anyOf(ended, hold.reach()), Long.MAX_VALUE);
    }

    private void await(CompletableFuture<?> event, long nanos) throws IOException {
        try {
            event.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException enough) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing fails here", e);
        }
        if (ended.isDone()) throw new ClosedChannelException();
    }
}
