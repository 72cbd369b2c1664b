package io.github.pop3kit.client;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A folder with a file for each message, as it came. A message is there whole or not at all, and what was stored stays there if the
 * power fails: a message can be deleted from its maildrop as soon as {@link #store} has returned. Crashes leave {@code .pop3-*.part} at
 * most. For several threads.
 *
 * <p>The name is a hash of the unique-id, where {@link RemoteMaildrop#uniqueIds} was asked before; otherwise it is the message-number.
 * A file that is there is never written again: the same message is stored once, another gets a name of its own.
 */
public final class MessageFolder implements MessageSink {

    private static final int HASH = 16;

    private final Path folder;

    private MessageFolder(Path folder) {
        this.folder = folder;
    }

    /** A folder, which is made if it is not there. */
    public static MessageFolder at(Path folder) throws IOException {
        return new MessageFolder(Files.createDirectories(folder));
    }

    /**
     * Stores a message, whose stream has not been read yet.
     *
     * @return its file, which only this user may read
     */
    public Path store(MessageStream message) throws IOException {
        Path part = Files.createTempFile(folder, ".pop3-", ".part");
        try {
            try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
                message.transferTo(Channels.newOutputStream(file));
                file.force(true);
            }
            Path stored = named(part, name(message));
            syncFolder();
            return stored;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    @Override
    public void accept(int number, MessageStream message) throws IOException {
        store(message);
    }

    private static String name(MessageStream message) {
        return message.uniqueId().map(MessageFolder::hash).orElseGet(() -> String.valueOf(message.number()));
    }

    /** A unique-id may be any text, "../../.profile" included. */
    private static String hash(String uniqueId) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(uniqueId.getBytes(StandardCharsets.ISO_8859_1));
            return HexFormat.of().formatHex(hash, 0, HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private Path named(Path part, String name) throws IOException {
        for (int copy = 1; ; copy++) {
            Path file = folder.resolve(name + (copy == 1 ? "" : "-" + copy) + ".eml");
            try {
                give(part, file);
                return file;
            } catch (FileAlreadyExistsException taken) {
                if (Files.isRegularFile(file) && Files.mismatch(part, file) < 0) return file;
            }
        }
    }

    /** By a second name, since a move first looks whether the name is free, and then overwrites what has come in between. */
    private static void give(Path part, Path file) throws IOException {
        try {
            Files.createLink(file, part);
            Files.delete(part);
        } catch (FileAlreadyExistsException taken) {
            throw taken;
        } catch (FileSystemException | UnsupportedOperationException noLinks) {
            Files.move(part, file);
        }
    }

    /** The name is on the disk when the folder is. Where folders cannot be opened (Windows) this cannot be asked for. */
    private void syncFolder() throws IOException {
        FileChannel opened;
        try {
            opened = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (IOException cannotBeOpened) {
            return;
        }
        try (opened) {
            opened.force(true);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
