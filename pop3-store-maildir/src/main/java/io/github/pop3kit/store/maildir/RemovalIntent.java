package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the removal of many files one act: their bases are written down durably before the first is unlinked, in
 * {@code pop3kit.intent}. Where the file is found, its session did not come to its end, and its removals are finished first.
 */
final class RemovalIntent {

    static final String FILE = "pop3kit.intent";

    private static final Logger log = LoggerFactory.getLogger(RemovalIntent.class);
    private static final String HEADER = "pop3kit removes";

    private final MaildirIo io;
    private final Path maildir;
    private final Path file;

    RemovalIntent(MaildirIo io, Path maildir) {
        this.io = io;
        this.maildir = maildir;
        this.file = maildir.resolve(FILE);
    }

    /** From here on these messages will be removed, whatever happens. When it throws, none will be. */
    void declare(List<String> bases) throws IOException {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (String base : bases) text.append(base).append('\n');
        String octets = text + checksum(text.toString()) + "\n";
        FileChannel written = io.create(file);
        try {
            try (written) {
                io.write(written, ByteBuffer.wrap(octets.getBytes(ISO_8859_1)));
                io.force(written);
            }
            io.force(maildir);
        } catch (IOException e) {
            takeBack(e);
            throw e;
        }
    }

    /** Nothing is removed, after all. */
    void takeBack(IOException why) {
        try {
            forget();
        } catch (IOException remains) {
            why.addSuppressed(remains);
        }
    }

    /** All are removed. */
    void forget() throws IOException {
        io.delete(file);
        io.force(maildir);
    }

    /** Finishes what another session declared. The caller has the lock of the maildrop. */
    void finish(MaildirFolders folders, MaildirSize quota) throws IOException {
        String text;
        try {
            text = new String(io.read(file), ISO_8859_1);
        } catch (NoSuchFileException e) {
            return;
        }
        int end = text.lastIndexOf('\n', text.length() - 2) + 1;
        String declared = text.substring(0, end);
        if (declared.startsWith(HEADER + "\n") && text.substring(end).equals(checksum(declared) + "\n")) {
            Set<String> bases = new HashSet<>(Arrays.asList(declared.split("\n", -1)));
            log.info("{}: finishing the removal of {} messages that was interrupted", maildir, bases.size() - 2);
            for (String place : folders.list().places()) {
                if (!MaildirName.isListable(place) || !bases.contains(MaildirName.base(place))) continue;
                try {
                    io.delete(MaildirIo.resolve(maildir, place));
                } catch (NoSuchFileException e) {
                    // Named twice, or another program was faster.
                }
            }
            // What the other session unlinked may not be durable yet, either.
            for (String folder : MaildirFolders.NAMES) {
                if (folders.modified(folder) != MaildirFolders.MISSING) io.force(maildir.resolve(folder));
            }
            quota.countAnew();
        }
        // Otherwise it was not written to its end, and nothing was removed yet.
        forget();
    }

    private static String checksum(String text) {
        CRC32 checksum = new CRC32();
        checksum.update(text.getBytes(ISO_8859_1));
        return Long.toHexString(checksum.getValue());
    }
}
