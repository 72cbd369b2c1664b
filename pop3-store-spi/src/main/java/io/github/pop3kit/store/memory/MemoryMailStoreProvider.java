package io.github.pop3kit.store.memory;

import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStoreProvider;
import java.util.Map;

/** {@code memory:} — empty at the start, forgotten at the end. */
public final class MemoryMailStoreProvider implements MailStoreProvider {

    /** For the {@link java.util.ServiceLoader}. */
    public MemoryMailStoreProvider() {}

    @Override
    public String scheme() {
        return "memory";
    }

    @Override
    public MailStore create(String location, Map<String, String> options) {
        if (!location.isEmpty() || !options.isEmpty()) {
            throw new IllegalArgumentException("A store in memory has no place and no options; write memory: alone");
        }
        return new MemoryMailStore();
    }
}
