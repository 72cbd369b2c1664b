package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.transcript.Transcript;
import org.jspecify.annotations.Nullable;

/** The server has answered {@code -ERR}. The session goes on, unless {@link #isSessionUsable} says otherwise. */
public sealed class CommandRejectedException extends Pop3Exception
        permits CredentialsRefusedException, MaildropInUseException, RateLimitedException, ServerTroubleException {

    private static final long serialVersionUID = 1L;

    private final String text;
    private final boolean usable;

    /** @param what was rejected, without secrets */
    CommandRejectedException(String server, String what, Reply.Err reply) {
        this(server, "rejected " + what + said(reply), reply, true, null);
    }

    CommandRejectedException(
            String server, String message, Reply.@Nullable Err reply, boolean usable, @Nullable Throwable cause) {
        super(server, message, reply == null ? null : reply.code().orElse(null), cause);
        this.text = reply == null ? "" : reply.text();
        this.usable = usable;
    }

    static String said(Reply.Err reply) {
        String code = reply.code().map(present -> " " + present).orElse("");
        return code + (reply.text().isEmpty() ? "" : ": " + Transcript.escape(reply.text()));
    }

    /** What the server said behind {@code -ERR} and the code, unescaped: not for a terminal; empty if it said nothing. */
    public final String text() {
        return text;
    }

    /** False: the same command in the same session gets the same answer. */
    @Override
    public boolean isRetrySafe() {
        return false;
    }

    @Override
    public final boolean isSessionUsable() {
        return usable;
    }
}
