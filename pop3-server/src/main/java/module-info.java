/** A POP3 server to embed or to run as a daemon. */
@SuppressWarnings("module") // The qualified export names a module that is built after this one.
module io.github.pop3kit.server {
    requires transitive io.github.pop3kit.store;
    requires io.github.pop3kit.protocol;
    requires java.naming;
    requires org.slf4j;
    requires static org.jspecify;

    uses io.github.pop3kit.server.auth.PasswordScheme;

    exports io.github.pop3kit.server;
    exports io.github.pop3kit.server.auth;
    exports io.github.pop3kit.server.bench to
            io.github.pop3kit.testkit;
}
