package io.github.pop3kit.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Locale;

/** In what databases differ; all else of this package is SQL that each of them understands. */
enum Dialect {
    /** PostgreSQL 11 and later. */
    POSTGRESQL(
            "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT)",
            // The server is stopping, has crashed or is starting; and the connection leads to a standby.
            "57P01|57P02|57P03|25006",
            ""),
    /** MariaDB 10.5 and MySQL 8.0, and later ones; a Galera cluster, too. */
    MARIADB(
            "UNIX_TIMESTAMP()",
            "",
            // Galera is not ready, or could not commit; shutting down; lock wait; deadlock; read only; killed, the
            // query or all.
            "1047|1053|1180|1205|1213|1290|1317|1927"),
    /** H2 2.x. */
    H2(
            "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) AS BIGINT)",
            "HYT00",
            // Concurrent update; connection closed, or broken; database closed.
            "90131|90007|90067|90098|90121"),
    /** SQLite 3.35 and later. Error codes are those of the lowest octet: busy, locked. */
    SQLITE("CAST(strftime('%s', 'now') AS INTEGER)", "", "5|6");

    private final String now;
    private final String transientStates;
    private final String transientCodes;

    Dialect(String now, String transientStates, String transientCodes) {
        this.now = now;
        this.transientStates = transientStates;
        this.transientCodes = transientCodes;
    }

    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> POSTGRESQL;
            case "mariadb", "mysql" -> MARIADB;
            case "h2" -> H2;
            case "sqlite" -> SQLITE;
            default ->
                throw new SQLException(
                        "there is no dialect for " + product + ", only for PostgreSQL, MariaDB, MySQL, H2 and SQLite");
        };
    }

    /** How its files of DDL begin. */
    String prefix() {
        return name().toLowerCase(Locale.ROOT) + "-";
    }

    /** The statement, with the database's clock, in seconds since 1970, where it says {@code {now}}. */
    String sql(String statement) {
        return statement.replace("{now}", now);
    }

    /**
     * For a statement that reads very many rows: how many the driver fetches at a time. PostgreSQL and MariaDB would hold all of
     * them otherwise.
     */
    int fetchSize() {
        return 2_000;
    }

    /** Whether the same transaction may well succeed if it is begun again, over another connection perhaps. */
    boolean isTransient(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        int code = this == SQLITE ? failure.getErrorCode() & 0xFF : failure.getErrorCode();
        return state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("53") // no memory, no connection left
                || failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || state.matches(transientStates)
                || Integer.toString(code).matches(transientCodes)
                || isDuplicate(failure);
    }

    /**
     * Whether a rule of the schema stood against it: a row of another transaction was there first, or is gone. Begun again, the
     * transaction sees what the other did.
     */
    boolean isDuplicate(SQLException failure) {
        boolean constraint = this == SQLITE && (failure.getErrorCode() & 0xFF) == 19;
        return constraint || String.valueOf(failure.getSQLState()).startsWith("23");
    }
}
