package io.github.pop3kit.store;

import java.io.IOException;

/** A store's refusal that says what kind it is. Any other {@link IOException} of a store counts as {@link Reason#TEMPORARY}. */
public final class StoreException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What a client may be told of the trouble. */
    public enum Reason {
        /** Another session holds the maildrop. */
        IN_USE,
        /** The lock was taken away while the maildrop was open; nothing was removed. */
        LOCK_LOST,
        /** The message was removed by somebody else. */
        GONE,
        /** There is no such maildrop, and it is not simply empty. */
        NO_SUCH_MAILDROP,
        /** A delivery would pass the maildrop's quota. */
        OVER_QUOTA,
        /** A delivery would pass the store's limit for one message. */
        TOO_LARGE,
        /** It may work later. */
        TEMPORARY,
        /** It will not work until somebody mends it. */
        PERMANENT
    }

    private final Reason reason;

    /** The message is for the operator's log; it never reaches a client. */
    public StoreException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The message is for the operator's log; it never reaches a client. */
    public StoreException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
