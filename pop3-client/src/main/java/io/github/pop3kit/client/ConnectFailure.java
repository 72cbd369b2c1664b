package io.github.pop3kit.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no connection; the message says in one sentence why. */
final class ConnectFailure extends IOException {

    private static final long serialVersionUID = 1L;

    enum Kind {
        UNKNOWN_HOST,
        /** No address of the server or of the proxy took the connection. */
        UNREACHABLE,
        /** The proxy was reached and did not go on to the server. */
        PROXY,
        TIMED_OUT,
        /** The thread was interrupted, and still is marked so. */
        INTERRUPTED
    }

    private final Kind kind;

    ConnectFailure(Kind kind, String message) {
        this(kind, message, null);
    }

    ConnectFailure(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
