package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class MaildirStoreTest implements MailStoreContract {

    @TempDir
    Path root;

    @Override
    public MailStore newStore() {
        return new MaildirStore(root);
    }
}
