package io.github.pop3kit.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * What every mail store has to hold. A test class of a store implements this interface, says how a store is made, and inherits the
 * tests:
 *
 * <pre>{@code
 * class FolderStoreTest implements MailStoreContract {
 *     @TempDir
 *     Path root;
 *
 *     @Override
 *     public MailStore newStore() {
 *         return new FolderStore(root);
 *     }
 * }
 * }</pre>
 *
 * <p>The other hooks have defaults that suit a store in memory; a store that keeps its mail overrides {@link #reopened}, and one that
 * can be made to fail {@link #failing}. Tests of what a store does not offer are skipped, and say so.
 */
public interface MailStoreContract {

    // What a store's test class says of it.

    /** A store without mail. Called once by each test method, which closes it. */
    MailStore newStore() throws IOException;

    /**
     * A second store over the same place, as another process or the next start would make it; {@code store} stays open beside it.
     * The same store, unless overridden: then unique-ids are not proved to outlive it.
     */
    default MailStore reopened(MailStore store) throws IOException {
        return store;
    }

    /** The account of this name, as the authenticator would return it. The names are {@code mrose}, {@code jmyers} and others. */
    default Account account(String name) {
        return Account.of(name);
    }

    /** Puts a message into a maildrop; through {@link MailStore#delivery()}, unless overridden. */
    default void deliver(MailStore store, String name, byte[] message) throws IOException {
        Optional<Delivery> delivery = store.delivery();
        if (delivery.isEmpty()) fail("The store takes no deliveries: override deliver() in its test class.");
        delivery.orElseThrow().deliver(envelope(name), new ByteArrayInputStream(message));
    }

    /** What a store that can be made to fail calls before each of its operations. */
    @FunctionalInterface
    interface Step {
        /** Throws where this operation is the one that has to fail; the store behaves as if the operation itself had. */
        void take() throws IOException;
    }

    /**
     * A second store over the same place that calls {@code step} before each operation of its file system or its database. With
     * it the tests open, deliver and remove over and over, with a failure at every single step. None, unless overridden.
     */
    default Optional<MailStore> failing(MailStore store, Step step) throws IOException {
        return Optional.empty();
    }

    /** Whether a removal that fails leaves the maildrop with all of the messages or with none of them, never with a part. */
    default boolean removesAllOrNothing() {
        return true;
    }

    /** How many messages a large maildrop has: fewer where a delivery is slow. */
    default int manyMessages() {
        return 100_000;
    }

    /** After which time a call that must not wait counts as waiting. Long, for machines that have much to do. */
    default Duration patience() {
        return Duration.ofSeconds(10);
    }

    // Content: what is delivered comes out.

    @Test
    default void an_account_without_mail_has_an_empty_maildrop() throws Exception {
        try (MailStore store = newStore();
                Maildrop maildrop = open(store, "mrose")) {
            assertEquals(0, maildrop.count());
            maildrop.remove(new int[0]);
        }
    }

    @TestFactory
    default Stream<DynamicTest> a_message_comes_out_as_it_went_in() throws Exception {
        return eachMessage("comes out as it went in", (delivered, maildrop) -> {
            // Ends of lines apart: the server makes CRLF of them, and a store may do so before.
            assertSameOctets(Samples.crlf(delivered), Samples.crlf(content(maildrop, 1)));
        });
    }

    @TestFactory
    default Stream<DynamicTest> octets_are_those_of_the_message_with_every_line_ended_by_crlf() throws Exception {
        return eachMessage("octets of the CRLF form", (delivered, maildrop) -> {
            assertEquals(Samples.crlf(delivered).length(), maildrop.octets(1));
            assertEquals(Samples.crlf(content(maildrop, 1)).length(), maildrop.octets(1));
        });
    }

    @TestFactory
    default Stream<DynamicTest> what_is_called_verbatim_is_verbatim() throws Exception {
        return eachMessage("is verbatim, if it is called so", (delivered, maildrop) -> {
            boolean verbatim;
            try (MessageContent content = maildrop.open(1)) {
                verbatim = content.verbatim();
            }
            if (!verbatim) return;
            String content = content(maildrop, 1);
            assertSameOctets(Samples.crlf(content), content);
            assertFalse(("\n" + content).contains("\n."), "called verbatim, and a line begins with a dot");
        });
    }

    @Test
    default void a_message_can_be_read_again() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            try (Maildrop maildrop = open(store, "mrose")) {
                assertEquals("Hello\r\n", text(maildrop, 1));
                maildrop.retrieved(1);
                assertEquals("Hello\r\n", text(maildrop, 1));
            }
        }
    }

    @TestFactory
    default Stream<DynamicTest> a_message_can_be_read_in_pieces_of_any_size() throws Exception {
        String message = "Subject: pieces\r\n\r\n" + "0123456789\r\n".repeat(1_000);
        MailStore store = newStore();
        mail(store, "mrose", message);
        return each(store, List.of(1, 7, 4_096, 100_000), size -> "pieces of " + size, size -> {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            try (Maildrop maildrop = open(store, "mrose");
                    MessageContent content = maildrop.open(1)) {
                ByteBuffer piece = ByteBuffer.allocateDirect(size);
                while (content.channel().read(piece.clear()) >= 0) {
                    piece.flip();
                    while (piece.hasRemaining()) read.write(piece.get());
                }
            }
            assertSameOctets(message, Samples.crlf(read.toString(ISO_8859_1)));
        });
    }

    @Test
    default void a_message_that_was_read_in_part_is_whole_when_it_is_read_again() throws Exception {
        String message = "0123456789\r\n".repeat(10_000);
        try (MailStore store = newStore()) {
            mail(store, "mrose", message);
            try (Maildrop maildrop = open(store, "mrose")) {
                try (MessageContent content = maildrop.open(1)) {
                    assertTrue(content.channel().read(ByteBuffer.allocate(5)) > 0);
                }
                assertSameOctets(message, text(maildrop, 1));
            }
        }
    }

    @Test
    default void content_may_be_closed_twice_and_closes_its_channel() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            try (Maildrop maildrop = open(store, "mrose")) {
                MessageContent content = maildrop.open(1);
                content.close();
                assertFalse(content.channel().isOpen());
                content.close();
                content.channel().close();
                assertEquals("Hello\r\n", text(maildrop, 1));
            }
        }
    }

    @Test
    default void each_account_has_a_maildrop_of_its_own() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "to mrose\r\n");
            mail(store, "jmyers", "to jmyers\r\n");
            assertEquals(List.of("to mrose\r\n"), texts(store, "mrose"));
            assertEquals(List.of("to jmyers\r\n"), texts(store, "jmyers"));
        }
    }

    @TestFactory
    default Stream<DynamicTest> an_account_whose_name_is_odd_has_a_maildrop_of_its_own_or_none() throws Exception {
        MailStore store = newStore();
        mail(store, "mrose", "to mrose\r\n");
        return each(store, Samples.ODD_NAMES, Samples::printable, name -> {
            String message = "to " + Samples.printable(name) + "\r\n";
            try {
                mail(store, name, message);
                assertEquals(List.of(message), texts(store, name));
            } catch (StoreException e) {
                // A store may refuse a name that it cannot keep apart from others.
                assertTrue(
                        Set.of(Reason.PERMANENT, Reason.NO_SUCH_MAILDROP).contains(e.reason()), () -> "refused: " + e);
            }
            assertEquals(List.of("to mrose\r\n"), texts(store, "mrose"));
        });
    }

    @Test
    default void accounts_that_have_mail_are_listed_if_the_store_can_tell() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            mail(store, "jmyers", "Hello\r\n");
            Optional<Stream<String>> maildrops = store.maildrops();
            assumeTrue(maildrops.isPresent(), "the store cannot tell which maildrops it has");
            try (Stream<String> names = maildrops.orElseThrow()) {
                assertEquals(List.of("jmyers", "mrose"), names.sorted().toList());
            }
        }
    }

    // Snapshot: a maildrop stays as it stood when its lock was taken.

    @Test
    default void messages_are_numbered_from_1_to_the_count() throws Exception {
        try (MailStore store = newStore()) {
            Set<String> delivered = new HashSet<>();
            for (int i = 0; i < 12; i++) {
                mail(store, "mrose", "message " + i + "\r\n");
                delivered.add("message " + i + "\r\n");
            }
            try (Maildrop maildrop = open(store, "mrose")) {
                assertEquals(12, maildrop.count());
                Set<String> found = new HashSet<>();
                for (int number = 1; number <= 12; number++) found.add(text(maildrop, number));
                assertEquals(delivered, found);
            }
        }
    }

    @Test
    default void numbers_unique_ids_and_octets_stay_while_a_maildrop_is_open() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 5; i++) mail(store, "mrose", "x".repeat(i) + "\r\n");
            try (Maildrop maildrop = open(store, "mrose")) {
                List<String> before = listings(maildrop);
                mail(store, "mrose", "meanwhile\r\n");
                assertEquals(before, listings(maildrop));
                maildrop.retrieved(3);
                assertEquals(before, listings(maildrop));
            }
        }
    }

    @Test
    default void mail_that_arrives_while_a_maildrop_is_open_belongs_to_the_next_session() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "first\r\n");
            try (Maildrop maildrop = open(store, "mrose")) {
                mail(store, "mrose", "second\r\n");
                assertEquals(1, maildrop.count());
                assertEquals("first\r\n", text(maildrop, 1));
            }
            assertSameMessages(List.of("first\r\n", "second\r\n"), texts(store, "mrose"));
        }
    }

    @Test
    default void the_first_mail_of_an_account_may_arrive_while_its_maildrop_is_open() throws Exception {
        try (MailStore store = newStore()) {
            try (Maildrop maildrop = open(store, "mrose")) {
                mail(store, "mrose", "first\r\n");
                assertEquals(0, maildrop.count());
            }
            assertEquals(List.of("first\r\n"), texts(store, "mrose"));
        }
    }

    // Lock: one session at a time has the maildrop.

    @Test
    default void a_second_session_is_refused_while_the_first_holds_the_lock() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            try (Maildrop first = open(store, "mrose")) {
                assertInUse(store, "mrose");
                assertInUse(store, "mrose");
                assertEquals("Hello\r\n", text(first, 1));
            }
        }
    }

    @Test
    default void a_session_of_a_second_store_over_the_same_place_is_refused_too() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            MailStore second = reopened(store);
            assumeTrue(second != store, "the store is not opened a second time");
            try (second) {
                try (Maildrop maildrop = open(store, "mrose")) {
                    assertInUse(second, "mrose");
                    assertEquals(1, maildrop.count());
                }
                try (Maildrop maildrop = open(second, "mrose")) {
                    assertInUse(store, "mrose");
                    assertEquals(1, maildrop.count());
                }
            }
        }
    }

    @Test
    default void a_maildrop_in_use_is_refused_without_waiting_for_it() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            try (Maildrop first = open(store, "mrose")) {
                assertTimeoutPreemptively(
                        patience(), () -> assertThrows(IOException.class, () -> open(store, "mrose")));
                assertEquals(1, first.count());
            }
        }
    }

    @Test
    default void a_maildrop_without_mail_is_locked_too() throws Exception {
        try (MailStore store = newStore()) {
            try (Maildrop first = open(store, "mrose")) {
                assertInUse(store, "mrose");
                assertEquals(0, first.count());
            }
            open(store, "mrose").close();
        }
    }

    @Test
    default void the_maildrop_of_another_account_is_not_locked() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            mail(store, "jmyers", "Hello\r\n");
            try (Maildrop first = open(store, "mrose");
                    Maildrop second = open(store, "jmyers")) {
                assertEquals(first.count(), second.count());
            }
        }
    }

    @Test
    default void closing_gives_the_lock_back() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            for (int i = 0; i < 3; i++) open(store, "mrose").close();
            anew(store, again -> open(again, "mrose").close());
        }
    }

    @Test
    default void closing_again_does_not_free_the_lock_of_the_next_session() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            Maildrop first = open(store, "mrose");
            first.close();
            first.close();
            try (Maildrop second = open(store, "mrose")) {
                first.close();
                assertInUse(store, "mrose");
                assertEquals(1, second.count());
            }
        }
    }

    @Test
    default void another_thread_may_close_a_maildrop() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            Maildrop maildrop = open(store, "mrose");
            atOnce(List.of(() -> {
                assertEquals("Hello\r\n", text(maildrop, 1));
                maildrop.close();
                return null;
            }));
            open(store, "mrose").close();
        }
    }

    @Test
    default void a_maildrop_is_locked_until_it_is_closed_and_not_only_until_its_update() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "first\r\n");
            mail(store, "mrose", "second\r\n");
            try (Maildrop maildrop = open(store, "mrose")) {
                maildrop.remove(new int[] {1});
                assertInUse(store, "mrose");
            }
            open(store, "mrose").close();
        }
    }

    @Test
    default void a_closed_maildrop_removes_nothing_even_if_it_is_asked_to() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            Maildrop closed = open(store, "mrose");
            closed.close();
            assertThrows(
                    IOException.class, () -> closed.remove(new int[] {1}), "a removal without the lock answered well");
            try (Maildrop maildrop = open(store, "mrose")) {
                assertThrows(
                        IOException.class,
                        () -> closed.remove(new int[] {1}),
                        "a removal without the lock answered well");
                assertEquals("Hello\r\n", text(maildrop, 1));
            }
            assertEquals(List.of("Hello\r\n"), texts(store, "mrose"));
        }
    }

    @Test
    default void a_closed_maildrop_answers_as_before_or_not_at_all() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "first\r\n");
            Maildrop closed = open(store, "mrose");
            String uniqueId = closed.uniqueId(1);
            closed.close();
            mail(store, "mrose", "second\r\n");
            open(store, "mrose").close();
            assertSameOrRefused(1, closed::count);
            assertSameOrRefused(uniqueId, () -> closed.uniqueId(1));
            assertSameOrRefused(7L, () -> closed.octets(1));
            assertSameOrRefused("first\r\n", () -> text(closed, 1));
        }
    }

    // Unique-ids.

    @Test
    default void unique_ids_are_1_to_70_characters_from_0x21_to_0x7E() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 20; i++) mail(store, "mrose", "message " + i + "\r\n");
            for (String uniqueId : messages(store, "mrose").keySet()) {
                assertTrue(
                        uniqueId.matches("[\\x21-\\x7E]{1,70}"), () -> "a unique-id is " + Samples.printable(uniqueId));
            }
        }
    }

    @Test
    default void unique_ids_differ_even_for_identical_messages() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 20; i++) mail(store, "mrose", "Hello\r\n");
            assertEquals(20, messages(store, "mrose").size());
        }
    }

    @Test
    default void unique_ids_are_the_same_in_every_session() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 5; i++) mail(store, "mrose", "message " + i + "\r\n");
            Map<String, String> before = messages(store, "mrose");
            mail(store, "mrose", "message 5\r\n");
            Map<String, String> after = messages(store, "mrose");
            assertEquals(6, after.size());
            after.keySet().retainAll(before.keySet());
            assertEquals(before, after);
        }
    }

    @Test
    default void unique_ids_outlive_the_store() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 5; i++) mail(store, "mrose", "message " + i + "\r\n");
            Map<String, String> before = messages(store, "mrose");
            anew(store, again -> assertEquals(before, messages(again, "mrose")));
            anew(store, again -> assertEquals(before, messages(again, "mrose")));
        }
    }

    @Test
    default void unique_ids_stay_when_other_messages_are_removed() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 6; i++) mail(store, "mrose", "message " + i + "\r\n");
            Map<String, String> expected = messages(store, "mrose");
            try (Maildrop maildrop = open(store, "mrose")) {
                for (int number : new int[] {1, 2, 4}) expected.remove(maildrop.uniqueId(number));
                maildrop.remove(new int[] {1, 2, 4});
            }
            assertEquals(expected, messages(store, "mrose"));
            anew(store, again -> assertEquals(expected, messages(again, "mrose")));
        }
    }

    @Test
    default void unique_ids_are_not_given_again_after_a_removal() throws Exception {
        try (MailStore store = newStore()) {
            Set<String> given = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                mail(store, "mrose", "Hello\r\n");
                try (Maildrop maildrop = open(store, "mrose")) {
                    assertNew(given, maildrop.uniqueId(1));
                    maildrop.remove(new int[] {1});
                }
            }
            for (int i = 0; i < 3; i++) {
                anew(store, again -> {
                    mail(again, "mrose", "Hello\r\n");
                    try (Maildrop maildrop = open(again, "mrose")) {
                        assertNew(given, maildrop.uniqueId(1));
                        maildrop.remove(new int[] {1});
                    }
                });
            }
        }
    }

    // UPDATE.

    @Test
    default void closing_without_update_removes_nothing() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            Map<String, String> before = messages(store, "mrose");
            try (Maildrop maildrop = open(store, "mrose")) {
                text(maildrop, 1);
                maildrop.retrieved(1);
            }
            assertEquals(before, messages(store, "mrose"));
        }
    }

    @Test
    default void update_without_marks_removes_nothing() throws Exception {
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            Map<String, String> before = messages(store, "mrose");
            try (Maildrop maildrop = open(store, "mrose")) {
                maildrop.remove(new int[0]);
            }
            assertEquals(before, messages(store, "mrose"));
        }
    }

    @Test
    default void update_removes_exactly_those_that_were_marked() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 10; i++) mail(store, "mrose", "message " + i + "\r\n");
            Map<String, String> expected = messages(store, "mrose");
            try (Maildrop maildrop = open(store, "mrose")) {
                for (int number : new int[] {1, 4, 5, 10}) expected.remove(maildrop.uniqueId(number));
                mail(store, "mrose", "meanwhile\r\n");
                maildrop.remove(new int[] {1, 4, 5, 10});
            }
            Map<String, String> left = messages(store, "mrose");
            assertTrue(left.values().remove("meanwhile\r\n"), "mail that arrived meanwhile is gone");
            assertEquals(expected, left);
        }
    }

    @Test
    default void update_may_remove_all() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 3; i++) mail(store, "mrose", "Hello\r\n");
            mail(store, "jmyers", "to jmyers\r\n");
            try (Maildrop maildrop = open(store, "mrose")) {
                maildrop.remove(new int[] {1, 2, 3});
            }
            assertEquals(List.of(), texts(store, "mrose"));
            assertEquals(List.of("to jmyers\r\n"), texts(store, "jmyers"));
        }
    }

    @Test
    default void what_was_removed_stays_removed_when_the_store_is_opened_anew() throws Exception {
        try (MailStore store = newStore()) {
            for (int i = 0; i < 4; i++) mail(store, "mrose", "message " + i + "\r\n");
            try (Maildrop maildrop = open(store, "mrose")) {
                maildrop.remove(new int[] {2, 3});
            }
            Map<String, String> left = messages(store, "mrose");
            assertEquals(2, left.size());
            anew(store, again -> assertEquals(left, messages(again, "mrose")));
        }
    }

    // Delivery.

    @Test
    default void a_store_that_knows_when_a_message_arrived_knows_it_from_the_envelope() throws Exception {
        Instant received = Instant.parse("1996-05-01T12:34:56Z");
        try (MailStore store = newStore()) {
            Envelope envelope =
                    new Envelope(account("mrose"), Optional.of(received), Optional.empty(), Optional.empty());
            delivery(store).deliver(envelope, stream("Hello\r\n"));
            try (Maildrop maildrop = open(store, "mrose")) {
                assertEquals(received, maildrop.received(1).orElse(received));
            }
            anew(store, again -> {
                try (Maildrop maildrop = open(again, "mrose")) {
                    assertEquals(received, maildrop.received(1).orElse(received));
                }
            });
        }
    }

    @Test
    default void a_wanted_unique_id_is_kept_and_a_second_use_is_refused() throws Exception {
        try (MailStore store = newStore()) {
            Envelope wanting = envelope("mrose").withUniqueId("whqtswO00WBw418f9t5JxYwZ");
            try {
                delivery(store).deliver(wanting, stream("Hello\r\n"));
            } catch (StoreException e) {
                // A store may be unable to keep any, and then says so instead of choosing another one.
                assertEquals(Reason.PERMANENT, e.reason(), e.getMessage());
                assertEquals(List.of(), texts(store, "mrose"));
                return;
            }
            assertRefused(
                    Reason.PERMANENT,
                    "a unique-id is given twice",
                    () -> delivery(store).deliver(wanting, stream("World\r\n")));
            assertEquals(Map.of("whqtswO00WBw418f9t5JxYwZ", "Hello\r\n"), messages(store, "mrose"));
        }
    }

    @TestFactory
    default Stream<DynamicTest> a_wanted_unique_id_that_is_none_is_refused() throws Exception {
        List<String> wanted = List.of("", "with blank", "with\r\nnewline", "DEL\u007F", "\u00E4", "x".repeat(71));
        MailStore store = newStore();
        delivery(store);
        return each(store, wanted, Samples::printable, id -> {
            Envelope wanting = envelope("mrose").withUniqueId(id);
            assertRefused(
                    Reason.PERMANENT,
                    "what is no unique-id is taken for one",
                    () -> delivery(store).deliver(wanting, stream("Hello\r\n")));
            assertEquals(List.of(), texts(store, "mrose"));
        });
    }

    @Test
    default void only_deliveries_with_the_same_idempotency_key_may_be_one_message() throws Exception {
        try (MailStore store = newStore()) {
            delivery(store).deliver(keyed("one"), stream("Hello\r\n"));
            delivery(store).deliver(keyed("two"), stream("Hello\r\n"));
            mail(store, "mrose", "Hello\r\n");
            mail(store, "mrose", "Hello\r\n");
            assertEquals(4, texts(store, "mrose").size());
            delivery(store).deliver(keyed("one"), stream("Hello\r\n"));
            boolean kept = texts(store, "mrose").size() == 4;
            anew(store, again -> {
                delivery(again).deliver(keyed("two"), stream("Hello\r\n"));
                assertEquals(kept ? 4 : 6, texts(again, "mrose").size());
            });
        }
    }

    @Test
    default void a_message_whose_source_fails_is_not_delivered() throws Exception {
        try (MailStore store = newStore()) {
            Delivery delivery = delivery(store);
            assertThrows(IOException.class, () -> delivery.deliver(envelope("mrose"), broken()));
            assertEquals(0, messages(store, "mrose").size());
            anew(store, again -> assertEquals(0, messages(again, "mrose").size()));
        }
    }

    @Test
    default void a_delivery_that_failed_can_be_tried_again_with_the_same_idempotency_key() throws Exception {
        try (MailStore store = newStore()) {
            Delivery delivery = delivery(store);
            assertThrows(IOException.class, () -> delivery.deliver(keyed("one"), broken()));
            delivery.deliver(keyed("one"), stream("Hello\r\n"));
            assertEquals(List.of("Hello\r\n"), texts(store, "mrose"));
        }
    }

    @Test
    default void a_session_sees_whole_messages_only() throws Exception {
        String message = "0123456789\r\n".repeat(2_000);
        AtomicBoolean delivered = new AtomicBoolean();
        try (MailStore store = newStore()) {
            Callable<Void> deliveries = () -> {
                try {
                    for (int i = 0; i < 30; i++) mail(store, "mrose", message);
                } finally {
                    delivered.set(true);
                }
                return null;
            };
            Callable<Void> sessions = () -> {
                while (!delivered.get()) assertTrue(Set.of(message).containsAll(texts(store, "mrose")));
                return null;
            };
            atOnce(List.of(deliveries, sessions));
            assertEquals(30, texts(store, "mrose").size());
        }
    }

    // Failures, one at every step.

    @Test
    default void a_removal_that_fails_removes_all_or_nothing() throws Exception {
        removalsThatFail(false);
    }

    @Test
    default void a_removal_in_a_store_that_stays_broken_removes_all_or_nothing() throws Exception {
        removalsThatFail(true);
    }

    private void removalsThatFail(boolean lasting) throws Exception {
        atEveryStep(lasting, (store, failing, name, failure) -> {
            for (int i = 0; i < 5; i++) mail(store, name, "message " + i + "\r\n");
            Map<String, String> before = messages(store, name);
            Map<String, String> unmarked = new LinkedHashMap<>(before);
            boolean removed;
            try (Maildrop maildrop = open(failing, name)) {
                for (int number : new int[] {1, 3, 4}) unmarked.remove(maildrop.uniqueId(number));
                removed = failure.strike(() -> {
                            maildrop.remove(new int[] {1, 3, 4});
                            return true;
                        })
                        .isPresent();
            }
            // A lock that is not free shows here.
            Map<String, String> left = messages(store, name);
            assertTrue(left.entrySet().containsAll(unmarked.entrySet()), "messages are gone that were not marked");
            assertTrue(before.entrySet().containsAll(left.entrySet()), "there are messages that were not there");
            if (removed) {
                assertEquals(unmarked, left, "a removal answered well, and did not remove what was marked");
            } else if (removesAllOrNothing()) {
                assertTrue(left.equals(before) || left.equals(unmarked), "a removal that failed removed a part");
            }
            anew(store, again -> assertEquals(left, messages(again, name)));
            try (Maildrop maildrop = open(store, name)) {
                BitSet rest = new BitSet();
                for (int number = 1; number <= maildrop.count(); number++) {
                    rest.set(number, !unmarked.containsKey(maildrop.uniqueId(number)));
                }
                maildrop.remove(rest.stream().toArray());
            }
            assertEquals(unmarked, messages(store, name), "removed once more");
        });
    }

    @Test
    default void a_delivery_that_fails_leaves_nothing() throws Exception {
        atEveryStep(false, (store, failing, name, failure) -> {
            boolean delivered = failure.strike(() -> {
                        delivery(failing).deliver(envelope(name), stream("Hello\r\n"));
                        return true;
                    })
                    .isPresent();
            assertEquals(delivered ? List.of("Hello\r\n") : List.of(), texts(store, name));
            if (delivered) return;
            mail(store, name, "Hello\r\n");
            assertEquals(List.of("Hello\r\n"), texts(store, name));
        });
    }

    @Test
    default void a_maildrop_that_cannot_be_read_now_is_refused_and_not_shown_with_less() throws Exception {
        atEveryStep(false, (store, failing, name, failure) -> {
            for (int i = 0; i < 3; i++) mail(store, name, "message " + i + "\r\n");
            Map<String, String> before = messages(store, name);
            Optional<Maildrop> opened = failure.strike(() -> open(failing, name));
            if (opened.isPresent()) {
                try (Maildrop maildrop = opened.orElseThrow()) {
                    Map<String, String> read =
                            failure.strike(() -> messages(maildrop)).orElse(before);
                    assertEquals(before, read);
                }
            }
            assertEquals(before, messages(store, name));
        });
    }

    // Many threads.

    @Test
    default void of_many_threads_one_at_a_time_has_the_maildrop() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger opened = new AtomicInteger();
        try (MailStore store = newStore()) {
            mail(store, "mrose", "Hello\r\n");
            Callable<Void> session = () -> {
                for (int mine = 0; mine < 5 && !Thread.currentThread().isInterrupted(); ) {
                    try (Maildrop maildrop = open(store, "mrose")) {
                        assertEquals(1, inside.incrementAndGet(), "sessions at once");
                        assertEquals("Hello\r\n", text(maildrop, 1));
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
                        String message = "to " + name + " in round " + round + "\r\n";
                        mail(store, name, message);
                        try (Maildrop maildrop = open(store, name)) {
                            assertEquals(1, maildrop.count());
                            assertEquals(message, text(maildrop, 1));
                            maildrop.remove(new int[] {1});
                        }
                    }
                    return null;
                });
            }
            atOnce(sessions);
        }
    }

    @Test
    default void many_threads_deliver_to_one_account() throws Exception {
        try (MailStore store = newStore()) {
            List<String> delivered = new ArrayList<>();
            List<Callable<Void>> deliveries = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                List<String> mine = IntStream.range(0, 5)
                        .mapToObj(round -> "in round " + round + " by " + deliveries.size() + "\r\n")
                        .toList();
                delivered.addAll(mine);
                deliveries.add(() -> {
                    for (String message : mine) mail(store, "mrose", message);
                    return null;
                });
            }
            atOnce(deliveries);
            assertSameMessages(delivered, messages(store, "mrose").values());
        }
    }

    // Many messages.

    @Test
    default void a_large_maildrop_is_served_and_every_second_message_removed() throws Exception {
        int many = manyMessages();
        try (MailStore store = newStore()) {
            long octets = 0;
            for (int i = 0; i < many; i++) {
                String message = "message " + i + "\n";
                octets += message.length() + 1;
                mail(store, "mrose", message);
            }
            Set<String> kept = new HashSet<>();
            try (Maildrop maildrop = open(store, "mrose")) {
                assertEquals(many, maildrop.count());
                Set<String> uniqueIds = new HashSet<>();
                for (int number = 1; number <= many; number++) {
                    octets -= maildrop.octets(number);
                    String uniqueId = maildrop.uniqueId(number);
                    assertNew(uniqueIds, uniqueId);
                    if (number % 2 == 1) kept.add(uniqueId);
                }
                assertEquals(0, octets, "octets of all messages that are missing");
                for (int number : new int[] {1, many / 2, many}) {
                    assertEquals(text(maildrop, number).length(), maildrop.octets(number));
                }
                maildrop.remove(IntStream.rangeClosed(1, many)
                        .filter(number -> number % 2 == 0)
                        .toArray());
            }
            try (Maildrop maildrop = open(store, "mrose")) {
                assertEquals(kept.size(), maildrop.count());
                for (int number = 1; number <= maildrop.count(); number++) {
                    assertTrue(kept.contains(maildrop.uniqueId(number)), "a message that was removed is there again");
                }
            }
        }
    }

    // The words of these tests. Octets are written as text, one char each (ISO_8859_1).

    private Envelope envelope(String name) {
        return new Envelope(account(name), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Envelope keyed(String idempotencyKey) {
        return new Envelope(account("mrose"), Optional.empty(), Optional.empty(), Optional.of(idempotencyKey));
    }

    private static Delivery delivery(MailStore store) {
        Optional<Delivery> delivery = store.delivery();
        assumeTrue(delivery.isPresent(), "the store takes no deliveries");
        return delivery.orElseThrow();
    }

    private void mail(MailStore store, String name, String message) throws IOException {
        deliver(store, name, message.getBytes(ISO_8859_1));
    }

    private static InputStream stream(String message) {
        return new ByteArrayInputStream(message.getBytes(ISO_8859_1));
    }

    /** Fails after 100,000 octets. */
    private static InputStream broken() throws IOException {
        InputStream gone = InputStream.nullInputStream();
        gone.close();
        return new SequenceInputStream(stream("x".repeat(100_000)), gone);
    }

    private Maildrop open(MailStore store, String name) throws IOException {
        return store.open(account(name));
    }

    /** The octets as they are stored. */
    private static String content(Maildrop maildrop, int number) throws IOException {
        try (MessageContent content = maildrop.open(number)) {
            return new String(Channels.newInputStream(content.channel()).readAllBytes(), ISO_8859_1);
        }
    }

    /** The message as RETR sends it, before dot-stuffing. */
    private static String text(Maildrop maildrop, int number) throws IOException {
        return Samples.crlf(content(maildrop, number));
    }

    private List<String> texts(MailStore store, String name) throws IOException {
        return List.copyOf(messages(store, name).values());
    }

    /** Texts by unique-id, in order. */
    private Map<String, String> messages(MailStore store, String name) throws IOException {
        try (Maildrop maildrop = open(store, name)) {
            return messages(maildrop);
        }
    }

    private static Map<String, String> messages(Maildrop maildrop) throws IOException {
        Map<String, String> messages = new LinkedHashMap<>();
        Set<String> given = new HashSet<>();
        for (int number = 1; number <= maildrop.count(); number++) {
            assertNew(given, maildrop.uniqueId(number));
            messages.put(maildrop.uniqueId(number), text(maildrop, number));
        }
        return messages;
    }

    /** All that LIST and UIDL would say. */
    private static List<String> listings(Maildrop maildrop) throws IOException {
        List<String> listings = new ArrayList<>();
        for (int number = 1; number <= maildrop.count(); number++) {
            listings.add(number + " " + maildrop.octets(number) + " " + maildrop.uniqueId(number));
        }
        return listings;
    }

    /** Does this with the store as the next start of the program would find it. */
    private void anew(MailStore store, Samples.Use<MailStore> use) throws Exception {
        MailStore again = reopened(store);
        try {
            use.with(again);
        } finally {
            if (again != store) again.close();
        }
    }

    private Stream<DynamicTest> eachMessage(String rule, Samples.Comparison comparison) throws IOException {
        MailStore store = newStore();
        return each(store, Samples.MESSAGES.keySet(), what -> what + ": " + rule, what -> {
            // Each has an account of its own: a store is made but once.
            String name = "user" + List.copyOf(Samples.MESSAGES.keySet()).indexOf(what);
            String delivered = Samples.MESSAGES.getOrDefault(what, "");
            mail(store, name, delivered);
            try (Maildrop maildrop = open(store, name)) {
                assertEquals(1, maildrop.count());
                comparison.compare(delivered, maildrop);
            }
        });
    }

    /** A test of each case; the store is closed after the last. */
    private static <T> Stream<DynamicTest> each(
            MailStore store, Collection<T> cases, Function<T, String> name, Samples.Use<T> test) {
        return cases.stream()
                .map(one -> DynamicTest.dynamicTest(name.apply(one), () -> test.with(one)))
                .onClose(() -> {
                    try {
                        store.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private void atEveryStep(boolean lasting, Failure.Scene scene) throws Exception {
        try (MailStore store = newStore()) {
            Failure failure;
            int step = 0;
            do {
                failure = new Failure(++step, lasting);
                Optional<MailStore> faulty = failing(store, failure);
                assumeTrue(faulty.isPresent(), "the store cannot be made to fail");
                try (MailStore failing = faulty.orElseThrow()) {
                    scene.play(store, failing, "user" + step, failure);
                } catch (AssertionError | IOException e) {
                    throw new AssertionError("with a failure at step " + step + ": " + e.getMessage(), e);
                }
            } while (failure.happened());
            assertTrue(step > 1, "the store that shall fail takes no steps");
        }
    }

    private static void assertSameOctets(String expected, String actual) {
        assertArrayEquals(expected.getBytes(ISO_8859_1), actual.getBytes(ISO_8859_1));
    }

    private static void assertSameMessages(Collection<String> expected, Collection<String> actual) {
        assertEquals(
                expected.stream().sorted().toList(), actual.stream().sorted().toList());
    }

    private static void assertNew(Set<String> given, String uniqueId) {
        assertTrue(given.add(uniqueId), () -> "a second message has the unique-id " + Samples.printable(uniqueId));
    }

    private static void assertSameOrRefused(Object expected, Callable<?> question) {
        Object answer;
        try {
            answer = question.call();
        } catch (Exception refused) {
            return;
        }
        assertEquals(expected, answer);
    }

    private void assertInUse(MailStore store, String name) {
        // From another thread first: a store that waits would wait for this one for ever. But a lock that knows threads
        // would let
        // this one in again.
        String let = "a second session is let in";
        assertTimeoutPreemptively(patience(), () -> assertRefused(Reason.IN_USE, let, () -> open(store, name)));
        assertRefused(Reason.IN_USE, let, () -> open(store, name));
    }

    private static void assertRefused(Reason reason, String unless, Executable attempt) {
        StoreException refused = assertThrows(StoreException.class, attempt, unless);
        assertEquals(reason, refused.reason(), refused.getMessage());
    }

    private void atOnce(List<Callable<Void>> tasks) throws Exception {
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
            long deadline = System.nanoTime() + 6 * patience().toNanos();
            for (Future<Void> each : running) each.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            fail("threads wait for each other", e);
        } finally {
            threads.shutdownNow();
        }
    }
}
