package io.github.pop3kit.client;

import io.github.pop3kit.protocol.ResponseCode;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong with a server. The subclasses differ by what may be done next. Messages name the server, show its words
 * escaped, and never hold a secret.
 */
public abstract sealed class Pop3Exception extends IOException
        permits CommandRejectedException,
                NotOfferedException,
                LimitExceededException,
                TlsFailedException,
                ProtocolViolationException,
                ConnectionLostException,
                Pop3TimeoutException,
                CancelledException,
                CommitException,
                BatchInterruptedException {

    private static final long serialVersionUID = 1L;

    private final String server;
    private final transient @Nullable ResponseCode code;

    Pop3Exception(String server, String message, @Nullable ResponseCode code, @Nullable Throwable cause) {
        super(server + " " + message, cause);
        this.server = server;
        this.code = code;
    }

    /** Which server, as {@code host:port}. */
    public final String server() {
        return server;
    }

    /** The code in brackets in the server's answer (RFC 2449 section 8), if there was an answer with one. */
    public final Optional<ResponseCode> code() {
        return Optional.ofNullable(code);
    }

    /** Whether the same may be tried again, now or later, without harm and with some hope. */
    public abstract boolean isRetrySafe();

    /** Whether the connection can be used for other commands; if not, it is closed already. */
    public abstract boolean isSessionUsable();
}
