package io.github.pop3kit.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Puts mail into the database, one transaction for each message. It notes the delivery by its idempotency key, or by one made for
 * it: so a delivery is known again even when its COMMIT was never answered and its message was fetched and removed since.
 */
final class JdbcDelivery implements Delivery {

    /** No maildrop's key. */
    private static final long DELIVERED = 0;

    private final Database database;
    private final boolean compress;

    JdbcDelivery(Database database, boolean compress) {
        this.database = database;
        this.compress = compress;
    }

    @Override
    public void deliver(Envelope envelope, InputStream source) throws IOException {
        String name = envelope.to().name();
        Maildrops.check(name);
        String uniqueId = envelope.uniqueId().orElseGet(Ids::token);
        if (!Maildrop.isUniqueId(uniqueId)) throw new StoreException(Reason.PERMANENT, "that is no unique-id");
        byte[] key = Message.sha256()
                .digest(envelope.idempotencyKey()
                        .map(given -> "=" + given)
                        .orElseGet(Ids::token)
                        .getBytes(UTF_8));
        long received = envelope.received().orElseGet(Instant::now).toEpochMilli();
        try (Message message = Message.read(source)) {
            long maildrop = database.statements("a maildrop cannot be found", (connection, dialect, run) -> {
                long found = Maildrops.idOrNew(connection, name);
                return isDelivered(connection, found, key) ? DELIVERED : found;
            });
            if (maildrop == DELIVERED) return;
            database.transaction("a message cannot be delivered", (connection, dialect, run) -> {
                if (run > 1 && isDelivered(connection, maildrop, key)) return false;
                // If the same delivery is under way elsewhere, this waits for its end, and fails if that was well. It
                // comes first
                // also for SQLite's sake, where a transaction that read before it writes may have to be run again.
                note(connection, dialect, maildrop, key);
                if (isTaken(connection, maildrop, uniqueId))
                    throw new StoreException(Reason.PERMANENT, "another message has the unique-id asked for");
                long body = body(connection, message);
                insert(connection, maildrop, uniqueId, message, received, body);
                return true;
            });
        }
    }

    private static boolean isDelivered(Connection connection, long maildrop, byte[] key) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM pop3_delivery WHERE maildrop = ? AND idempotency_key = ?")) {
            select.setLong(1, maildrop);
            select.setBytes(2, key);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private static boolean isTaken(Connection connection, long maildrop, String uniqueId) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM pop3_message WHERE maildrop = ? AND unique_id = ?")) {
            select.setLong(1, maildrop);
            select.setString(2, uniqueId);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private static void note(Connection connection, Dialect dialect, long maildrop, byte[] key) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                dialect.sql("INSERT INTO pop3_delivery (maildrop, idempotency_key, delivered) VALUES (?, ?, {now})"))) {
            insert.setLong(1, maildrop);
            insert.setBytes(2, key);
            insert.executeUpdate();
        }
    }

    /** The body with this text: the one that is there, or a new one. */
    private long body(Connection connection, Message message) throws SQLException, IOException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id FROM pop3_body WHERE digest = ? AND octets = ?")) {
            select.setBytes(1, message.digest());
            select.setLong(2, message.octets());
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) return row.getLong(1);
            }
        }
        long body = Ids.next();
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO pop3_body (id, digest, octets) VALUES (?, ?, ?)")) {
            insert.setLong(1, body);
            insert.setBytes(2, message.digest());
            insert.setLong(3, message.octets());
            insert.executeUpdate();
        }
        Chunks.insert(connection, body, message, compress);
        return body;
    }

    /** Refers to the body, and fails if that was cleared away just now; the next run makes another. */
    private static void insert(
            Connection connection, long maildrop, String uniqueId, Message message, long received, long body)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO pop3_message (maildrop, id, unique_id, octets, verbatim, received, body)
                VALUES (?, ?, ?, ?, ?, ?, ?)""")) {
            insert.setLong(1, maildrop);
            insert.setLong(2, Ids.next());
            insert.setString(3, uniqueId);
            insert.setLong(4, message.octets());
            insert.setInt(5, message.verbatim() ? 1 : 0);
            insert.setLong(6, received);
            insert.setLong(7, body);
            insert.executeUpdate();
        }
    }
}
