package io.github.pop3kit.store.jdbc;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes keys. They come from here and not from the database: when a standby takes over that lacks the last transactions, or a backup
 * is played back, a counter of the database would give numbers out again that somebody still holds, or a client has seen.
 */
final class Ids {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RANDOM_BITS = 20;
    private static final AtomicLong LAST = new AtomicLong();

    private Ids() {}

    /** A key that is greater than all that were made here before: milliseconds, and 20 random bits. */
    static long next() {
        long next = System.currentTimeMillis() << RANDOM_BITS | RANDOM.nextInt(1 << RANDOM_BITS);
        return LAST.updateAndGet(last -> Math.max(last + 1, next));
    }

    /** 22 characters from {@code A-Za-z0-9_-} that nobody had before and nobody can guess: a unique-id, a token. */
    static String token() {
        byte[] octets = new byte[16];
        RANDOM.nextBytes(octets);
        ByteBuffer.wrap(octets).putLong(next());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }
}
