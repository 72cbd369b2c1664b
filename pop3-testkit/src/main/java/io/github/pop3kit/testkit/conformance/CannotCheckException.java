package io.github.pop3kit.testkit.conformance;

import java.io.IOException;

/** Why a server cannot be checked at all. */
public final class CannotCheckException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is in the way. */
    public enum Reason {
        /** Nobody answers there. */
        UNREACHABLE,
        /** What answers is no POP3, or no TLS that is trusted. */
        PROTOCOL,
        /** The user is not let in. */
        LOGIN,
        /** Messages cannot be delivered, or do not arrive. */
        DELIVERY,
        /** The thread was interrupted. */
        INTERRUPTED
    }

    private final Reason reason;

    CannotCheckException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What is in the way. */
    public Reason reason() {
        return reason;
    }
}
