package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Reply;

/** The credentials are right, but another session holds the maildrop ({@code [IN-USE]}, RFC 2449 section 8.1.2). Try again later. */
public final class MaildropInUseException extends CommandRejectedException {

    private static final long serialVersionUID = 1L;

    MaildropInUseException(String server, Reply.Err reply) {
        super(server, "has the maildrop in use by another session" + said(reply), reply, true, null);
    }

    @Override
    public boolean isRetrySafe() {
        return true;
    }
}
