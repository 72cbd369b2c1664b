package io.github.pop3kit.store.jdbc;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done from time to time, by one daemon thread from the first session on: the heartbeat, locks that could not be given
 * back, and clearing away bodies that no message has any more.
 */
final class Keeper implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Keeper.class);

    /** So many heartbeats within a lease: some may fail. */
    private static final int BEATS = 5;

    /** In so many rounds once. */
    static final int AUDIT = 25;

    private static final int ORPHANS_AT_ONCE = 200;
    private static final long DELIVERIES_KEPT = Duration.ofDays(30).toSeconds();

    private final Database database;
    private final Leases leases;
    private final Duration period;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Of one thread. */
    private int rounds;

    private final Thread thread = new Thread(this::run, "pop3kit-jdbc-keeper");

    Keeper(Database database, Leases leases, Duration lease) {
        this.database = database;
        this.leases = leases;
        this.period = lease.dividedBy(BEATS);
    }

    /** Returns when this server is known to the others. */
    void start() throws IOException {
        if (started.get()) return;
        leases.beat();
        if (!started.compareAndSet(false, true)) return;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closed.await(period.toMillis(), TimeUnit.MILLISECONDS)) keep();
        } catch (InterruptedException e) {
            // Nobody but the end of the JVM interrupts this thread.
        }
    }

    /** All of it, once; in a fraction of the period, for the next heartbeat is due then. */
    void keep() {
        try {
            long end = System.nanoTime() + period.dividedBy(2).toNanos();
            leases.beat();
            leases.settle();
            if (++rounds % AUDIT == 0) leases.audit();
            forget();
            int cleared;
            do {
                cleared = clear();
            } while (cleared == ORPHANS_AT_ONCE && System.nanoTime() < end && closed.getCount() > 0);
        } catch (IOException | RuntimeException e) {
            log.warn("the database cannot be kept: {}", e.getMessage());
        }
    }

    /** Servers that are long dead, and deliveries that nobody will repeat. */
    private void forget() throws IOException {
        database.statements("old rows cannot be removed", (connection, dialect, run) -> {
            try (PreparedStatement servers =
                    connection.prepareStatement(dialect.sql("DELETE FROM pop3_server WHERE seen < {now} - 86400"))) {
                servers.executeUpdate();
            }
            try (PreparedStatement deliveries =
                    connection.prepareStatement(dialect.sql("DELETE FROM pop3_delivery WHERE delivered < {now} - ?"))) {
                deliveries.setLong(1, DELIVERIES_KEPT);
                return deliveries.executeUpdate();
            }
        });
    }

    private record Orphan(long body, long message) {}

    /** Clears away some bodies; the number of those looked at. */
    private int clear() throws IOException {
        List<Orphan> orphans = database.statements("bodies cannot be looked for", (connection, dialect, run) -> {
            List<Orphan> found = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(
                            "SELECT body, message FROM pop3_orphan ORDER BY body, message LIMIT " + ORPHANS_AT_ONCE);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) found.add(new Orphan(rows.getLong(1), rows.getLong(2)));
            }
            return found;
        });
        for (Orphan orphan : orphans) {
            if (closed.getCount() == 0) break;
            database.transaction(
                    "a body cannot be cleared away", (connection, dialect, run) -> clear(connection, orphan));
        }
        return orphans.size();
    }

    /**
     * Removes the body, unless a message has it. A delivery that refers to it at this very moment either makes this fail, by the
     * foreign key, or fails itself and is run again.
     */
    private static boolean clear(Connection connection, Orphan orphan) throws SQLException {
        // Before it is read: SQLite.
        execute(connection, "DELETE FROM pop3_orphan WHERE body = ? AND message = ?", orphan.body(), orphan.message());
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM pop3_message WHERE body = ? LIMIT 1")) {
            select.setLong(1, orphan.body());
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) return false;
            }
        }
        execute(connection, "DELETE FROM pop3_chunk WHERE body = ?", orphan.body());
        execute(connection, "DELETE FROM pop3_body WHERE id = ?", orphan.body());
        return true;
    }

    private static void execute(Connection connection, String statement, long... parameters) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(statement)) {
            for (int i = 0; i < parameters.length; i++) update.setLong(i + 1, parameters[i]);
            update.executeUpdate();
        }
    }

    /** Ends the thread. What sessions still hold stays theirs until the lease is over. */
    @Override
    public void close() throws IOException {
        closed.countDown();
        if (!started.get()) return;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        leases.end();
    }
}
