module io.github.pop3kit.testkit {
    requires transitive io.github.pop3kit.client;
    requires transitive io.github.pop3kit.server;
    requires transitive io.github.pop3kit.store;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;
}
