package io.github.pop3kit.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no TLS that could be trusted; the message says in one sentence why. */
final class TlsFailure extends IOException {

    private static final long serialVersionUID = 1L;

    enum Kind {
        /** Nobody whom we trust vouches for the certificate. */
        UNTRUSTED,
        /** The certificate is for other hosts. */
        WRONG_HOST,
        /** The certificate is no longer valid, or not yet. */
        EXPIRED,
        /** None of the pinned keys was shown. */
        PIN,
        /** No version, cipher suite or protocol of the application in common, or the server ended the handshake by an alert. */
        REFUSED,
        /** What the server sent is not TLS. */
        NOT_TLS,
        TIMED_OUT,
        /** The thread was interrupted, and still is marked so. */
        INTERRUPTED,
        /** The connection was lost in the handshake. */
        LOST
    }

    private final Kind kind;

    TlsFailure(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
