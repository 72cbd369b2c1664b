package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts mail into maildirs, creating them where they are missing: into {@code tmp/} first, and whole into {@code new/}. */
final class MaildirDelivery implements Delivery {

    private static final int BUFFER = 8 * 1024;

    private final MaildirLocation location;
    private final MaildirIo io;

    MaildirDelivery(MaildirLocation location, MaildirIo io) {
        this.location = location;
        this.io = io;
    }

    @Override
    public void deliver(Envelope envelope, InputStream message) throws IOException {
        location.check();
        Path maildir = location.of(envelope.to());
        try {
            for (String folder : List.of("tmp", "new", "cur")) io.createFolder(maildir.resolve(folder));
            deliver(maildir, envelope, message);
        } catch (IOException e) {
            throw MaildirIo.refusal("a message cannot be delivered", maildir, e);
        }
    }

    private void deliver(Path maildir, Envelope envelope, InputStream message) throws IOException {
        Optional<String> wanted = envelope.uniqueId();
        if (wanted.isPresent() && !isBase(wanted.get())) {
            throw new StoreException(Reason.PERMANENT, "no file can have the unique-id asked for");
        }
        String base = wanted.orElseGet(MaildirName::unused);
        Path incoming = maildir.resolve("new");
        Path file = maildir.resolve("tmp").resolve(base);
        FileChannel channel = io.create(file);
        try {
            MessageScan scan;
            try (channel) {
                // Asked only now that the file in tmp/ is ours: nobody else can deliver with this unique-id meanwhile.
                if (wanted.isPresent() && isTaken(maildir, base)) {
                    throw new StoreException(Reason.PERMANENT, "another message has the unique-id asked for");
                }
                scan = copy(message, channel);
                Optional<FileTime> received = envelope.received().map(FileTime::from);
                if (received.isPresent()) io.touch(file, received.get());
                io.force(channel);
            }
            Path delivered = incoming.resolve(base + ",S=" + scan.size() + ",W=" + scan.octets());
            io.rename(file, delivered);
            file = delivered;
            io.force(incoming);
        } catch (IOException | RuntimeException | Error e) {
            // A message is whole or absent: the sender, who hears of the failure, will send it again.
            try {
                io.delete(file);
            } catch (IOException remains) {
                e.addSuppressed(remains);
            }
            throw e;
        }
    }

    private static boolean isBase(String uniqueId) {
        return Maildrop.isUniqueId(uniqueId)
                && !uniqueId.startsWith(".")
                && uniqueId.chars().noneMatch(c -> c == '/' || c == ':' || c == ',');
    }

    private boolean isTaken(Path maildir, String base) throws IOException {
        Set<String> same = new HashSet<>();
        for (String folder : List.of("new/", "cur/")) {
            io.list(maildir.resolve(folder), name -> {
                if (MaildirName.base(folder + name).equals(base)) same.add(name);
            });
        }
        return !same.isEmpty();
    }

    /** Copies the message and learns its sizes on the way. */
    private static MessageScan copy(InputStream message, FileChannel file) throws IOException {
        MessageScan scan = new MessageScan();
        byte[] buffer = new byte[BUFFER];
        for (int read = message.read(buffer); read >= 0; read = message.read(buffer)) {
            ByteBuffer octets = ByteBuffer.wrap(buffer, 0, read);
            scan.add(octets);
            while (octets.hasRemaining()) file.write(octets);
        }
        return scan;
    }
}
