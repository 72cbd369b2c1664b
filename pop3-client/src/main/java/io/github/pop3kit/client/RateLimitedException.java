package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Reply;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server wants less of us: fewer logins ({@code [LOGIN-DELAY]}, RFC 2449 section 8.1.1) or fewer messages. Try again later. */
public final class RateLimitedException extends CommandRejectedException {

    private static final long serialVersionUID = 1L;

    private final @Nullable Duration retryAfter;

    RateLimitedException(String server, Reply.Err reply, @Nullable Duration retryAfter) {
        super(server, "limits the rate" + said(reply), reply, true, null);
        this.retryAfter = retryAfter;
    }

    /** How long to wait, if the server gave a hint. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    @Override
    public boolean isRetrySafe() {
        return true;
    }
}
