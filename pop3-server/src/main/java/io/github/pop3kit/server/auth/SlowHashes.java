package io.github.pop3kit.server.auth;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * Lets only as many threads work on slow hashes as there are processors, and only so many wait for it: whoever sends wrong passwords
 * must not be able to keep all others waiting, or fill the memory that Argon2 takes.
 */
final class SlowHashes {

    /** At most a few seconds of work, with Argon2. */
    private static final int MOST_WAITING = 16;

    private final Semaphore turns =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()), true);

    /**
     * Works when it is its turn.
     *
     * @throws IOException at once if too many wait already
     */
    boolean work(BooleanSupplier hash) throws IOException {
        if (turns.getQueueLength() >= MOST_WAITING) throw new IOException("too many passwords are being checked");
        try {
            turns.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        try {
            return hash.getAsBoolean();
        } finally {
            turns.release();
        }
    }
}
