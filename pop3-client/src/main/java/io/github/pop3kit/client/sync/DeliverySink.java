package io.github.pop3kit.client.sync;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A maildrop of a mail store. Needs the module pop3-store-spi, which pop3-client does not bring with it. */
public final class DeliverySink implements Sink {

    private final Delivery delivery;
    private final Account to;
    private final Optional<MailStore> store;

    /** What is there under its key; looked up once, when a message comes again: afterwards this sink alone adds to it. */
    private @Nullable Set<String> keys;

    private DeliverySink(Delivery delivery, Account to, Optional<MailStore> store) {
        this.delivery = delivery;
        this.to = to;
        this.store = store;
    }

    /**
     * A maildrop of a store that takes deliveries. Messages get their key as unique-id, by which one that comes again is recognised; for
     * that the maildrop must not be in use.
     *
     * @throws IllegalArgumentException if the store takes none
     */
    public static DeliverySink into(MailStore store, Account to) {
        Delivery delivery =
                store.delivery().orElseThrow(() -> new IllegalArgumentException("the store takes no deliveries"));
        return new DeliverySink(delivery, to, Optional.of(store));
    }

    /** Hands messages to a delivery with their key as idempotency key: whether one that comes again is recognised is its part. */
    public static DeliverySink into(Delivery delivery, Account to) {
        return new DeliverySink(delivery, to, Optional.empty());
    }

    @Override
    public void store(Arrival arrival, InputStream message) throws IOException {
        if (arrival.again() && store.isPresent() && isThere(arrival.key(), store.get())) return;
        Optional<String> uniqueId = store.map(known -> arrival.key());
        delivery.deliver(
                new Envelope(to, Optional.of(arrival.firstSeen()), uniqueId, Optional.of(arrival.key())), message);
        delivered(arrival.key());
    }

    private synchronized void delivered(String key) {
        if (keys != null) keys.add(key);
    }

    private synchronized boolean isThere(String key, MailStore some) throws IOException {
        if (keys == null) keys = keysIn(some);
        return keys.contains(key);
    }

    private Set<String> keysIn(MailStore some) throws IOException {
        Set<String> found = new HashSet<>();
        try (Maildrop maildrop = some.open(to)) {
            for (int number = 1; number <= maildrop.count(); number++) found.add(maildrop.uniqueId(number));
        } catch (StoreException e) {
            if (e.reason() != StoreException.Reason.NO_SUCH_MAILDROP) throw e;
        }
        return found;
    }

    @Override
    public String toString() {
        return "delivery to " + to.name();
    }
}
