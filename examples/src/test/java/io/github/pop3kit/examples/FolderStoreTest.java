package io.github.pop3kit.examples;

import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStores;
import io.github.pop3kit.testkit.MailStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

// doc: contract
class FolderStoreTest implements MailStoreContract {
    @TempDir
    Path root;

    @Override
    public MailStore newStore() throws IOException {
        return MailStores.create("folder:" + root, Map.of());
    }

    @Override
    public void deliver(MailStore store, String user, byte[] message) throws IOException {
        Path written = Files.write(Files.createTempFile(root, "" + System.nanoTime(), ".eml"), message);
        Files.move(written, FolderStore.folder("" + root, user).resolve(written.getFileName()));
    }
    // doc: end

    @Override
    public int manyMessages() {
        return 2_000; // A file for each takes its time.
    }
}
