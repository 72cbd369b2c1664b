/** Maildrops in a relational database. */
module io.github.pop3kit.store.jdbc {
    requires transitive io.github.pop3kit.store;
    requires transitive java.sql;
    requires org.slf4j;
    requires static com.zaxxer.hikari;
    requires static org.jspecify;

    exports io.github.pop3kit.store.jdbc;

    provides io.github.pop3kit.store.MailStoreProvider with
            io.github.pop3kit.store.jdbc.JdbcStoreProvider;
}
