package io.github.pop3kit.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.MaildropDiff.Resized;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What clients make of a move. */
class MaildropDiffTest {

    @Test
    void the_same_unique_ids_and_octets_are_no_difference_whatever_their_order() {
        MaildropDiff diff = MaildropDiff.between(messages("a", 10, "b", 20), messages("b", 20, "a", 10));
        assertTrue(diff.isEmpty());
        assertEquals(2, diff.same());
        assertTrue(MaildropDiff.between(Map.of(), Map.of()).isEmpty());
    }

    @Test
    void another_unique_id_is_a_message_that_is_fetched_again_and_one_that_is_gone() {
        MaildropDiff diff =
                MaildropDiff.between(messages("a", 10, "b", 20, "c", 30), messages("B", 20, "a", 10, "C", 31));
        assertEquals(new MaildropDiff(1, List.of("B", "C"), 51, List.of("b", "c"), List.of()), diff);
        assertFalse(diff.isEmpty());
    }

    @Test
    void other_octets_under_the_same_unique_id_are_told() {
        MaildropDiff diff = MaildropDiff.between(messages("a", 10, "b", 20), messages("a", 12, "b", 20));
        assertEquals(List.of(new Resized("a", 10, 12)), diff.resized());
        assertEquals(2, diff.same());
        assertEquals(0, diff.octetsUnknown());
        assertFalse(diff.isEmpty());
    }

    @Test
    void a_lost_message_and_an_empty_maildrop_are_differences() {
        assertEquals(
                List.of("a"), MaildropDiff.between(messages("a", 10), Map.of()).gone());
        assertEquals(10, MaildropDiff.between(Map.of(), messages("a", 10)).octetsUnknown());
    }

    @Test
    void many_messages_are_compared_in_the_time_of_one_pass() {
        Map<String, Long> before = new LinkedHashMap<>();
        Map<String, Long> after = new LinkedHashMap<>();
        IntStream.range(0, 200_000).forEach(i -> before.put("old" + i, 1L));
        IntStream.range(0, 200_000).forEach(i -> after.put("new" + i, 1L));
        assertEquals(200_000, MaildropDiff.between(before, after).gone().size());
    }

    @Test
    void a_store_has_its_messages_in_order() throws Exception {
        MemoryMailStore store = new MemoryMailStore();
        for (String id : List.of("second", "first")) {
            store.delivery()
                    .orElseThrow()
                    .deliver(
                            Envelope.to("mrose").withUniqueId(id),
                            new ByteArrayInputStream((id + "\r\n").getBytes(US_ASCII)));
        }
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertEquals("{second=8, first=7}", MaildropDiff.messages(maildrop).toString());
        }
    }

    private static Map<String, Long> messages(Object... idsAndOctets) {
        Map<String, Long> messages = new LinkedHashMap<>();
        for (int i = 0; i < idsAndOctets.length; i += 2) {
            messages.put((String) idsAndOctets[i], ((Integer) idsAndOctets[i + 1]).longValue());
        }
        return messages;
    }
}
