package io.github.pop3kit.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Remembers which passwords were right, for clients that log in every minute against a slow hash. What is kept is an HMAC of user,
 * entry and password under a key that this process alone has and never shows; once the entry changes, it is never looked for again.
 */
final class VerifiedLogins {

    private static final int MOST = 10_000;

    private final byte[] key = Secret.random(32);
    private final long nanos;
    private final LongSupplier nanoTime;
    private final Map<String, Long> until = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    };

    VerifiedLogins(Duration time, LongSupplier nanoTime) {
        this.nanos = time.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Whether this was right not long ago. */
    synchronized boolean knows(String user, String entry, String password) {
        if (nanos == 0) return false;
        Long end = until.get(print(user, entry, password));
        return end != null && end - nanoTime.getAsLong() > 0;
    }

    synchronized void remember(String user, String entry, String password) {
        if (nanos > 0) until.put(print(user, entry, password), nanoTime.getAsLong() + nanos);
    }

    private String print(String user, String entry, String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (String part : new String[] {user, entry, password}) {
                mac.update(part.getBytes(StandardCharsets.UTF_8));
                mac.update((byte) 0); // None of them has a NUL.
            }
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
