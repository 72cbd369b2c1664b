package io.github.pop3kit.store.jdbc;

import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The messages of a maildrop as they were when it was opened. Between its calls it holds no connection. What it asks for, it asks by
 * unique-ids, which are never given again: no other message can be brought or removed in place of one that is gone.
 */
final class JdbcMaildrop implements Maildrop {

    /** How much of the messages that come next is fetched with one that is asked for, while they are asked for in order. */
    private static final long AHEAD_OCTETS = Chunks.SIZE;

    private static final int AHEAD_MESSAGES = 32;

    /** How many unique-ids one statement names: far fewer than parameters are allowed. */
    private static final int NAMED = 500;

    private final Database database;
    private final Leases leases;
    private final String name;
    private final String token;
    private final Listing listing;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /** Messages that are likely to be asked for next, by index. */
    private final Map<Integer, byte[]> ahead = new HashMap<>();

    /** The database has kept the client waiting, and in vain. */
    private volatile boolean troubled;

    private int last = -1;
    private int window = 1;

    private JdbcMaildrop(Database database, Leases leases, String name, String token, Listing listing) {
        this.database = database;
        this.leases = leases;
        this.name = name;
        this.token = token;
        this.listing = listing;
    }

    /** Two statements, whatever there is: take the lock, and read all rows. */
    static JdbcMaildrop open(Database database, Leases leases, String name) throws IOException {
        String token = Ids.token();
        try {
            // Over one connection: on a cluster the rows must come from the node that gave the lock.
            Listing listing = database.statements("a maildrop cannot be opened", (connection, dialect, run) -> {
                leases.take(connection, dialect, name, token);
                return Database.transaction(connection, () -> list(connection, dialect, name, token));
            });
            return new JdbcMaildrop(database, leases, name, token, listing);
        } catch (IOException | RuntimeException | Error e) {
            leases.giveBack(name, token, true);
            throw e;
        }
    }

    private static Listing list(Connection connection, Dialect dialect, String name, String token)
            throws SQLException, IOException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT maildrop, unique_id, octets, verbatim, received FROM pop3_message
                WHERE maildrop = (SELECT id FROM pop3_maildrop WHERE name = ? AND token = ?) ORDER BY id""")) {
            select.setString(1, name);
            select.setString(2, token);
            select.setFetchSize(dialect.fetchSize());
            try (ResultSet rows = select.executeQuery()) {
                Listing listing = Listing.read(rows);
                if (listing.count() == 0) checkHeld(connection, name, token);
                return listing;
            }
        }
    }

    /** Nothing found is nothing there only if it was looked for in the right place: a standby may not know of the lock. */
    private static void checkHeld(Connection connection, String name, String token) throws SQLException, IOException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM pop3_maildrop WHERE name = ? AND token = ?")) {
            select.setString(1, name);
            select.setString(2, token);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) throw new StoreException(Reason.TEMPORARY, "the lock just taken is not there");
            }
        }
    }

    @Override
    public int count() {
        return listing.count();
    }

    @Override
    public String uniqueId(int number) {
        return listing.uniqueId(number - 1);
    }

    @Override
    public long octets(int number) {
        return listing.octets(number - 1);
    }

    @Override
    public Optional<Instant> received(int number) {
        return Optional.of(Instant.ofEpochMilli(listing.received(number - 1)));
    }

    // ---- messages

    @Override
    public MessageContent open(int number) throws IOException {
        int index = number - 1;
        long octets = listing.octets(index);
        boolean verbatim = listing.verbatim(index);
        if (octets > Chunks.SIZE) {
            last = index;
            String uniqueId = listing.uniqueId(index);
            return new MessageContent(
                    new ChunkChannel(octets, (first, count) -> chunks(uniqueId, octets, first, count)), verbatim);
        }
        byte[] content = octets == 0 ? new byte[0] : small(index);
        return new MessageContent(MessageContent.of(content).channel(), verbatim);
    }

    private List<byte[]> chunks(String uniqueId, long octets, int first, int count) throws IOException {
        List<byte[]> found = database.statements("a message cannot be read", (connection, dialect, run) -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    SELECT c.coding, c.data FROM pop3_message m JOIN pop3_chunk c ON c.body = m.body
                    WHERE m.maildrop = ? AND m.unique_id = ? AND c.n >= ? AND c.n < ? ORDER BY c.n""")) {
                select.setLong(1, listing.maildrop());
                select.setString(2, uniqueId);
                select.setInt(3, first);
                select.setInt(4, first + count);
                List<byte[]> chunks = new ArrayList<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) chunks.add(Chunks.read(rows));
                }
                return chunks;
            }
        });
        if (found.isEmpty()) throw new StoreException(Reason.GONE, "somebody else removed the message");
        long due = Math.min(octets - (long) first * Chunks.SIZE, (long) count * Chunks.SIZE);
        if (found.stream().mapToLong(chunk -> chunk.length).sum() != due) {
            throw new StoreException(Reason.TEMPORARY, "a message has not the octets that it should have");
        }
        return found;
    }

    /** A message of one chunk; others that follow are brought with it, ever more while they are asked for in order. */
    private byte[] small(int index) throws IOException {
        byte[] content = ahead.remove(index);
        boolean inOrder = index == last + 1;
        last = index;
        if (content != null) return content;
        ahead.clear();
        window = inOrder ? Math.min(2 * window, AHEAD_MESSAGES) : 1;
        List<Integer> wanted = new ArrayList<>(List.of(index));
        long room = AHEAD_OCTETS - listing.octets(index);
        for (int next = index + 1; next < listing.count() && wanted.size() < window; next++) {
            room -= listing.octets(next);
            if (room < 0) break;
            if (listing.octets(next) > 0) wanted.add(next);
        }
        fetch(wanted);
        content = ahead.remove(index);
        if (content == null) throw new StoreException(Reason.GONE, "somebody else removed the message");
        return content;
    }

    private void fetch(List<Integer> wanted) throws IOException {
        Map<String, Integer> byUniqueId = new HashMap<>();
        for (int index : wanted) byUniqueId.put(listing.uniqueId(index), index);
        // One statement for 1, 2, 4 … messages, so that a pool of statements knows it again.
        int places = wanted.size() == 1 ? 1 : Integer.highestOneBit(wanted.size() - 1) * 2;
        Map<Integer, byte[]> found = database.statements("a message cannot be read", (connection, dialect, run) -> {
            try (PreparedStatement select = connection.prepareStatement("""
                    SELECT m.unique_id, c.coding, c.data FROM pop3_message m JOIN pop3_chunk c ON c.body = m.body
                    WHERE m.maildrop = ? AND c.n = 0 AND m.unique_id IN\s""" + places(places))) {
                select.setLong(1, listing.maildrop());
                for (int i = 0; i < places; i++) {
                    select.setString(2 + i, listing.uniqueId(wanted.get(Math.min(i, wanted.size() - 1))));
                }
                Map<Integer, byte[]> contents = new HashMap<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) contents.put(byUniqueId.get(rows.getString(1)), Chunks.read(rows));
                }
                return contents;
            }
        });
        for (Map.Entry<Integer, byte[]> each : found.entrySet()) {
            if (each.getValue().length != listing.octets(each.getKey()))
                throw new StoreException(Reason.TEMPORARY, "a message has not the octets that it should have");
        }
        ahead.putAll(found);
    }

    // ---- UPDATE

    /**
     * One transaction. It shows the token first, and so holds the maildrop's row to its end: a run before whose COMMIT nobody
     * answered is over, one way or the other, when this one goes on, and no other session begins in between.
     */
    @Override
    public void remove(int[] numbers) throws IOException {
        if (!open.get()) throw new StoreException(Reason.LOCK_LOST, "the maildrop is not held any more");
        if (numbers.length == 0) return;
        troubled = true;
        database.transaction("messages cannot be removed", (connection, dialect, run) -> {
            if (Leases.confirm(connection, listing.maildrop(), token)) {
                for (int from = 0; from < numbers.length; from += NAMED) delete(connection, some(numbers, from));
                return true;
            }
            if (run > 1 && areGone(connection, numbers)) return true; // by an earlier run, before the lock was lost
            throw new StoreException(Reason.LOCK_LOST, "another session has the maildrop; nothing was removed");
        });
        troubled = false;
    }

    private void delete(Connection connection, int[] numbers) throws SQLException {
        String marked = " FROM pop3_message WHERE maildrop = ? AND unique_id IN " + places(numbers.length);
        execute(connection, "INSERT INTO pop3_orphan (body, message) SELECT body, id" + marked, numbers);
        execute(connection, "DELETE" + marked, numbers);
    }

    private void execute(Connection connection, String statement, int[] numbers) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(statement)) {
            name(update, numbers);
            update.executeUpdate();
        }
    }

    private boolean areGone(Connection connection, int[] numbers) throws SQLException {
        for (int from = 0; from < numbers.length; from += NAMED) {
            int[] some = some(numbers, from);
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT 1 FROM pop3_message WHERE maildrop = ? AND unique_id IN " + places(some.length))) {
                name(select, some);
                try (ResultSet left = select.executeQuery()) {
                    if (left.next()) return false;
                }
            }
        }
        return true;
    }

    private static int[] some(int[] numbers, int from) {
        return Arrays.copyOfRange(numbers, from, Math.min(from + NAMED, numbers.length));
    }

    private void name(PreparedStatement statement, int[] numbers) throws SQLException {
        statement.setLong(1, listing.maildrop());
        for (int i = 0; i < numbers.length; i++) statement.setString(2 + i, listing.uniqueId(numbers[i] - 1));
    }

    private static String places(int count) {
        return "(?" + ", ?".repeat(count - 1) + ")";
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) leases.giveBack(name, token, troubled);
    }
}
