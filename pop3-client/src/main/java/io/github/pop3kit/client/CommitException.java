package io.github.pop3kit.client;

import io.github.pop3kit.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * QUIT did not do what it was to do, or nobody knows whether it did: see {@link Commit#outcome()}, and {@link Commit#settle} for how to
 * learn it in the next session.
 */
public final class CommitException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    private final transient Commit commit;

    CommitException(
            String server, String message, @Nullable ResponseCode code, Commit commit, @Nullable Throwable cause) {
        super(server, message, code, cause);
        this.commit = commit;
    }

    /** What was to be deleted, and what is known of it. */
    public Commit commit() {
        return commit;
    }

    /** False: look first what the maildrop holds; message-numbers may stand for other messages in the next session. */
    @Override
    public boolean isRetrySafe() {
        return false;
    }

    @Override
    public boolean isSessionUsable() {
        return false;
    }
}
