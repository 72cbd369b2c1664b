package io.github.pop3kit.jakarta;

import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/** Ends the session of a store or folder that an application has dropped without closing it. */
final class Abandoned implements Runnable {

    private static final Cleaner CLEANER = Cleaner.create();

    private final boolean cleanly;
    private volatile @Nullable Conversation held;
    private Cleaner.@Nullable Cleanable registration;

    private Abandoned(Conversation held, boolean cleanly) {
        this.held = held;
        this.cleanly = cleanly;
    }

    /** @param cleanly with a QUIT, {@code finalizecleanclose} */
    static Abandoned watch(Object owner, Conversation held, boolean cleanly) {
        Abandoned abandoned = new Abandoned(held, cleanly);
        abandoned.registration = CLEANER.register(owner, abandoned);
        return abandoned;
    }

    /** The session has ended in order, or has another owner. */
    void forget() {
        held = null;
        if (registration != null) registration.clean();
    }

    @Override
    public void run() {
        Conversation dropped = held;
        if (dropped == null) return;
        if (cleanly) dropped.leave();
        dropped.abandon();
    }
}
