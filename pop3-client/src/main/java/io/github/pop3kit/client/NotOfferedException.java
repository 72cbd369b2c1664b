package io.github.pop3kit.client;

import org.jspecify.annotations.Nullable;

/** The server does not have what this needs, such as UIDL or a way to log in. The session can be used for everything else. */
public final class NotOfferedException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    NotOfferedException(String server, String message, @Nullable Throwable cause) {
        super(server, message, null, cause);
    }

    @Override
    public boolean isRetrySafe() {
        return false;
    }

    @Override
    public boolean isSessionUsable() {
        return true;
    }
}
