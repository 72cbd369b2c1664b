package io.github.pop3kit.examples;

import io.github.pop3kit.store.*;
import java.io.IOException;
import java.nio.file.*;
import java.util.*;

/** A folder for each user, in it a file for each message, moved there whole by whom you like; its name is its unique-id. */
public final class FolderStore implements MailStoreProvider {
    private static final Map<Path, Object> LOCKS = Collections.synchronizedMap(new HashMap<>());

    @Override
    public String scheme() {
        return "folder";
    }

    @Override
    public MailStore create(String location, Map<String, String> options) {
        return account -> {
            Path folder = folder(location, account.name());
            Object lock = new Object();
            if (LOCKS.putIfAbsent(folder, lock) != null) throw new StoreException(StoreException.Reason.IN_USE, "busy");
            try (var files = Files.list(folder)) {
                List<Path> messages = files.sorted().toList();
                return new Folder(folder, lock, messages, messages.size());
            } catch (IOException e) {
                LOCKS.remove(folder, lock);
                throw e;
            }
        };
    }

    static Path folder(String root, String user) throws IOException {
        if (user.matches("[a-z0-9][a-z0-9@._-]{0,99}")) return Files.createDirectories(Path.of(root, user));
        throw new StoreException(StoreException.Reason.NO_SUCH_MAILDROP, "no folder has such a name");
    }

    private record Folder(Path folder, Object lock, List<Path> messages, int count) implements Maildrop {
        @Override
        public String uniqueId(int number) {
            return messages.get(number - 1).getFileName().toString();
        }

        @Override
        public MessageContent open(int number) throws IOException {
            return MessageContent.of(Files.newByteChannel(messages.get(number - 1)));
        }

        @Override
        public void remove(int[] numbers) throws IOException {
            if (LOCKS.get(folder) != lock) throw new StoreException(StoreException.Reason.LOCK_LOST, "closed");
            for (int number : numbers) Files.deleteIfExists(messages.get(number - 1));
        }

        @Override
        public void close() {
            LOCKS.remove(folder, lock);
        }
    }
}
