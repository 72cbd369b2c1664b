package io.github.pop3kit.server;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Keeps users from logging in too often (RFC 2449 section 6.5). */
final class LoginDelay {

    private final long delay;
    private final LongSupplier nanoTime;
    private final Map<String, Long> lastLogins = new ConcurrentHashMap<>();

    LoginDelay(Duration delay, LongSupplier nanoTime) {
        this.delay = delay.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Whether the account has to wait. Asked before its maildrop is opened. */
    boolean tooSoon(String account) {
        Long last = lastLogins.get(account);
        return last != null && nanoTime.getAsLong() - last < delay;
    }

    /** Notes a login that succeeded, and forgets those that no longer matter. */
    void loggedIn(String account) {
        if (delay == 0) return;
        long now = nanoTime.getAsLong();
        lastLogins.values().removeIf(last -> now - last >= delay);
        lastLogins.put(account, now);
    }
}
