package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The folders {@code new/} and {@code cur/} of one maildir. */
final class MaildirFolders {

    static final List<String> NAMES = List.of("new", "cur");

    /** What a folder's time is that is not there. */
    static final long MISSING = 0;

    private static final int TRIES = 5;

    private final MaildirIo io;
    private final Path maildir;

    MaildirFolders(MaildirIo io, Path maildir) {
        this.io = io;
        this.maildir = maildir;
    }

    /**
     * What the folders had in them.
     *
     * @param places in no order; a message that was moved meanwhile may be there twice
     * @param incoming when {@code new/} was last changed, before it was read; -1 if that was just now
     * @param current the same of {@code cur/}
     */
    record Listing(List<String> places, long incoming, long current) {}

    /**
     * Is there a maildir at all?
     *
     * @throws StoreException {@link Reason#PERMANENT PERMANENT} if one of its folders is a link: it would show the mail of others
     */
    boolean exist() throws IOException {
        boolean exist = modified("tmp") != MISSING;
        for (String folder : NAMES) exist |= modified(folder) != MISSING;
        return exist;
    }

    /** When the folder was last changed, in nanoseconds since 1970. */
    long modified(String folder) throws IOException {
        try {
            BasicFileAttributes attributes = io.attributes(maildir.resolve(folder));
            if (attributes.isDirectory()) return attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
            throw new StoreException(
                    Reason.PERMANENT,
                    MaildirName.printable(maildir.resolve(folder) + " is not a directory, or a link to one"));
        } catch (NoSuchFileException e) {
            return MISSING;
        }
    }

    /**
     * Reads both, {@code new/} first, for that is the way of a message. A folder that changes while it is read may show a renamed
     * file under both names or under neither, so it is read again until it holds still, and no name that was seen is dropped.
     */
    Listing list() throws IOException {
        List<String> places = new ArrayList<>();
        return new Listing(places, list("new", places), list("cur", places));
    }

    /** Returns when the folder was changed before it was read. */
    private long list(String folder, List<String> places) throws IOException {
        for (int tries = 0; tries < TRIES; tries++) {
            long began = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
            long modified = modified(folder);
            if (modified == MISSING) return MISSING;
            io.list(maildir.resolve(folder), name -> places.add(folder + "/" + name));
            if (modified(folder) != modified) continue;
            // A change in the same tick of the file system's clock would not show: Dovecot, too, does not trust the
            // last second.
            return modified > began - TimeUnit.MILLISECONDS.toNanos(1100) ? Snapshot.State.UNKNOWN : modified;
        }
        return Snapshot.State.UNKNOWN;
    }
}
