package io.github.pop3kit.client;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a login is tried again: after an error that may pass, at growing intervals with some chance in them, not before the server
 * wants it. Credentials that were refused are never sent again.
 *
 * @param attempts how many logins there are at most, the first included
 * @param first how long to wait after the first failure, about; twice as long after each further one
 * @param longest how long to wait at most; a server that wants more is not waited for
 */
public record RetryPolicy(int attempts, Duration first, Duration longest) {

    private static final RetryPolicy NEVER = new RetryPolicy(1, Duration.ZERO, Duration.ZERO);

    public RetryPolicy {
        if (attempts < 1 || first.isNegative() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "attempts are positive, and the longest wait is not shorter than the first");
        }
    }

    /** One attempt. */
    public static RetryPolicy never() {
        return NEVER;
    }

    /** So many attempts; waits of about two seconds, doubled each time, up to five minutes. */
    public static RetryPolicy attempts(int attempts) {
        return new RetryPolicy(attempts, Duration.ofSeconds(2), Duration.ofMinutes(5));
    }

    /**
     * How long to wait before the next attempt; empty if there is to be none.
     *
     * @param failed how many attempts have failed, from 1
     */
    public Optional<Duration> waitAfter(int failed, Pop3Exception failure, RandomGenerator random) {
        if (failed >= attempts || !failure.isRetrySafe() || failure instanceof CancelledException)
            return Optional.empty();
        long doubled = first.toMillis() << Math.min(failed - 1, 20);
        long most = Math.min(Math.max(doubled, 0), longest.toMillis());
        // At least half of it, so that a crowd of clients comes back spread out, and not at once.
        Duration wait = Duration.ofMillis(most / 2 + (most > 1 ? random.nextLong(most / 2 + 1) : 0));
        Optional<Duration> wanted =
                failure instanceof RateLimitedException limited ? limited.retryAfter() : Optional.empty();
        if (wanted.isEmpty() || wanted.get().compareTo(wait) <= 0) return Optional.of(wait);
        return wanted.filter(least -> least.compareTo(longest) <= 0);
    }
}
