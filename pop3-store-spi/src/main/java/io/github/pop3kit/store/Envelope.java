package io.github.pop3kit.store;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a message beside its octets when it is delivered.
 *
 * @param to whose maildrop
 * @param received when it arrived; now, where absent
 * @param uniqueId the unique-id it shall have, where it had one before; chosen by the store, where absent. A store need not
 *     remember the unique-ids of removed messages: not to ask for one of them again is the caller's part
 * @param idempotencyKey a second delivery with the same key is the same message, for stores that keep such keys; the key of
 *     a delivery that failed is free
 */
public record Envelope(
        Account to, Optional<Instant> received, Optional<String> uniqueId, Optional<String> idempotencyKey) {

    /** A message that has just arrived for this account. */
    public static Envelope to(String name) {
        return new Envelope(Account.of(name), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same envelope, asking for this unique-id. */
    public Envelope withUniqueId(String wanted) {
        return new Envelope(to, received, Optional.of(wanted), idempotencyKey);
    }
}
