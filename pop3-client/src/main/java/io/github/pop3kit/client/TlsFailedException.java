package io.github.pop3kit.client;

import org.jspecify.annotations.Nullable;

/** There is no TLS with this server that can be trusted, or none at all where a password needs it. Nothing secret was sent. */
public final class TlsFailedException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    TlsFailedException(String server, String message, @Nullable Throwable cause) {
        super(server, message, null, cause);
    }

    /** False: who sits on the way may be the reason. */
    @Override
    public boolean isRetrySafe() {
        return false;
    }

    @Override
    public boolean isSessionUsable() {
        return false;
    }
}
