package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.testkit.LeakCheck;
import io.github.pop3kit.testkit.MailStoreContract;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class MaildirStoreTest implements MailStoreContract {

    @TempDir
    Path root;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Override
    public MailStore newStore() {
        return leaks.watching(new MaildirStore(root));
    }

    @Override
    public MailStore reopened(MailStore store) {
        return leaks.watching(new MaildirStore(root));
    }

    @Override
    public Optional<MailStore> failing(MailStore store, Step step) {
        MaildirIo io = new ScriptedIo((operation, file) -> {
            try {
                step.take();
            } catch (IOException e) {
                // As the file system says it; other exceptions than its own would be a damaged file's.
                throw new FileSystemException(file.toString(), null, e.getMessage());
            }
        });
        return Optional.of(leaks.watching(new MaildirStore(MaildirLocation.below(root), MaildirOptions.DEFAULTS, io)));
    }

    /** Each delivery waits for the disk. {@code -Dpop3kit.messages=100000} is for a disk in memory, where it takes seconds. */
    @Override
    public int manyMessages() {
        return Integer.getInteger("pop3kit.messages", 500);
    }
}
