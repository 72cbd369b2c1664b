package io.github.pop3kit.testkit;

import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.util.Optional;

class MemoryMailStoreContractTest implements MailStoreContract {

    @Override
    public MailStore newStore() {
        return new MemoryMailStore();
    }

    /** It has no operations that fail of themselves; but the tests that need failures shall run here, too. */
    @Override
    public Optional<MailStore> failing(MailStore store, Step step) {
        return Optional.of(new SteppingStore(store, step));
    }
}
