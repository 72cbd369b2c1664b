package io.github.pop3kit.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;

class PostgresqlStoreTest extends JdbcContract {

    /** Not within a test, or what it leaves running would be its leak. */
    @BeforeAll
    static void start() {
        Databases.postgresqlPort();
    }

    @Override
    HikariDataSource emptyDatabase() throws SQLException {
        return Databases.postgresql();
    }
}
