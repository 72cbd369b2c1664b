/** The mail store interface of pop3kit, and the in-memory store that shows how it is meant. */
module io.github.pop3kit.store {
    requires static org.jspecify;

    exports io.github.pop3kit.store;
    exports io.github.pop3kit.store.memory;

    uses io.github.pop3kit.store.MailStoreProvider;

    provides io.github.pop3kit.store.MailStoreProvider with
            io.github.pop3kit.store.memory.MemoryMailStoreProvider;
}
