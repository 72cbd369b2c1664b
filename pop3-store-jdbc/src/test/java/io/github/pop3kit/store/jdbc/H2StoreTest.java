package io.github.pop3kit.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;

class H2StoreTest extends JdbcContract {

    @Override
    HikariDataSource emptyDatabase() {
        return Databases.h2();
    }
}
