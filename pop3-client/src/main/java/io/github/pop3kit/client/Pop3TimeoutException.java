package io.github.pop3kit.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something took longer than was allowed. The connection is closed; before QUIT nothing was deleted by that. */
public final class Pop3TimeoutException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    /** What took too long. */
    public enum Limit {
        CONNECT,
        HANDSHAKE,
        /** Nothing came of a reply, or of a message. */
        READ,
        /** The server took no octets. */
        WRITE,
        /** The operation as a whole, see {@link Pop3Client.Builder#operationDeadline}. */
        OPERATION
    }

    private final Limit limit;
    private final Phase phase;

    Pop3TimeoutException(String server, Limit limit, Duration length, Phase phase, @Nullable Throwable cause) {
        super(server, message(limit, length), null, cause);
        this.limit = limit;
        this.phase = phase;
    }

    private static String message(Limit limit, Duration length) {
        String what = switch (limit) {
            case CONNECT -> "could not be reached";
            case HANDSHAKE -> "did not complete the TLS handshake";
            case READ -> "did not answer";
            case WRITE -> "did not take what was sent";
            case OPERATION -> "did not complete the operation";
        };
        return what + " within "
                + (length.toMillis() % 1000 == 0 ? length.toSeconds() + " s" : length.toMillis() + " ms");
    }

    /** Which time was too short. */
    public Limit limit() {
        return limit;
    }

    /** How far the connection had come. */
    public Phase phase() {
        return phase;
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
