package io.github.pop3kit.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends JdbcContract {

    @TempDir
    Path folder;

    @Override
    HikariDataSource emptyDatabase() {
        return Databases.sqlite(folder);
    }
}
