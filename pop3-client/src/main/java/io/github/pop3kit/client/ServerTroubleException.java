package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Reply;

/** The server cannot do it, and neither the credentials nor the command are the reason ({@code [SYS/…]}, RFC 3206 section 4). */
public final class ServerTroubleException extends CommandRejectedException {

    private static final long serialVersionUID = 1L;

    private final boolean temporary;

    ServerTroubleException(String server, Reply.Err reply, boolean temporary, boolean usable) {
        super(server, (temporary ? "is in trouble that may pass" : "is in trouble") + said(reply), reply, usable, null);
        this.temporary = temporary;
    }

    /** Whether it may pass by itself; otherwise somebody has to mend it. */
    public boolean isTemporary() {
        return temporary;
    }

    @Override
    public boolean isRetrySafe() {
        return temporary;
    }
}
