/** The POP3 wire language, both directions; depends on nothing. */
@SuppressWarnings("module") // The qualified exports name modules that are built after this one.
module io.github.pop3kit.protocol {
    requires static org.jspecify;

    exports io.github.pop3kit.protocol;
    exports io.github.pop3kit.protocol.transcript;
    exports io.github.pop3kit.protocol.sasl to
            io.github.pop3kit.server,
            io.github.pop3kit.client,
            io.github.pop3kit.testkit;
    exports io.github.pop3kit.protocol.wire to
            io.github.pop3kit.server,
            io.github.pop3kit.client,
            io.github.pop3kit.testkit;
}
