module io.github.pop3kit.store.jdbc {
    requires transitive io.github.pop3kit.store;
    requires java.sql;
    requires static org.jspecify;
}
