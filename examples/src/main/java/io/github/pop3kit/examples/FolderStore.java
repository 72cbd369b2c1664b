package io.github.pop3kit.examples;

import io.github.pop3kit.store.*;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A store of one's own: a folder for each user, in it a file for each message, named by its unique-id. It removes one by one. */
public record FolderStore(Path root) implements MailStore {

    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    @Override
    public Maildrop open(Account account) throws IOException {
        Path folder = folder(account);
        if (!LOCKED.add(folder)) throw new StoreException(Reason.IN_USE, folder + " is in use");
        try (Stream<Path> files = Files.list(Files.createDirectories(folder))) {
            return new Folder(folder, files.sorted().toList(), new AtomicBoolean(true));
        } catch (IOException e) {
            LOCKED.remove(folder);
            throw e;
        }
    }

    @Override
    public Optional<Delivery> delivery() {
        return Optional.of((envelope, message) -> {
            if (envelope.uniqueId().isPresent())
                throw new StoreException(Reason.PERMANENT, "files have names of their own");
            Path folder = Files.createDirectories(folder(envelope.to()));
            Path part = Files.createTempFile(root, ".part", "");
            try {
                Files.copy(message, part, StandardCopyOption.REPLACE_EXISTING);
                String uniqueId = System.currentTimeMillis() + "-" + UUID.randomUUID();
                Files.move(part, folder.resolve(uniqueId), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        });
    }

    private Path folder(Account account) throws StoreException {
        if (account.name().matches("[a-z0-9][a-z0-9@._-]{0,99}"))
            return root.toAbsolutePath().resolve(account.name());
        throw new StoreException(Reason.NO_SUCH_MAILDROP, "no folder has such a name");
    }

    private record Folder(Path folder, List<Path> messages, AtomicBoolean held) implements Maildrop {
        @Override
        public int count() {
            return messages.size();
        }

        @Override
        public String uniqueId(int number) {
            return messages.get(number - 1).getFileName().toString();
        }

        @Override
        public MessageContent open(int number) throws IOException {
            return MessageContent.of(FileChannel.open(messages.get(number - 1)));
        }

        @Override
        public void remove(int[] numbers) throws IOException {
            if (!held.get()) throw new StoreException(Reason.LOCK_LOST, folder + " was closed");
            for (int number : numbers) Files.deleteIfExists(messages.get(number - 1));
        }

        @Override
        public void close() {
            if (held.getAndSet(false)) LOCKED.remove(folder);
        }
    }
}
