package io.github.pop3kit.server;

import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.wire.Wire;
import io.github.pop3kit.store.StoreException;

/** What a client hears of a failure: a fixed sentence and a code. The cause is for the log. */
final class Refusal {

    private Refusal() {}

    /** Says {@code -ERR} for an exception of a store or an authenticator. */
    static void send(Wire wire, Exception cause) {
        if (!(cause instanceof StoreException refused)) {
            wire.err(ResponseCode.SYS_TEMP, "temporary failure; try again later");
            return;
        }
        switch (refused.reason()) {
            case IN_USE -> wire.err(ResponseCode.IN_USE, "the maildrop is in use by another session");
            case LOCK_LOST -> wire.err(ResponseCode.SYS_TEMP, "the lock on the maildrop was lost; nothing was deleted");
            case GONE -> wire.err(ResponseCode.SYS_TEMP, "somebody else removed the message");
            case NO_SUCH_MAILDROP -> wire.err(ResponseCode.SYS_PERM, "there is no such maildrop");
            case PERMANENT -> wire.err(ResponseCode.SYS_PERM, "the maildrop cannot be used; ask its operator");
            default -> wire.err(ResponseCode.SYS_TEMP, "temporary failure; try again later");
        }
    }
}
