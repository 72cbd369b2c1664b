package io.github.pop3kit.examples;

import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.testkit.MailStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest implements MailStoreContract {

    @TempDir
    Path root;

    @Override
    public MailStore newStore() {
        return new FolderStore(root);
    }

    @Override
    public MailStore reopened(MailStore store) {
        return new FolderStore(root);
    }

    @Override
    public int manyMessages() {
        return 2_000; // A file for each takes its time.
    }
}
