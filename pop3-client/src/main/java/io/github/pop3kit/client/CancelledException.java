package io.github.pop3kit.client;

import org.jspecify.annotations.Nullable;

/**
 * This side ended it: the thread was interrupted (its interrupt status is still set), or another thread closed or cancelled. The
 * connection is closed; before QUIT nothing was deleted by that.
 */
public final class CancelledException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    CancelledException(String server, String message, @Nullable Throwable cause) {
        super(server, message, null, cause);
    }

    @Override
    public boolean isRetrySafe() {
        return true;
    }

    @Override
    public boolean isSessionUsable() {
        return false;
    }
}
