package io.github.pop3kit.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What this store has beyond the contract of all stores, which is proved in the test kit. */
class MemoryMailStoreTest {

    private final MemoryMailStore store = new MemoryMailStore();

    @Test
    void a_message_may_be_given_as_text() throws Exception {
        store.deliver("mrose", "Grüße\r\n");
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertEquals(9, maildrop.octets(1));
        }
        assertEquals(List.of("mrose"), store.maildrops().orElseThrow().toList());
    }

    @Test
    void the_envelope_says_the_unique_id_and_the_time_of_arrival() throws Exception {
        Instant received = Instant.parse("1996-05-01T12:34:56Z");
        Delivery delivery = store.delivery().orElseThrow();
        delivery.deliver(
                new Envelope(Account.of("mrose"), Optional.of(received), Optional.of("1"), Optional.empty()),
                InputStream.nullInputStream());
        store.deliver("mrose", "Hello\r\n");
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertEquals("1", maildrop.uniqueId(1));
            assertEquals("2", maildrop.uniqueId(2));
            assertEquals(Optional.of(received), maildrop.received(1));
        }
    }

    @Test
    void a_closed_maildrop_has_lost_its_lock() throws Exception {
        store.deliver("mrose", "Hello\r\n");
        Maildrop closed = store.open(Account.of("mrose"));
        closed.close();
        StoreException refused = assertThrows(StoreException.class, () -> closed.remove(new int[] {1}));
        assertEquals(Reason.LOCK_LOST, refused.reason());
    }

    @Test
    void a_maildrop_can_be_looked_at_while_it_is_held_and_nothing_be_removed_from_it() throws Exception {
        store.deliver("mrose", "Hello\r\n");
        try (Maildrop held = store.open(Account.of("mrose"))) {
            try (Maildrop peeked = store.peek("mrose")) {
                assertEquals(1, peeked.count());
                StoreException refused = assertThrows(StoreException.class, () -> peeked.remove(new int[] {1}));
                assertEquals(Reason.LOCK_LOST, refused.reason());
            }
            assertThrows(StoreException.class, () -> store.open(Account.of("mrose")), "the lock is still held");
            held.remove(new int[] {1});
        }
        assertEquals(0, store.peek("mrose").count());
    }
}
