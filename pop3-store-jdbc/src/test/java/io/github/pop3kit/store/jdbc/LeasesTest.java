package io.github.pop3kit.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.zaxxer.hikari.HikariDataSource;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Two servers over one database, one of which dies, sleeps or cannot reach it. Time is what the rows say. */
class LeasesTest {

    private final HikariDataSource database = Databases.h2();
    private final AtomicBoolean cut = new AtomicBoolean();
    private final JdbcStore first = new JdbcStore(
            FaultyDataSource.over(database, (what, connection) -> {
                if (cut.get()) throw new SQLException("cut", "08006");
            }),
            JdbcOptions.of(Map.of()),
            () -> {},
            Duration.ZERO);
    private final JdbcStore second = new JdbcStore(database);

    @BeforeEach
    void deliver() throws IOException {
        for (String message : new String[] {"one\r\n", "two\r\n"}) {
            second.delivery()
                    .orElseThrow()
                    .deliver(Envelope.to("mrose"), new ByteArrayInputStream(message.getBytes(UTF_8)));
        }
    }

    @AfterEach
    void close() throws IOException {
        cut.set(false);
        first.close();
        second.close();
        database.close();
    }

    @Test
    void a_lock_is_not_taken_from_a_server_that_is_alive_however_old_the_lock_is() throws Exception {
        try (Maildrop maildrop = open(first)) {
            sql("UPDATE pop3_maildrop SET lease_until = lease_until - 1000");
            assertRefused(Reason.IN_USE, () -> open(second).close());
            assertEquals(2, maildrop.count());
        }
    }

    @Test
    void a_lock_that_is_young_is_not_taken_even_if_its_server_cannot_be_seen() throws Exception {
        try (Maildrop maildrop = open(first)) {
            sql("DELETE FROM pop3_server");
            assertRefused(Reason.IN_USE, () -> open(second).close());
            assertEquals(2, maildrop.count());
        }
    }

    @Test
    void the_lock_of_a_server_that_was_not_seen_for_a_lease_is_free() throws Exception {
        open(first);
        passes(40);
        assertRefused(Reason.IN_USE, () -> open(second).close());
        passes(30);
        open(second).close();
    }

    @Test
    void a_heartbeat_keeps_all_locks_of_a_server() throws Exception {
        try (Maildrop maildrop = open(first)) {
            passes(40);
            first.keep();
            passes(40);
            assertRefused(Reason.IN_USE, () -> open(second).close());
            assertEquals(2, maildrop.count());
        }
    }

    @Test
    void a_session_whose_lock_was_taken_away_removes_nothing() throws Exception {
        Maildrop sleeper = open(first);
        passes(61);
        try (Maildrop maildrop = open(second)) {
            assertRefused(Reason.LOCK_LOST, () -> sleeper.remove(new int[] {1}));
            assertEquals(2, maildrop.count());
            sleeper.close();
            assertRefused(Reason.IN_USE, () -> open(first).close()); // Closing did not free what is another's.
        }
        assertCount(2);
        Maildrop again = open(second);
        again.close();
        assertRefused(Reason.LOCK_LOST, () -> sleeper.remove(new int[] {1}));
    }

    @Test
    void a_session_whose_lease_ran_out_and_whom_nobody_followed_may_still_remove() throws Exception {
        try (Maildrop maildrop = open(first)) {
            passes(61);
            maildrop.remove(new int[] {1});
        }
        assertCount(1);
    }

    @Test
    void a_lock_that_cannot_be_given_back_is_given_back_when_the_database_is_there_again() throws Exception {
        Maildrop maildrop = open(first);
        cut.set(true);
        maildrop.close();
        assertRefused(Reason.IN_USE, () -> open(second).close());
        first.keep(); // in vain
        assertRefused(Reason.IN_USE, () -> open(second).close());
        cut.set(false);
        first.keep();
        open(second).close();
    }

    @Test
    void a_lock_that_no_session_of_its_server_knows_of_is_freed_in_the_end() throws Exception {
        try (Maildrop other = first.open(Account.of("jmyers"))) {
            sql(
                    "UPDATE pop3_maildrop SET token = 'stray', lease_until = 9999999999, holder = (SELECT holder FROM pop3_maildrop WHERE name = 'jmyers')"
                            + " WHERE name = 'mrose'");
            assertRefused(Reason.IN_USE, () -> open(second).close());
            for (int i = 0; i < Keeper.AUDIT; i++) first.keep();
            open(second).close();
            assertRefused(Reason.IN_USE, () -> second.open(Account.of("jmyers")));
            assertEquals(0, other.count());
        }
    }

    @Test
    void a_server_that_ends_with_sessions_open_leaves_them_their_locks_until_the_lease_is_over() throws Exception {
        open(first);
        first.close();
        assertRefused(Reason.IN_USE, () -> open(second).close());
        passes(61);
        open(second).close();
    }

    @Test
    void a_server_that_ends_without_sessions_leaves_nothing() throws Exception {
        open(first).close();
        first.close();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            assertFalse(statement.executeQuery("SELECT 1 FROM pop3_server").next());
        }
    }

    private static Maildrop open(JdbcStore store) throws IOException {
        return store.open(Account.of("mrose"));
    }

    /** Seconds for the first server's row and locks. The second's begins anew with each heartbeat, which is due in 12 seconds. */
    private void passes(int seconds) throws SQLException {
        sql("UPDATE pop3_server SET seen = seen - " + seconds);
        sql("UPDATE pop3_maildrop SET lease_until = lease_until - " + seconds);
    }

    private void sql(String update) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(update);
        }
    }

    private void assertCount(int messages) throws IOException {
        try (Maildrop maildrop = open(second)) {
            assertEquals(messages, maildrop.count());
        }
    }

    private static void assertRefused(Reason reason, Executable attempt) {
        StoreException refused = assertThrows(StoreException.class, attempt);
        assertEquals(reason, refused.reason(), refused.getMessage());
    }
}
