package io.github.pop3kit.testkit;

import io.github.pop3kit.store.MailStore;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A failure at one step of a store, or from that step on; it strikes while certain calls are made. */
final class Failure implements MailStoreContract.Step {

    private final int at;
    private final boolean lasting;
    private final AtomicInteger steps = new AtomicInteger();

    private volatile boolean armed;
    private volatile boolean happened;

    /** The first step is 1. */
    Failure(int at, boolean lasting) {
        this.at = at;
        this.lasting = lasting;
    }

    @Override
    public void take() throws IOException {
        if (!armed) return;
        int step = steps.incrementAndGet();
        if (step != at && !(lasting && step > at)) return;
        happened = true;
        throw new IOException("step " + step + " was made to fail");
    }

    /** What a store is asked to do. */
    @FunctionalInterface
    interface Call<T> {
        T make() throws IOException;
    }

    /** Makes the call, whose steps count; empty if it failed. */
    <T> Optional<T> strike(Call<T> call) {
        armed = true;
        try {
            return Optional.of(call.make());
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            armed = false;
        }
    }

    /** Whether the store got so far at all. */
    boolean happened() {
        return happened;
    }

    /** What happens in a store while something fails in it. */
    @FunctionalInterface
    interface Scene {
        /**
         * Plays once, with an account that has no mail yet.
         *
         * @param store in which nothing fails
         * @param failing over the same place
         */
        void play(MailStore store, MailStore failing, String name, Failure failure) throws Exception;
    }
}
