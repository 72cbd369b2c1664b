package io.github.pop3kit.store.jdbc;

import static org.junit.jupiter.api.Assumptions.abort;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Empty databases to test with. */
final class Databases {

    private static @Nullable EmbeddedPostgres postgres;

    private Databases() {}

    static HikariDataSource h2() {
        return pool("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", 10);
    }

    static HikariDataSource sqlite(Path folder) {
        return pool(
                "jdbc:sqlite:" + folder.resolve(UUID.randomUUID() + ".db")
                        + "?journal_mode=WAL&synchronous=OFF&foreign_keys=true&busy_timeout=20000",
                10);
    }

    /** A schema of its own in a real PostgreSQL, which runs until this JVM ends. */
    static HikariDataSource postgresql() throws SQLException {
        return pool(postgresqlUrl(postgresqlPort()), 10);
    }

    /** Of an empty schema, by way of this port. */
    static String postgresqlUrl(int port) throws SQLException {
        String schema = "s" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = started().getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
        }
        return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres&currentSchema=" + schema
                + "&sslmode=disable&gssEncMode=disable";
    }

    static int postgresqlPort() {
        return started().getPort();
    }

    private static synchronized EmbeddedPostgres started() {
        EmbeddedPostgres running = postgres;
        if (running == null) {
            try {
                running = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .setServerConfig("max_connections", "200")
                        .start();
            } catch (IOException | RuntimeException e) {
                String why = "PostgreSQL does not start here: " + e;
                System.out.println("SKIPPED: " + why);
                return abort(why);
            }
            postgres = running;
        }
        return running;
    }

    static HikariDataSource pool(String url, int connections) {
        return pool(url, connections, 20_000);
    }

    /** @param wait for a connection, in milliseconds */
    static HikariDataSource pool(String url, int connections, int wait) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(wait);
        return new HikariDataSource(config);
    }
}
