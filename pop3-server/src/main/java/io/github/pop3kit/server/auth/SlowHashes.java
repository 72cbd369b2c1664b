package io.github.pop3kit.server.auth;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/**
 * Lets only as many threads work on slow hashes as there are processors, and only so many wait for it: whoever sends wrong passwords
 * must not be able to keep all others waiting, or fill the memory that Argon2 takes.
 *
 * <p>Who came last is served first, and who has waited longest goes when there is no room: behind a burst of wrong passwords, from
 * however many addresses, the next who comes does not feel it.
 */
final class SlowHashes {

    /** At most a few seconds of work, with Argon2. */
    private static final int MOST_WAITING = 16;

    private final int mostWaiting;

    /** Whether it is their turn, the last one first. */
    private final Deque<CompletableFuture<Boolean>> waiting = new ArrayDeque<>();

    private int free;

    SlowHashes() {
        this(Math.max(2, Runtime.getRuntime().availableProcessors()), MOST_WAITING);
    }

    SlowHashes(int atOnce, int mostWaiting) {
        this.free = atOnce;
        this.mostWaiting = mostWaiting;
    }

    /**
     * Works when it is its turn.
     *
     * @throws IOException if too many others have come meanwhile
     */
    boolean work(BooleanSupplier hash) throws IOException {
        awaitTurn();
        try {
            return hash.getAsBoolean();
        } finally {
            passOn();
        }
    }

    private void awaitTurn() throws IOException {
        CompletableFuture<Boolean> turn = new CompletableFuture<>();
        synchronized (waiting) {
            if (free > 0) {
                free--;
                return;
            }
            if (waiting.size() == mostWaiting) waiting.removeLast().complete(false);
            waiting.addFirst(turn);
        }
        boolean isTurn;
        try {
            isTurn = turn.get();
        } catch (InterruptedException e) {
            giveUp(turn);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        if (!isTurn) throw new IOException("too many passwords are being checked");
    }

    private void giveUp(CompletableFuture<Boolean> turn) {
        boolean inVain;
        synchronized (waiting) {
            inVain = !waiting.removeIf(other -> other == turn) && turn.getNow(false);
        }
        if (inVain) passOn();
    }

    private void passOn() {
        synchronized (waiting) {
            if (waiting.isEmpty()) {
                free++;
            } else {
                waiting.removeFirst().complete(true);
            }
        }
    }

    /** How many wait. */
    int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }
}
