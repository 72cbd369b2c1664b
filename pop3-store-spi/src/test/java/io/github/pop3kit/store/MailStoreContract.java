package io.github.pop3kit.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.StoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every mail store that takes deliveries has to hold. A test class of a store implements this interface and inherits the
 * tests. Octets are written as text, one char each ({@code ISO_8859_1}).
 */
public interface MailStoreContract {

    /** A store without mail. Called once by each test. */
    MailStore newStore() throws IOException;

    // What is delivered comes out.

    @Test
    default void an_account_without_mail_has_an_empty_maildrop() throws Exception {
        try (MailStore store = newStore();
                Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertEquals(0, maildrop.count());
            maildrop.remove(new int[0]);
        }
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "",
                "\n",
                "\r\n",
                ".",
                ".\r\n",
                "Subject: LF\n\nHello\n",
                "Subject: CRLF\r\n\r\nHello\r\n",
                "Subject: mixed\r\n\nHello\n\r\nWorld\r\n\n",
                "Subject: no final newline\n\nHello",
                "Subject: no final newline\r\n\r\nHello",
                "Subject: a lone CR\r\n\r\nHel\rlo\r\n",
                "Subject: a CR at the end\n\nHello\r",
                "Subject: CR CR LF\r\r\n\r\r\nHello\r\r\n",
                "Subject: dots\r\n\r\n.\r\n..\r\n...Hello\r\n",
                "Subject: dots\n\n.\n..\n...Hello\n.",
                "Subject: dots within lines\r\n\r\nH.e.l.l.o.\r\n",
                "Subject: NUL\r\n\r\nHel\0lo\0\r\n\0",
                "Subject: 8 bit\r\n\r\n\u00E4\u00F6\u00FC\u00FF\u0080\u008A\u008D\r\n"
            })
    default void a_message_comes_out_as_it_went_in_and_its_octets_are_those_of_its_crlf_form(String message)
            throws Exception {
        try (MailStore store = newStore()) {
            deliver(store, "mrose", message);
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                assertEquals(1, maildrop.count());
                assertContent(message, maildrop, 1);
            }
        }
    }

    @Test
    default void a_long_message_comes_out_as_it_went_in() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) lines.append("line ").append(i).append(i % 7 == 0 ? "\n" : "\r\n");
        try (MailStore store = newStore()) {
            deliver(store, "mrose", lines.toString());
            deliver(store, "mrose", lines.toString().replaceAll("\r?\n", "\r\n"));
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                for (int number = 1; number <= 2; number++) {
                    String message = content(maildrop, number);
                    assertEquals(lines.toString().replace("\r", ""), message.replace("\r", ""));
                    assertContent(message, maildrop, number);
                }
            }
        }
    }

    @Test
    default void a_message_can_be_read_again() throws Exception {
        try (MailStore store = newStore()) {
            deliver(store, "mrose", "Hello\r\n");
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                assertEquals("Hello\r\n", content(maildrop, 1));
                maildrop.retrieved(1);
                assertEquals("Hello\r\n", content(maildrop, 1));
            }
        }
    }

    @Test
    default void a_store_that_knows_when_a_message_arrived_knows_it_from_the_envelope() throws Exception {
        Instant received = Instant.parse("1996-05-01T12:34:56Z");
        try (MailStore store = newStore()) {
            Envelope envelope =
                    new Envelope(Account.of("mrose"), Optional.of(received), Optional.empty(), Optional.empty());
            delivery(store).deliver(envelope, octets("Hello\r\n"));
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                assertEquals(received, maildrop.received(1).orElse(received));
            }
        }
    }

    @Test
    default void each_account_has_a_maildrop_of_its_own() throws Exception {
        try (MailStore store = newStore()) {
            deliver(store, "mrose", "to mrose\r\n");
            deliver(store, "jmyers", "to jmyers\r\n");
            assertEquals(List.of("to mrose\r\n"), contents(store, "mrose"));
            assertEquals(List.of("to jmyers\r\n"), contents(store, "jmyers"));
        }
    }

    // A maildrop is a snapshot.

    @Test
    default void mail_that_arrives_while_a_maildrop_is_open_belongs_to_the_next_session() throws Exception {
        try (MailStore store = newStore()) {
            deliver(store, "mrose", "first\r\n");
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                String uniqueId = maildrop.uniqueId(1);
                deliver(store, "mrose", "second\r\n");
                assertEquals(1, maildrop.count());
                assertEquals(uniqueId, maildrop.uniqueId(1));
                assertEquals("first\r\n", content(maildrop, 1));
            }
            assertEquals(Set.of("first\r\n", "second\r\n"), Set.copyOf(contents(store, "mrose")));
        }
    }

    @Test
    default void the_first_mail_of_an_account_may_arrive_while_its_maildrop_is_open() throws Exception {
        try (MailStore store = newStore()) {
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                deliver(store, "mrose", "first\r\n");
                assertEquals(0, maildrop.count());
            }
            assertEquals(List.of("first\r\n"), contents(store, "mrose"));
        }
    }

    // Its lock.

    @Test
    default void a_second_session_is_refused_while_the_first_holds_the_lock() throws Exception {
        try (MailStore store = newStore()) {
            deliver(store, "mrose", "Hello\r\n");
            try (Maildrop first = store.open(Account.of("mrose"))) {
                assertRefused(Reason.IN_USE, () -> store.open(Account.of("mrose")));
                assertRefused(Reason.IN_USE, () -> store.open(Account.of("mrose")));
                assertEquals("Hello\r\n", content(first, 1));
            }
            store.open(Account.of("mrose")).close();
        }
    }

    @Test
    default void a_maildrop_without_mail_is_locked_too() throws Exception {
        try (MailStore store = newStore()) {
            try (Maildrop first = store.open(Account.of("mrose"))) {
                assertRefused(Reason.IN_USE, () -> store.open(Account.of("mrose")));
                assertEquals(0, first.count());
            }
            store.open(Account.of("mrose")).close();
        }
    }

    @Test
    default void the_maildrop_of_another_account_is_not_locked() throws Exception {
        try (MailStore store = newStore()) {
            deliver(store, "mrose", "Hello\r\n");
            deliver(store, "jmyers", "Hello\r\n");
            try (Maildrop first = store.open(Account.of("mrose"));
                    Maildrop second = store.open(Account.of("jmyers"))) {
                assertEquals(first.count(), second.count());
            }
        }
    }

    @Test
    default void closing_again_does_not_free_the_lock_of_the_next_session() throws Exception {
        try (MailStore store = newStore()) {
            deliver(store, "mrose", "Hello\r\n");
            Maildrop first = store.open(Account.of("mrose"));
            first.close();
            first.close();
            try (Maildrop second = store.open(Account.of("mrose"))) {
                first.close();
                assertRefused(Reason.IN_USE, () -> store.open(Account.of("mrose")));
                assertEquals(1, second.count());
            }
        }
    }

    // Unique-ids.

    @Test
    default void unique_ids_are_well_formed_and_differ_even_for_identical_messages() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 20; i++) deliver(store, "mrose", "Hello\r\n");
            Map<String, String> messages = messages(store, "mrose");
            assertEquals(20, messages.size());
            for (String uniqueId : messages.keySet()) {
                assertTrue(uniqueId.matches("[\\x21-\\x7E]{1,70}"), uniqueId);
            }
        }
    }

    @Test
    default void unique_ids_survive_reopening() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 5; i++) deliver(store, "mrose", "message " + i + "\r\n");
            Map<String, String> before = messages(store, "mrose");
            deliver(store, "mrose", "message 5\r\n");
            Map<String, String> after = messages(store, "mrose");
            assertEquals(6, after.size());
            after.keySet().retainAll(before.keySet());
            assertEquals(before, after);
        }
    }

    @Test
    default void unique_ids_are_not_given_again_after_a_removal() throws Exception {
        try (MailStore store = newStore()) {
            Set<String> given = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                deliver(store, "mrose", "Hello\r\n");
                try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                    assertTrue(given.add(maildrop.uniqueId(1)));
                    maildrop.remove(new int[] {1});
                }
            }
        }
    }

    @Test
    default void a_wanted_unique_id_is_kept_and_a_second_use_is_refused() throws Exception {
        try (MailStore store = newStore()) {
            Envelope wanting = Envelope.to("mrose").withUniqueId("whqtswO00WBw418f9t5JxYwZ");
            delivery(store).deliver(wanting, octets("Hello\r\n"));
            assertRefused(Reason.PERMANENT, () -> delivery(store).deliver(wanting, octets("World\r\n")));
            assertEquals(Map.of("whqtswO00WBw418f9t5JxYwZ", "Hello\r\n"), messages(store, "mrose"));
        }
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "",
                "with blank",
                "with\r\nnewline",
                "\u00E4",
                "01234567890123456789012345678901234567890123456789012345678901234567890"
            })
    default void what_is_no_unique_id_is_refused(String wanted) throws Exception {
        try (MailStore store = newStore()) {
            Envelope wanting = Envelope.to("mrose").withUniqueId(wanted);
            assertRefused(Reason.PERMANENT, () -> delivery(store).deliver(wanting, octets("Hello\r\n")));
            assertEquals(List.of(), contents(store, "mrose"));
        }
    }

    // UPDATE.

    @Test
    default void closing_without_update_removes_nothing() throws Exception {
        try (MailStore store = newStore()) {
            deliver(store, "mrose", "Hello\r\n");
            Map<String, String> before = messages(store, "mrose");
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                content(maildrop, 1);
                maildrop.retrieved(1);
            }
            assertEquals(before, messages(store, "mrose"));
        }
    }

    @Test
    default void update_removes_exactly_those_that_were_marked() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 10; i++) deliver(store, "mrose", "message " + i + "\r\n");
            Map<String, String> expected = messages(store, "mrose");
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                for (int number : new int[] {1, 4, 5, 10}) expected.remove(maildrop.uniqueId(number));
                deliver(store, "mrose", "meanwhile\r\n");
                maildrop.remove(new int[] {1, 4, 5, 10});
            }
            Map<String, String> left = messages(store, "mrose");
            left.values().remove("meanwhile\r\n");
            assertEquals(6, left.size());
            assertEquals(expected, left);
        }
    }

    // Delivery.

    @Test
    default void a_message_whose_source_fails_is_not_delivered() throws Exception {
        InputStream gone = InputStream.nullInputStream();
        gone.close();
        InputStream broken = new SequenceInputStream(octets("x".repeat(100_000)), gone);
        try (MailStore store = newStore()) {
            assertThrows(IOException.class, () -> delivery(store).deliver(Envelope.to("mrose"), broken));
            assertEquals(List.of(), contents(store, "mrose"));
        }
    }

    @Test
    default void a_session_sees_whole_messages_only() throws Exception {
        String message = "0123456789\r\n".repeat(2_000);
        AtomicBoolean delivered = new AtomicBoolean();
        try (MailStore store = newStore()) {
            Callable<Void> deliveries = () -> {
                try {
                    for (int i = 0; i < 30; i++) deliver(store, "mrose", message);
                } finally {
                    delivered.set(true);
                }
                return null;
            };
            Callable<Void> sessions = () -> {
                while (!delivered.get()) assertTrue(Set.of(message).containsAll(contents(store, "mrose")));
                return null;
            };
            atOnce(List.of(deliveries, sessions));
            assertEquals(30, contents(store, "mrose").size());
        }
    }

    // Many threads.

    @Test
    default void of_many_threads_one_at_a_time_has_the_maildrop() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger opened = new AtomicInteger();
        try (MailStore store = newStore()) {
            deliver(store, "mrose", "Hello\r\n");
            Callable<Void> session = () -> {
                for (int mine = 0; mine < 5; ) {
                    try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                        assertEquals(1, inside.incrementAndGet());
                        assertEquals("Hello\r\n", content(maildrop, 1));
                        inside.decrementAndGet();
                        opened.incrementAndGet();
                        mine++;
                    } catch (StoreException e) {
                        assertEquals(Reason.IN_USE, e.reason());
                        Thread.onSpinWait();
                    }
                }
                return null;
            };
            atOnce(List.of(session, session, session, session, session, session, session, session));
            assertEquals(40, opened.get());
        }
    }

    @Test
    default void many_threads_have_maildrops_of_different_accounts() throws Exception {
        try (MailStore store = newStore()) {
            List<Callable<Void>> sessions = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String name = "user" + i;
                sessions.add(() -> {
                    for (int round = 0; round < 5; round++) {
                        deliver(store, name, "to " + name + " in round " + round + "\r\n");
                        try (Maildrop maildrop = store.open(Account.of(name))) {
                            assertEquals(1, maildrop.count());
                            assertEquals("to " + name + " in round " + round + "\r\n", content(maildrop, 1));
                            maildrop.remove(new int[] {1});
                        }
                    }
                    return null;
                });
            }
            atOnce(sessions);
        }
    }

    // The words of these tests.

    private static Delivery delivery(MailStore store) {
        return store.delivery().orElseThrow();
    }

    private static void deliver(MailStore store, String name, String message) throws IOException {
        delivery(store).deliver(Envelope.to(name), octets(message));
    }

    private static InputStream octets(String message) {
        return new ByteArrayInputStream(message.getBytes(ISO_8859_1));
    }

    private static String content(Maildrop maildrop, int number) throws IOException {
        try (MessageContent content = maildrop.open(number)) {
            return new String(Channels.newInputStream(content.channel()).readAllBytes(), ISO_8859_1);
        }
    }

    private static List<String> contents(MailStore store, String name) throws IOException {
        try (Maildrop maildrop = store.open(Account.of(name))) {
            List<String> contents = new ArrayList<>();
            for (int number = 1; number <= maildrop.count(); number++) contents.add(content(maildrop, number));
            return contents;
        }
    }

    /** Contents by unique-id, in order. */
    private static Map<String, String> messages(MailStore store, String name) throws IOException {
        try (Maildrop maildrop = store.open(Account.of(name))) {
            Map<String, String> messages = new LinkedHashMap<>();
            for (int number = 1; number <= maildrop.count(); number++) {
                assertEquals(null, messages.put(maildrop.uniqueId(number), content(maildrop, number)));
            }
            return messages;
        }
    }

    private static void assertContent(String message, Maildrop maildrop, int number) throws IOException {
        assertArrayEquals(
                message.getBytes(ISO_8859_1), content(maildrop, number).getBytes(ISO_8859_1));
        assertEquals(crlf(message).length(), maildrop.octets(number));
        boolean asItIs = message.equals(crlf(message)) && !("\n" + message).contains("\n.");
        try (MessageContent content = maildrop.open(number)) {
            assertTrue(asItIs || !content.verbatim(), "called verbatim, and is not");
        }
    }

    /** What RETR sends before dot-stuffing: found octet by octet, not fast. */
    private static String crlf(String message) {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        char last = '\n';
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '\n' && last != '\r') sent.write('\r');
            sent.write(c);
            last = c;
        }
        if (last != '\n') sent.writeBytes(new byte[] {'\r', '\n'});
        return sent.toString(ISO_8859_1);
    }

    /** What a test tries. */
    @FunctionalInterface
    interface Attempt {
        void make() throws Exception;
    }

    private static void assertRefused(Reason reason, Attempt attempt) {
        StoreException refused = assertThrows(StoreException.class, attempt::make);
        assertEquals(reason, refused.reason(), refused.getMessage());
    }

    private static void atOnce(List<Callable<Void>> tasks) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (Callable<Void> task : tasks) {
                running.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            for (Future<Void> each : running) each.get();
        } finally {
            threads.shutdownNow();
        }
    }
}
