package io.github.pop3kit.store.jdbc;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks that this server has on maildrops. A maildrop's row says which server holds it, and has a token of its own for each
 * session; the server's row says when it was last alive, by the database's clock. A lock is anybody's once it is a lease old and
 * its server has not been seen for a lease. Whoever takes it sets another token, so that the session before finds out when it
 * removes its messages: in that very transaction it has to show the token.
 */
final class Leases {

    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    private final Database database;
    /** For a client that has waited already. */
    private final Database hasty;

    private final long seconds;
    private final String server = Ids.token();
    /** Names by token: what sessions hold. */
    private final Map<String, String> held = new ConcurrentHashMap<>();
    /** Names by token: what sessions have closed while the database could not be reached. */
    private final Map<String, String> owed = new ConcurrentHashMap<>();

    Leases(Database database, Duration lease) {
        this.database = database;
        this.hasty = database.hasty();
        this.seconds = lease.toSeconds();
    }

    /** Says that this server is alive. Before the first lock, and then a few times within each lease. */
    void beat() throws IOException {
        database.statements("the heartbeat of this server", (connection, dialect, run) -> {
            try (PreparedStatement update = connection.prepareStatement(
                    dialect.sql("UPDATE pop3_server SET seen = {now}, lease = ? WHERE id = ?"))) {
                update.setLong(1, seconds);
                update.setString(2, server);
                if (update.executeUpdate() == 1) return true;
            }
            try (PreparedStatement insert = connection.prepareStatement(
                    dialect.sql("INSERT INTO pop3_server (id, seen, lease) VALUES (?, {now}, ?)"))) {
                insert.setString(1, server);
                insert.setLong(2, seconds);
                return insert.executeUpdate() == 1;
            }
        });
    }

    /**
     * Takes the lock at once or not at all; whoever has taken it, or failed on the way, calls {@link #giveBack}. With the token of an
     * earlier run that may have got so far it takes it again.
     */
    void take(Connection connection, Dialect dialect, String name, String token) throws SQLException, StoreException {
        held.put(token, name);
        if (update(connection, dialect, name, token)) return;
        Optional<Boolean> isHeld = isHeld(connection, name);
        if (isHeld.isPresent()) {
            // Not held, and not to be had a moment ago: somebody gave it back, or a delivery has made the row.
            if (!isHeld.get() && update(connection, dialect, name, token)) return;
            held.remove(token);
            throw new StoreException(Reason.IN_USE, "another session holds the maildrop");
        }
        // The first time ever. If somebody else makes it meanwhile, this fails, and the next run finds it.
        String create = "INSERT INTO pop3_maildrop (id, name, holder, token, lease_until, updates)"
                + " VALUES (?, ?, ?, ?, {now} + ?, 0)";
        try (PreparedStatement insert = connection.prepareStatement(dialect.sql(create))) {
            insert.setLong(1, Ids.next());
            insert.setString(2, name);
            insert.setString(3, server);
            insert.setString(4, token);
            insert.setLong(5, seconds);
            insert.executeUpdate();
        }
    }

    private boolean update(Connection connection, Dialect dialect, String name, String token) throws SQLException {
        String take = """
                UPDATE pop3_maildrop SET holder = ?, token = ?, lease_until = {now} + ?
                WHERE name = ? AND (holder IS NULL OR token = ? OR (lease_until <= {now} AND NOT EXISTS (
                    SELECT 1 FROM pop3_server s WHERE s.id = pop3_maildrop.holder AND s.seen + s.lease > {now})))""";
        try (PreparedStatement update = connection.prepareStatement(dialect.sql(take))) {
            update.setString(1, server);
            update.setString(2, token);
            update.setLong(3, seconds);
            update.setString(4, name);
            update.setString(5, token);
            return update.executeUpdate() == 1;
        }
    }

    /** Empty if there is no row. */
    private static Optional<Boolean> isHeld(Connection connection, String name) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT holder FROM pop3_maildrop WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1) != null) : Optional.empty();
            }
        }
    }

    /**
     * Whether the token is still that of the maildrop. Until the transaction ends nobody can take the lock, nor end another
     * transaction that has asked this.
     */
    static boolean confirm(Connection connection, long maildrop, String token) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE pop3_maildrop SET updates = updates + 1 WHERE id = ? AND token = ?")) {
            update.setLong(1, maildrop);
            update.setString(2, token);
            return update.executeUpdate() == 1;
        }
    }

    /**
     * Frees the lock; later, if the database cannot be reached now. Does nothing where none was taken.
     *
     * @param hastily without trying for long: somebody has waited already
     */
    void giveBack(String name, String token, boolean hastily) {
        if (held.remove(token) == null) return;
        try {
            free(hastily ? hasty : database, name, token);
        } catch (IOException e) {
            owed.put(token, name);
            log.warn("a lock is given back as soon as the database is there: {}", e.getMessage());
        }
    }

    /** Frees what could not be freed before. */
    void settle() throws IOException {
        for (Map.Entry<String, String> lock : Map.copyOf(owed).entrySet()) {
            free(database, lock.getValue(), lock.getKey());
            owed.remove(lock.getKey());
        }
    }

    /**
     * Frees what is this server's by the database and no session's: a statement that took a lock may have arrived after its session
     * had given up. Reads all maildrops, so it is not for every day.
     */
    void audit() throws IOException {
        Map<String, String> strays = database.statements("locks cannot be looked at", (connection, dialect, run) -> {
            Map<String, String> found = new HashMap<>();
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT token, name FROM pop3_maildrop WHERE holder = ?")) {
                select.setString(1, server);
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) found.put(rows.getString(1), rows.getString(2));
                }
            }
            return found;
        });
        strays.keySet().removeAll(held.keySet()); // Each was there before its statement was sent.
        for (Map.Entry<String, String> stray : strays.entrySet()) free(database, stray.getValue(), stray.getKey());
    }

    private static void free(Database database, String name, String token) throws IOException {
        database.statements("the lock of a maildrop cannot be given back", (connection, dialect, run) -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE pop3_maildrop SET holder = NULL, token = NULL WHERE name = ? AND token = ?")) {
                update.setString(1, name);
                update.setString(2, token);
                return update.executeUpdate();
            }
        });
    }

    /** Takes this server's row away, if no session is left that it speaks for. */
    void end() throws IOException {
        if (!held.isEmpty() || !owed.isEmpty()) return;
        database.statements("this server cannot be signed off", (connection, dialect, run) -> {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM pop3_server WHERE id = ?")) {
                delete.setString(1, server);
                return delete.executeUpdate();
            }
        });
    }
}
