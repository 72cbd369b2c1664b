/** A POP3 client. */
module io.github.pop3kit.client {
    requires transitive io.github.pop3kit.protocol;
    requires org.slf4j;
    requires static io.github.pop3kit.store; // DeliverySink and MaildropDiff alone
    requires static org.jspecify;

    exports io.github.pop3kit.client;
    exports io.github.pop3kit.client.sync;
}
