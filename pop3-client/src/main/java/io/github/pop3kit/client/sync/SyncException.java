package io.github.pop3kit.client.sync;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An account is not synchronised, and its server is not the reason. No message was lost, stored twice or deleted by that. */
public final class SyncException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** Another process, or another thread of this one, synchronises the account just now. */
        LOCKED,
        /** All unique-ids are new, as after a move of the mail to another server: somebody has to decide, see {@link Migration}. */
        MIGRATION,
        /** The server has no unique-ids, so that what is left there cannot be told from new mail. */
        NO_UNIQUE_IDS,
        /** The journal cannot be read or written. */
        JOURNAL,
        /** The sink takes no message, or cannot make durable what it took. */
        SINK,
        /** There are no credentials: the {@link LoginSource} has failed. */
        CREDENTIALS
    }

    private final Reason reason;

    SyncException(Reason reason, String message) {
        this(reason, message, null);
    }

    SyncException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
