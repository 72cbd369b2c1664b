package io.github.pop3kit.store.jdbc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What this store promises beyond the contract. */
class JdbcStoreTest {

    private final HikariDataSource database = Databases.h2();
    private final List<JdbcStore> stores = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (JdbcStore store : stores) store.close();
        database.close();
    }

    private JdbcStore store(Map<String, String> options) {
        JdbcStore store = new JdbcStore(database, options);
        stores.add(store);
        return store;
    }

    // ---- connections

    @Test
    void two_connections_serve_two_hundred_slow_readers() throws Exception {
        byte[] large = octets(5 * Chunks.SIZE + 1234);
        try (HikariDataSource two = Databases.pool(database.getJdbcUrl(), 2);
                JdbcStore store = new JdbcStore(two)) {
            List<Maildrop> maildrops = new ArrayList<>();
            List<MessageContent> contents = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                deliver(store, "user" + i, large);
                Maildrop maildrop = store.open(Account.of("user" + i));
                maildrops.add(maildrop);
                contents.add(maildrop.open(1));
            }
            // All of them at once, each a little at a time.
            ByteBuffer some = ByteBuffer.allocate(50_000);
            long read = 0;
            for (boolean more = true; more; ) {
                more = false;
                for (MessageContent content : contents) {
                    int octets = content.channel().read(some.clear());
                    more |= octets >= 0;
                    read += Math.max(octets, 0);
                }
            }
            assertEquals(200L * large.length, read);
            for (MessageContent content : contents) content.close();
            maildrops.forEach(Maildrop::close);
        }
    }

    @Test
    void without_a_connection_the_answer_is_a_temporary_failure_within_5_seconds() throws Exception {
        HikariDataSource one = Databases.pool(database.getJdbcUrl(), 1, 1_500);
        JdbcStore store = new JdbcStore(one);
        deliver(store, "mrose", octets(10));
        Maildrop open = store.open(Account.of("mrose"));
        try (Connection taken = one.getConnection()) {
            assertTrue(taken.isValid(1));
            assertSoon(() -> assertRefused(Reason.TEMPORARY, () -> store.open(Account.of("jmyers"))));
            assertSoon(
                    () -> { // as QUIT does
                        assertRefused(Reason.TEMPORARY, () -> open.remove(new int[] {1}));
                        open.close();
                    });
        }
        store.keep();
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertEquals(1, maildrop.count());
        }
        store.close();
        one.close();
    }

    @Test
    void a_maildrop_is_opened_by_two_statements_whatever_its_size() throws Exception {
        AtomicInteger statements = new AtomicInteger();
        JdbcStore store = new JdbcStore(FaultyDataSource.over(database, (what, connection) -> {
            if (what.startsWith("execute")) statements.incrementAndGet();
        }));
        stores.add(store);
        for (int size : new int[] {1, 50, 3_000}) {
            store.open(Account.of("user" + size)).close(); // the first ever
            insert("user" + size, size);
            statements.set(0);
            try (Maildrop maildrop = store.open(Account.of("user" + size))) {
                assertEquals(size, maildrop.count());
                assertEquals("uid-" + (size - 1), maildrop.uniqueId(size));
                assertEquals(size - 1, maildrop.octets(size));
            }
            assertEquals(3, statements.get(), "two, and one to give the lock back");
        }
    }

    @Test
    void messages_that_are_asked_for_in_order_are_fetched_ahead() throws Exception {
        AtomicInteger statements = new AtomicInteger();
        JdbcStore store = new JdbcStore(FaultyDataSource.over(database, (what, connection) -> {
            if (what.startsWith("execute")) statements.incrementAndGet();
        }));
        stores.add(store);
        for (int i = 0; i < 100; i++) deliver(store, "mrose", ("message " + i + "\r\n").getBytes(ISO_8859_1));
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            statements.set(0);
            for (int number = 1; number <= 100; number++) {
                assertEquals("message " + (number - 1) + "\r\n", text(maildrop, number));
            }
            assertTrue(statements.get() <= 8, statements + " statements");
            for (int number : new int[] {7, 3, 99, 3, 1, 2, 3}) {
                assertEquals("message " + (number - 1) + "\r\n", text(maildrop, number));
            }
        }
    }

    // ---- bodies

    @Test
    void equal_bodies_are_kept_once_and_cleared_away_after_the_last_message() throws Exception {
        JdbcStore store = store(Map.of());
        byte[] newsletter = octets(3 * Chunks.SIZE);
        for (String name : List.of("mrose", "jmyers", "mrose")) deliver(store, name, newsletter);
        assertEquals(1, count("pop3_body"));
        assertEquals(3, count("pop3_chunk"));
        removeAll(store, "mrose");
        store.keep();
        assertEquals(1, count("pop3_body"));
        try (Maildrop maildrop = store.open(Account.of("jmyers"))) {
            assertArrayEquals(newsletter, content(maildrop, 1));
        }
        removeAll(store, "jmyers");
        store.keep();
        for (String table : List.of("pop3_body", "pop3_chunk", "pop3_orphan", "pop3_message")) {
            assertEquals(0, count(table), table);
        }
        deliver(store, "mrose", newsletter);
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertArrayEquals(newsletter, content(maildrop, 1));
        }
    }

    @Test
    void a_store_that_compresses_needs_less_and_gives_the_same() throws Exception {
        JdbcStore store = store(Map.of("compress", "deflate"));
        byte[] text = "It was a bright cold day in April.\r\n".repeat(10_000).getBytes(ISO_8859_1);
        byte[] noise = octets(2 * Chunks.SIZE + 1);
        deliver(store, "mrose", text);
        deliver(store, "mrose", noise);
        assertTrue(sum("OCTET_LENGTH(data)", "pop3_chunk WHERE coding = 1") < text.length / 10);
        try (Maildrop maildrop = store(Map.of()).open(Account.of("mrose"))) {
            assertArrayEquals(text, content(maildrop, 1));
            assertArrayEquals(noise, content(maildrop, 2));
        }
    }

    @Test
    void a_body_that_is_damaged_breaks_off_and_never_ends_well() throws Exception {
        JdbcStore store = store(Map.of());
        deliver(store, "mrose", octets(3 * Chunks.SIZE));
        sql("DELETE FROM pop3_chunk WHERE n = 2");
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertThrows(IOException.class, () -> content(maildrop, 1));
        }
    }

    @Test
    void a_message_that_an_operator_removed_is_gone_and_the_others_are_not() throws Exception {
        JdbcStore store = store(Map.of());
        deliver(store, "mrose", octets(10));
        deliver(store, "mrose", octets(2 * Chunks.SIZE));
        deliver(store, "mrose", "Hello\r\n".getBytes(ISO_8859_1));
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            sql("DELETE FROM pop3_message WHERE octets <> 7");
            assertRefused(Reason.GONE, () -> maildrop.open(1));
            assertRefused(Reason.GONE, () -> maildrop.open(2));
            assertEquals("Hello\r\n", text(maildrop, 3));
            maildrop.remove(new int[] {1, 3});
        }
    }

    // ---- delivery

    @Test
    void a_delivery_that_is_repeated_after_its_message_was_removed_does_not_bring_it_back() throws Exception {
        JdbcStore store = store(Map.of());
        Envelope keyed =
                new Envelope(Account.of("mrose"), Optional.empty(), Optional.empty(), Optional.of("queue-id 1"));
        store.delivery().orElseThrow().deliver(keyed, new ByteArrayInputStream(octets(10)));
        removeAll(store, "mrose");
        store.delivery().orElseThrow().deliver(keyed, new ByteArrayInputStream(octets(10)));
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertEquals(0, maildrop.count());
        }
    }

    @Test
    void the_same_key_for_another_account_is_another_delivery() throws Exception {
        JdbcStore store = store(Map.of());
        for (String name : List.of("mrose", "jmyers")) {
            Envelope keyed = new Envelope(Account.of(name), Optional.empty(), Optional.empty(), Optional.of("1"));
            store.delivery().orElseThrow().deliver(keyed, new ByteArrayInputStream(octets(10)));
            try (Maildrop maildrop = store.open(Account.of(name))) {
                assertEquals(1, maildrop.count());
            }
        }
    }

    // ---- COMMIT that nobody answers

    @Test
    void a_removal_whose_commit_was_never_answered_is_settled_by_reading_back() throws Exception {
        AtomicInteger unanswered = new AtomicInteger();
        JdbcStore store = withUnansweredCommits(unanswered);
        for (int i = 0; i < 3; i++) deliver(store, "mrose", octets(10));
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            unanswered.set(1);
            maildrop.remove(new int[] {1, 2});
            assertEquals(0, unanswered.get());
        }
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertEquals(1, maildrop.count());
        }
    }

    @Test
    void a_removal_is_settled_even_if_the_lock_was_lost_before_it_could_be_read_back() throws Exception {
        AtomicInteger unanswered = new AtomicInteger();
        JdbcStore store = withUnansweredCommits(unanswered, "UPDATE pop3_maildrop SET token = 'another'");
        deliver(store, "mrose", octets(10));
        Maildrop maildrop = store.open(Account.of("mrose"));
        unanswered.set(1);
        maildrop.remove(new int[] {1});
        maildrop.close();
        assertEquals(0, count("pop3_message"));
    }

    @Test
    void a_delivery_whose_commit_was_never_answered_is_one_message_even_if_it_was_removed_meanwhile() throws Exception {
        AtomicInteger unanswered = new AtomicInteger();
        JdbcStore store = withUnansweredCommits(unanswered);
        store.open(Account.of("mrose")).close();
        unanswered.set(1);
        deliver(store, "mrose", octets(10));
        assertEquals(1, count("pop3_message"));

        JdbcStore other = withUnansweredCommits(unanswered, "DELETE FROM pop3_message");
        other.open(Account.of("mrose")).close();
        unanswered.set(1);
        deliver(other, "mrose", octets(10));
        assertEquals(0, count("pop3_message"));
    }

    /** Commits as many times as the number says, and loses the connection before it hears so. */
    private JdbcStore withUnansweredCommits(AtomicInteger unanswered, String... meanwhile) {
        JdbcStore store = new JdbcStore(FaultyDataSource.over(database, (what, connection) -> {
            if (!what.equals("commit") || unanswered.getAndUpdate(n -> Math.max(n - 1, 0)) == 0) return;
            connection.commit();
            for (String statement : meanwhile) sql(statement);
            connection.abort(Runnable::run);
            throw new SQLException("the connection is lost", "08006");
        }));
        stores.add(store);
        return store;
    }

    // ---- small things

    @Test
    void wrong_options_are_refused_with_a_sentence() {
        for (Map<String, String> wrong : List.of(
                Map.of("lease", "91"), Map.of("lease", "soon"), Map.of("compress", "zip"), Map.of("leese", "60"))) {
            assertThrows(IllegalArgumentException.class, () -> new JdbcStore(database, wrong));
        }
    }

    private void deliver(JdbcStore store, String name, byte[] message) throws IOException {
        store.delivery().orElseThrow().deliver(Envelope.to(name), new ByteArrayInputStream(message));
    }

    private static void removeAll(JdbcStore store, String name) throws IOException {
        try (Maildrop maildrop = store.open(Account.of(name))) {
            int[] all = IntStream.rangeClosed(1, maildrop.count()).toArray();
            maildrop.remove(all);
        }
    }

    private static byte[] content(Maildrop maildrop, int number) throws IOException {
        try (MessageContent content = maildrop.open(number)) {
            return Channels.newInputStream(content.channel()).readAllBytes();
        }
    }

    private static String text(Maildrop maildrop, int number) throws IOException {
        return new String(content(maildrop, number), ISO_8859_1);
    }

    /** The same each time; ends with CRLF, and has no other line. */
    private static byte[] octets(int count) {
        byte[] octets = new byte[count];
        new Random(1939).nextBytes(octets);
        for (int i = 0; i < count; i++) if (octets[i] == '\n' || octets[i] == '\r') octets[i] = ' ';
        octets[count - 2] = '\r';
        octets[count - 1] = '\n';
        return octets;
    }

    /** Rows of messages, unique-ids uid-0 and so on, octets 0 and so on, as deliveries would leave them. */
    private void insert(String name, int messages) throws SQLException {
        sql("MERGE INTO pop3_body (id, digest, octets) KEY (id) VALUES (1, X'00', 0)");
        sql("INSERT INTO pop3_message SELECT d.id, x, 'uid-' || (x - 1), x - 1, 0, 0, 1 FROM pop3_maildrop d,"
                + " SYSTEM_RANGE(1, " + messages + ") WHERE d.name = '" + name + "'");
    }

    private int count(String table) throws SQLException {
        return (int) sum("1", table);
    }

    private long sum(String what, String where) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT SUM(" + what + ") FROM " + where)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void sql(String update) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(update);
        }
    }

    /** Within 5 seconds, and some for a machine that has much to do. */
    private static void assertSoon(Executable attempt) {
        long began = System.nanoTime();
        assertDoesNotThrow(attempt);
        assertTrue(Duration.ofNanos(System.nanoTime() - began).toMillis() < 7_000, "that took long");
    }

    private static void assertRefused(Reason reason, Executable attempt) {
        StoreException refused = assertThrows(StoreException.class, attempt);
        assertEquals(reason, refused.reason(), refused.getMessage());
    }
}
