/** Maildir as a mail store, side by side with Dovecot, Postfix and Exim. */
module io.github.pop3kit.store.maildir {
    requires transitive io.github.pop3kit.store;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.github.pop3kit.store.maildir;

    provides io.github.pop3kit.store.MailStoreProvider with
            io.github.pop3kit.store.maildir.MaildirStoreProvider;
}
