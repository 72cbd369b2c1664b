package io.github.pop3kit.store.jdbc;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs units of work over connections that are borrowed for as long as they take. Each unit may be run again after a deadlock, a
 * conflict or a lost connection, even one lost during COMMIT, when nobody knows whether it was committed: so each has to find out
 * what an earlier run did, or not to mind.
 */
final class Database {

    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final int FIRST_PAUSE_MICROS = 2_000;
    private static final int LONGEST_PAUSE_MICROS = 250_000;

    private static final Duration HASTY = Duration.ofMillis(300);

    private final DataSource source;
    private final Duration patience;
    private volatile @Nullable Dialect dialect;

    /** @param patience after which no further run is begun; what waits for a connection is the data source's to limit */
    Database(DataSource source, Duration patience) {
        this.source = source;
        this.patience = patience;
    }

    /** The same, which gives up as soon as there is no connection to be had; not because one of a pool is dead. */
    Database hasty() {
        return new Database(source, HASTY);
    }

    /** A unit of work; {@code run} is 1 when it is run first. */
    @FunctionalInterface
    interface Work<T> {
        T with(Connection connection, Dialect dialect, int run) throws SQLException, IOException;
    }

    /** Each statement is its own transaction. */
    <T> T statements(String what, Work<T> work) throws IOException {
        return again(what, work, false);
    }

    /** All or nothing; committed when it returns. */
    <T> T transaction(String what, Work<T> work) throws IOException {
        return again(what, work, true);
    }

    private <T> T again(String what, Work<T> work, boolean transaction) throws IOException {
        long began = System.nanoTime();
        for (int run = 1; ; run++) {
            try {
                return once(work, run, transaction);
            } catch (SQLException e) {
                Dialect known = dialect;
                boolean hopeful = known == null ? isLost(e) : known.isTransient(e);
                if (!hopeful || !pause(run, began)) throw refusal(what, e);
                log.debug("{}, run {}: {}; once more", what, run, e.toString());
            }
        }
    }

    private <T> T once(Work<T> work, int run, boolean transaction) throws SQLException, IOException {
        try (Connection connection = source.getConnection()) {
            Dialect spoken = dialect(connection);
            return transaction
                    ? transaction(connection, () -> work.with(connection, spoken, run))
                    : work.with(connection, spoken, run);
        }
    }

    /** The statements of one transaction. */
    @FunctionalInterface
    interface Statements<T> {
        T run() throws SQLException, IOException;
    }

    /** A transaction over a connection that somebody else borrowed. */
    static <T> T transaction(Connection connection, Statements<T> statements) throws SQLException, IOException {
        connection.setAutoCommit(false);
        boolean committed = false;
        try {
            T result = statements.run();
            connection.commit();
            committed = true;
            return result;
        } finally {
            end(connection, committed);
        }
    }

    /** Gives the connection its state back, or at least does not hide what went wrong. */
    private static void end(Connection connection, boolean committed) throws SQLException {
        try {
            if (!committed) connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            if (committed) throw e;
            log.debug("a transaction that failed cannot be rolled back: {}", e.toString());
        }
    }

    private Dialect dialect(Connection connection) throws SQLException {
        Dialect known = dialect;
        if (known == null) dialect = known = Dialect.of(connection);
        return known;
    }

    private static boolean isLost(SQLException e) {
        return String.valueOf(e.getSQLState()).startsWith("08") || e instanceof SQLTransientException;
    }

    /** Waits before the next run, twice as long each time, give or take; false if there shall be none. */
    private boolean pause(int run, long began) {
        long most = Math.min((long) FIRST_PAUSE_MICROS << Math.min(run - 1, 20), LONGEST_PAUSE_MICROS);
        long micros = ThreadLocalRandom.current().nextLong(most / 2, most + 1);
        long left = patience.toNanos() - (System.nanoTime() - began);
        if (TimeUnit.MICROSECONDS.toNanos(micros) > left) return false;
        try {
            TimeUnit.MICROSECONDS.sleep(micros);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static StoreException refusal(String what, SQLException cause) {
        return new StoreException(Reason.TEMPORARY, what + ": " + cause.getMessage(), cause);
    }
}
