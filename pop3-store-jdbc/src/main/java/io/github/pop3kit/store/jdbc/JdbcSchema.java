package io.github.pop3kit.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schema of a database, by versions. Each is a file of DDL, which is never changed once it was released; the table
 * {@code pop3_schema} says which were applied, with their checksums. One server at a time applies them, kept apart from others by a
 * row that it takes and gives back: unlike an advisory lock that is known on all nodes of a cluster, and unlike a lock of a
 * transaction it outlives DDL that commits.
 */
public final class JdbcSchema implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JdbcSchema.class);

    /** The version that this program knows, and needs. */
    private static final int VERSION = 1;

    /** The row that is the lock. */
    private static final int LOCK = 0;
    /** After so many seconds the server that took it counts as dead. */
    private static final long LOCK_SECONDS = 600;

    private static final Duration LOCK_WAIT = Duration.ofSeconds(60);

    private final Database database;
    private final Runnable owned;

    /** The schema of the database behind this data source, which stays the caller's. */
    public JdbcSchema(DataSource source) {
        this(source, () -> {});
    }

    private JdbcSchema(DataSource source, Runnable owned) {
        this.database = new Database(source, Duration.ofSeconds(5));
        this.owned = owned;
    }

    /**
     * The schema of the database at a location, over connections of its own.
     *
     * @param options as {@link JdbcStoreProvider} has them
     * @throws IllegalArgumentException if location or options make no sense, with a sentence for the operator
     */
    public static JdbcSchema at(String location, Map<String, String> options) throws IOException {
        if (!location.startsWith("jdbc:")) {
            throw new IllegalArgumentException("The location of a database begins with jdbc:");
        }
        JdbcOptions.ofLocation(options);
        JdbcStoreProvider.requirePool();
        HikariDataSource pool = Pool.open(location.substring("jdbc:".length()), options);
        return new JdbcSchema(pool, pool::close);
    }

    /**
     * A version of the schema.
     *
     * @param applied whether the database has it
     * @param ddl its statements
     */
    public record Version(int number, boolean applied, String ddl) {}

    /**
     * What the database has, and what it lacks. Changes nothing.
     *
     * @throws StoreException {@link Reason#PERMANENT PERMANENT} if it has a version that this program does not know, or has it
     *     otherwise
     */
    public List<Version> versions() throws IOException {
        return database.statements("the schema cannot be looked at", (connection, dialect, run) -> {
            Map<Integer, String> applied = applied(connection);
            List<Version> versions = new ArrayList<>();
            for (int number = 1; number <= VERSION; number++) {
                String ddl = ddl(dialect, number);
                Optional<String> checksum = Optional.ofNullable(applied.remove(number));
                if (checksum.isPresent() && !checksum.get().equals(checksum(ddl))) {
                    throw new StoreException(
                            Reason.PERMANENT,
                            "version " + number + " of the schema is not the one that this program has");
                }
                versions.add(new Version(number, checksum.isPresent(), ddl));
            }
            if (!applied.isEmpty()) {
                throw new StoreException(
                        Reason.PERMANENT,
                        "the database has the schema of a later pop3kit: versions " + applied.keySet());
            }
            return versions;
        });
    }

    /** Brings the schema up to date. Servers that do so at once wait for each other. */
    public void migrate() throws IOException {
        if (missing().isEmpty()) return;
        createTable();
        String me = Ids.token();
        lock(me);
        try {
            for (Version version : missing()) {
                apply(version);
                log.info("version {} of the schema was applied", version.number());
            }
        } finally {
            unlock(me);
        }
    }

    /** Closes the connections of its own. */
    @Override
    public void close() {
        owned.run();
    }

    /** @throws StoreException {@link Reason#PERMANENT PERMANENT} if the schema is not up to date */
    void check() throws IOException {
        if (!missing().isEmpty()) {
            throw new StoreException(
                    Reason.PERMANENT, "the database lacks a version of the schema; 'pop3 db migrate' brings it");
        }
    }

    private List<Version> missing() throws IOException {
        return versions().stream().filter(version -> !version.applied()).toList();
    }

    private static Map<Integer, String> applied(Connection connection) throws SQLException {
        Map<Integer, String> applied = new TreeMap<>();
        if (!exists(connection)) return applied;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT version, checksum FROM pop3_schema WHERE version > " + LOCK + " ORDER BY version")) {
            while (rows.next()) applied.put(rows.getInt(1), rows.getString(2));
        }
        return applied;
    }

    /** Some fold names to upper case; and a query for a table that is not there would end PostgreSQL's transaction. */
    private static boolean exists(Connection connection) throws SQLException {
        for (String name : List.of("pop3_schema", "POP3_SCHEMA")) {
            try (ResultSet tables = connection
                    .getMetaData()
                    .getTables(
                            connection.getCatalog(), connection.getSchema(), name, new String[] {"TABLE", "BASE TABLE"
                            })) {
                if (tables.next()) return true;
            }
        }
        return false;
    }

    private void createTable() throws IOException {
        database.statements("the schema cannot be begun", (connection, dialect, run) -> {
            execute(connection, """
                    CREATE TABLE IF NOT EXISTS pop3_schema (
                        version INTEGER PRIMARY KEY,
                        checksum VARCHAR(64) NOT NULL,
                        applied BIGINT NOT NULL,
                        holder VARCHAR(22))""");
            try (PreparedStatement insert = connection.prepareStatement("""
                    INSERT INTO pop3_schema (version, checksum, applied)
                    SELECT 0, '', 0 FROM (SELECT 1 AS one) t
                    WHERE NOT EXISTS (SELECT 1 FROM pop3_schema WHERE version = 0)""")) {
                return insert.executeUpdate();
            }
        });
    }

    private void lock(String me) throws IOException {
        long end = System.nanoTime() + LOCK_WAIT.toNanos();
        while (!take(me)) {
            if (System.nanoTime() > end) {
                throw new StoreException(Reason.TEMPORARY, "another server has been changing the schema for a minute");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException(Reason.TEMPORARY, "interrupted while another server changes the schema", e);
            }
        }
    }

    private boolean take(String me) throws IOException {
        return database.statements("the schema cannot be locked", (connection, dialect, run) -> {
            try (PreparedStatement update = connection.prepareStatement(dialect.sql("""
                    UPDATE pop3_schema SET holder = ?, applied = {now}
                    WHERE version = 0 AND (holder IS NULL OR holder = ? OR applied < {now} - ?)"""))) {
                update.setString(1, me);
                update.setString(2, me);
                update.setLong(3, LOCK_SECONDS);
                return update.executeUpdate() == 1;
            }
        });
    }

    private void unlock(String me) throws IOException {
        database.statements("the schema cannot be unlocked", (connection, dialect, run) -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE pop3_schema SET holder = NULL WHERE version = 0 AND holder = ?")) {
                update.setString(1, me);
                return update.executeUpdate();
            }
        });
    }

    /** Where DDL commits by itself an attempt may have got half way: each statement may be executed again. */
    private void apply(Version version) throws IOException {
        database.transaction("the schema cannot be changed", (connection, dialect, run) -> {
            for (String statement : statements(version.ddl())) execute(connection, statement);
            try (PreparedStatement insert = connection.prepareStatement(
                    dialect.sql("INSERT INTO pop3_schema (version, checksum, applied) VALUES (?, ?, {now})"))) {
                insert.setInt(1, version.number());
                insert.setString(2, checksum(version.ddl()));
                return insert.executeUpdate();
            }
        });
    }

    private static void execute(Connection connection, String ddl) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ddl);
        }
    }

    /** Without comments, which may have a semicolon. */
    private static List<String> statements(String ddl) {
        List<String> statements = new ArrayList<>();
        for (String statement : ddl.replaceAll("--.*", "").split(";", -1)) {
            if (!statement.isBlank()) statements.add(statement.strip());
        }
        return statements;
    }

    private static String ddl(Dialect dialect, int version) throws IOException {
        String name = dialect.prefix() + version + ".sql";
        try (InputStream file = JdbcSchema.class.getResourceAsStream(name)) {
            if (file == null) throw new IOException("there is no " + name + " in this jar");
            return new String(file.readAllBytes(), UTF_8);
        }
    }

    /** Of the text without carriage returns, which a checkout may add. */
    private static String checksum(String ddl) {
        return HexFormat.of()
                .formatHex(Message.sha256().digest(ddl.replace("\r", "").getBytes(UTF_8)));
    }
}
