package io.github.pop3kit.store.maildir;

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
import java.util.List;
import java.util.Optional;

/** Puts a message into a maildir, creating it where it is missing: into {@code tmp/} first, and whole into {@code new/}. */
final class MaildirDelivery {

    private static final int BUFFER = 8 * 1024;

    private final MaildirIo io;
    private final Path maildir;
    private final MaildirSize quota;
    private final MaildirSync sync;

    MaildirDelivery(MaildirIo io, Path maildir, MaildirSize quota, MaildirSync sync) {
        this.io = io;
        this.maildir = maildir;
        this.quota = quota;
        this.sync = sync;
    }

    void deliver(Envelope envelope, InputStream message) throws IOException {
        try {
            for (String folder : List.of("tmp", "new", "cur")) io.createFolder(maildir.resolve(folder));
            store(envelope, message);
        } catch (IOException e) {
            throw MaildirIo.refusal("a message cannot be delivered", maildir, e);
        }
    }

    private void store(Envelope envelope, InputStream message) throws IOException {
        Optional<String> wanted = envelope.uniqueId();
        if (wanted.isPresent() && !Maildrop.isUniqueId(wanted.get())) {
            throw new StoreException(Reason.PERMANENT, "no message can have the unique-id asked for");
        }
        String base = MaildirName.unused();
        Path written = maildir.resolve("tmp").resolve(base);
        FileChannel channel = io.create(written);
        try {
            MessageScan scan;
            try (channel) {
                scan = copy(message, channel);
                Optional<FileTime> received = envelope.received().map(FileTime::from);
                if (received.isPresent()) io.touch(written, received.get());
                io.force(channel);
            }
            quota.admit(scan.size());
            MaildirSize.Change change = quota.change();
            change.added(scan.size());
            String name = base + ",S=" + scan.size() + ",W=" + scan.octets();
            Path file = written;
            if (wanted.isPresent()) {
                sync.claim(wanted.get(), name, () -> publish(file, name));
            } else {
                publish(file, name);
            }
            change.save();
        } catch (IOException | RuntimeException | Error e) {
            // A message is whole or absent: the sender, who hears of the failure, will send it again.
            discard(written, e);
            throw e;
        }
    }

    private void publish(Path written, String name) throws IOException {
        Path incoming = maildir.resolve("new");
        Path delivered = incoming.resolve(name);
        io.rename(written, delivered);
        try {
            io.force(incoming);
        } catch (IOException e) {
            discard(delivered, e);
            throw e;
        }
    }

    private void discard(Path file, Throwable why) {
        try {
            io.delete(file);
        } catch (IOException remains) {
            why.addSuppressed(remains);
        }
    }

    /** Copies the message and learns its sizes on the way. */
    private MessageScan copy(InputStream message, FileChannel file) throws IOException {
        MessageScan scan = new MessageScan();
        byte[] buffer = new byte[BUFFER];
        for (int read = message.read(buffer); read >= 0; read = message.read(buffer)) {
            ByteBuffer octets = ByteBuffer.wrap(buffer, 0, read);
            scan.add(octets);
            io.write(file, octets);
        }
        return scan;
    }
}
