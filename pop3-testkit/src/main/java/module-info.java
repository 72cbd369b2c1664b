/** What a test of POP3 needs, and the contract of a mail store. */
module io.github.pop3kit.testkit {
    requires transitive io.github.pop3kit.protocol;
    requires transitive io.github.pop3kit.server;
    requires transitive io.github.pop3kit.store;
    requires static org.junit.jupiter.api;
    requires static org.jspecify;

    exports io.github.pop3kit.testkit;
    exports io.github.pop3kit.testkit.conformance;
}
