package io.github.pop3kit.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** {@code proofs/contract} starts a MariaDB, or a Galera cluster, and says where: with {DATABASE} for the name of a database. */
@EnabledIfSystemProperty(
        named = "pop3kit.mariadb",
        matches = ".+",
        disabledReason = "no MariaDB is given by -Dpop3kit.mariadb; proofs/contract starts one")
class MariadbStoreTest extends JdbcContract {

    @Override
    HikariDataSource emptyDatabase() throws Exception {
        String url = System.getProperty("pop3kit.mariadb");
        String name = "s" + UUID.randomUUID().toString().replace("-", "");
        try (HikariDataSource any = Databases.pool(url.replace("{DATABASE}", "mail"), 1);
                Connection connection = any.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return Databases.pool(url.replace("{DATABASE}", name), 10);
    }
}
