package io.github.pop3kit.client;

import org.jspecify.annotations.Nullable;

/** The connection could not be made, or has ended. Before QUIT nothing was deleted by that. */
public final class ConnectionLostException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    private final Phase phase;
    private final String command;
    private final boolean byServer;

    ConnectionLostException(
            String server, Phase phase, String command, String message, boolean byServer, @Nullable Throwable cause) {
        super(server, message, null, cause);
        this.phase = phase;
        this.command = command;
        this.byServer = byServer;
    }

    /** How far the connection had come. */
    public Phase phase() {
        return phase;
    }

    /** The command that got no answer, without secrets; empty if there was none. */
    String command() {
        return command;
    }

    /** Whether the server ended it in order, rather than the network or a reset. */
    boolean byServer() {
        return byServer;
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
