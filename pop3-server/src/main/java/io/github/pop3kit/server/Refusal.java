package io.github.pop3kit.server;

import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.wire.Wire;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;

/** What a client hears of a failure of a store or an authenticator: a fixed sentence and a code. The cause is for the log. */
final class Refusal {

    /** The sentence for who comes when there is no room. */
    static final String FULL = "too many connections; try again later";

    private Refusal() {}

    /** Says {@code -ERR}. */
    static void send(Wire wire, Exception cause) {
        String sentence = switch (reason(cause)) {
            case IN_USE -> "the maildrop is in use by another session";
            case LOCK_LOST -> "the lock on the maildrop was lost";
            case GONE -> "somebody else removed the message";
            case NO_SUCH_MAILDROP -> "there is no such maildrop";
            case PERMANENT -> "the maildrop cannot be used; ask its operator";
            default -> "temporary failure; try again later";
        };
        wire.err(code(cause), sentence);
    }

    static ResponseCode code(Exception cause) {
        return switch (reason(cause)) {
            case IN_USE -> ResponseCode.IN_USE;
            case NO_SUCH_MAILDROP, PERMANENT -> ResponseCode.SYS_PERM;
            default -> ResponseCode.SYS_TEMP;
        };
    }

    private static Reason reason(Exception cause) {
        return cause instanceof StoreException refused ? refused.reason() : Reason.TEMPORARY;
    }
}
