package io.github.pop3kit.store.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class JdbcSchemaTest {

    private final HikariDataSource database = Databases.h2();
    private final JdbcSchema schema = new JdbcSchema(database);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void looking_changes_nothing_and_shows_the_ddl() throws Exception {
        List<JdbcSchema.Version> versions = schema.versions();
        assertEquals(1, versions.size());
        assertFalse(versions.get(0).applied());
        assertTrue(versions.get(0).ddl().contains("CREATE TABLE IF NOT EXISTS pop3_message"));
        assertEquals(versions, schema.versions());
    }

    @Test
    void migrating_applies_what_is_missing_and_then_nothing() throws Exception {
        schema.migrate();
        assertTrue(schema.versions().get(0).applied());
        schema.migrate();
    }

    @Test
    void an_operator_may_apply_the_printed_ddl_and_let_the_migrator_note_it() throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(schema.versions().get(0).ddl());
        }
        schema.migrate();
        assertTrue(schema.versions().get(0).applied());
    }

    @Test
    void servers_that_start_at_once_migrate_once() throws Exception {
        ExecutorService servers = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> started = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                started.add(servers.submit(() -> {
                    new JdbcSchema(database).migrate();
                    return null;
                }));
            }
            for (Future<?> each : started) each.get();
        } finally {
            servers.shutdownNow();
        }
        assertTrue(schema.versions().get(0).applied());
    }

    @Test
    void a_lock_whose_server_died_is_taken_over() throws Exception {
        schema.migrate();
        sql("DELETE FROM pop3_schema WHERE version = 1");
        sql("UPDATE pop3_schema SET holder = 'dead', applied = applied - 1000 WHERE version = 0");
        schema.migrate();
        assertTrue(schema.versions().get(0).applied());
    }

    @Test
    void another_version_1_is_refused() throws Exception {
        schema.migrate();
        sql("UPDATE pop3_schema SET checksum = 'another' WHERE version = 1");
        assertRefused(Reason.PERMANENT, schema::versions);
    }

    @Test
    void the_schema_of_a_later_program_is_refused() throws Exception {
        schema.migrate();
        sql("INSERT INTO pop3_schema (version, checksum, applied) VALUES (2, 'x', 0)");
        assertRefused(Reason.PERMANENT, schema::versions);
    }

    @Test
    void a_store_that_shall_only_check_does_not_migrate() throws Exception {
        try (JdbcStore store = new JdbcStore(database, Map.of("schema", "check"))) {
            assertRefused(Reason.PERMANENT, () -> store.open(Account.of("mrose")));
            schema.migrate();
            store.open(Account.of("mrose")).close();
        }
    }

    private void sql(String update) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(update);
        }
    }

    private static void assertRefused(Reason reason, Executable attempt) {
        StoreException refused = assertThrows(StoreException.class, attempt);
        assertEquals(reason, refused.reason(), refused.getMessage());
    }
}
