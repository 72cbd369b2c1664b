package io.github.pop3kit.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.testkit.LeakCheck;
import io.github.pop3kit.testkit.MailStoreContract;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract of a store, over some database. */
abstract class JdbcContract implements MailStoreContract {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private HikariDataSource pool = new HikariDataSource();

    /** Connections to an empty database; closed with the first store over it. */
    abstract HikariDataSource emptyDatabase() throws Exception;

    @Override
    public MailStore newStore() throws IOException {
        try {
            pool = emptyDatabase();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
        return leaks.watching(new JdbcStore(pool, JdbcOptions.of(Map.of()), pool::close, Duration.ofSeconds(30)));
    }

    @Override
    public MailStore reopened(MailStore store) {
        return leaks.watching(new JdbcStore(pool));
    }

    /** As a database behaves that is gone for a moment, or for good. */
    @Override
    public Optional<MailStore> failing(MailStore store, Step step) throws IOException {
        DataSource faulty = FaultyDataSource.over(pool, (statement, connection) -> {
            try {
                step.take();
            } catch (IOException e) {
                connection.abort(Runnable::run);
                throw new SQLException(e.getMessage(), "08006", e);
            }
        });
        JdbcStore failing = new JdbcStore(faulty, JdbcOptions.of(Map.of()), () -> {}, Duration.ofMillis(50));
        failing.prepare();
        return Optional.of(leaks.watching(failing));
    }

    /** A delivery is some milliseconds of several round trips. */
    @Override
    public int manyMessages() {
        return Integer.getInteger("pop3kit.messages", 1_000);
    }
}
