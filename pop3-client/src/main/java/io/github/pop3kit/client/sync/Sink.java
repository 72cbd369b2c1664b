package io.github.pop3kit.client.sync;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Where mail goes. A session stores and syncs in one thread; accounts that share a sink use it in several threads at once, and each
 * thread syncs what it stored.
 *
 * <p>A lambda that takes each message is a sink. It gets a message again only if the process ended, or the computer, after it returned
 * and before the journal had noted it: {@link Arrival#again} tells, and {@link Arrival#key} is the same.
 */
@FunctionalInterface
public interface Sink {

    /**
     * Takes a message, whole; or throws, and then has taken nothing. A message that cannot be taken is skipped, reported and tried again
     * by a later run; after three in a row the run ends.
     *
     * @param message the octets as the server sent them, lines ended by CRLF; to be read to its end, not to be kept
     */
    void store(Arrival arrival, InputStream message) throws IOException;

    /**
     * Makes durable what was taken since the last time. The journal notes messages as stored, and they may be deleted on the server, only
     * when this has returned. If it throws, all of them will come again.
     */
    default void sync() throws IOException {}

    /** A file for each message, named by its key with {@code .eml} behind it, in a directory that is created if it is missing. */
    static Sink folder(Path directory) {
        return FileSink.folder(directory, Disk.SYSTEM);
    }

    /** A Maildir, which is created if it is missing. Its files have lines that end in LF, as is usual there. */
    static Sink maildir(Path directory) {
        return FileSink.maildir(directory, Disk.SYSTEM);
    }

    /**
     * A file in mbox format with quoted From_ lines (mboxrd), lines ended by LF; it is locked by {@code .lock} and for the system while
     * it is written to. Beside it is a file with {@code .pop3sync} behind its name, which tells after a crash what belongs there.
     */
    static Sink mbox(Path file) {
        return new MboxSink(file, Disk.SYSTEM);
    }
}
