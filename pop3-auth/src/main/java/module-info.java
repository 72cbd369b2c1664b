module io.github.pop3kit.auth {
    requires transitive io.github.pop3kit.server;
    requires static org.jspecify;
}
