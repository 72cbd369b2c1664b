package io.github.pop3kit.store.jdbc;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;

/** The rows of accounts. */
final class Maildrops {

    private static final int LONGEST_NAME = 255;

    private Maildrops() {}

    /**
     * Refuses names that some database would not keep, or would not keep apart from another one: blanks at the end count for
     * nothing in some, PostgreSQL has no NUL.
     */
    static void check(String name) throws StoreException {
        boolean odd = name.isEmpty()
                || name.length() > LONGEST_NAME
                || !name.strip().equals(name)
                || name.codePoints()
                        .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (odd) throw new StoreException(Reason.PERMANENT, "no maildrop can have such a name");
    }

    static OptionalLong id(Connection connection, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT id FROM pop3_maildrop WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /** The row's key; it is made where there is none. In a transaction of its own: not every one survives that another was first. */
    static long idOrNew(Connection connection, String name) throws SQLException {
        OptionalLong found = id(connection, name);
        if (found.isPresent()) return found.getAsLong();
        long id = Ids.next();
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO pop3_maildrop (id, name, lease_until, updates) VALUES (?, ?, 0, 0)")) {
            insert.setLong(1, id);
            insert.setString(2, name);
            insert.executeUpdate();
        }
        return id;
    }
}
