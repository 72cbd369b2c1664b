package io.github.pop3kit.jakarta;

import jakarta.mail.internet.SharedInputStream;
import jakarta.mail.util.SharedByteArrayInputStream;
import jakarta.mail.util.SharedFileInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A whole message, in memory or in a temporary file, and where its body begins. */
final class Octets implements Closeable {

    /** What is larger is kept in a file in any case. */
    static final int MOST_IN_MEMORY = 16 * 1024 * 1024;

    private final SharedInputStream shared;
    private final @Nullable SharedFileInputStream file;
    private final long size;
    private final long body;

    private Octets(SharedInputStream shared, @Nullable SharedFileInputStream file, long size, long body) {
        this.shared = shared;
        this.file = file;
        this.size = size;
        this.body = body;
    }

    /** @param in is read to its end and not closed */
    static Octets read(InputStream in, Keep keep) throws IOException {
        byte[] head = in.readNBytes(keep.inFile() ? 64 * 1024 : MOST_IN_MEMORY + 1);
        if (!keep.inFile() && head.length <= MOST_IN_MEMORY) {
            return new Octets(new SharedByteArrayInputStream(head), null, head.length, bodyOf(head));
        }
        Path path = keep.directory() == null
                ? Files.createTempFile("pop3-", ".mail")
                : Files.createTempFile(keep.directory(), "pop3-", ".mail");
        boolean done = false;
        try {
            long size = head.length;
            try (OutputStream out = Files.newOutputStream(path)) {
                out.write(head);
                size += in.transferTo(out);
            }
            // A header that does not end within the first part is longer than any that is of use.
            SharedFileInputStream file = new SharedFileInputStream(path.toFile());
            Octets read = new Octets(file, file, size, bodyOf(head));
            done = true;
            return read;
        } finally {
            // Where the system allows it the file has no name from now on, and is gone with the last who reads it.
            if (!deleteNow(path) && done) path.toFile().deleteOnExit();
        }
    }

    private static boolean deleteNow(Path path) {
        try {
            Files.delete(path);
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }

    /** Where messages go: {@code filecache.enable}, {@code filecache.dir}. */
    record Keep(boolean inFile, @Nullable Path directory) {}

    /** Behind the first empty line; the end, if there is none. */
    static int bodyOf(byte[] octets) {
        boolean empty = true;
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '\n') {
                if (empty) return i + 1;
                empty = true;
            } else if (octets[i] != '\r') {
                empty = false;
            }
        }
        return octets.length;
    }

    long headerSize() {
        return body;
    }

    boolean isInFile() {
        return file != null;
    }

    InputStream header() {
        return shared.newStream(0, body);
    }

    InputStream body() {
        return shared.newStream(body, size);
    }

    InputStream whole() {
        return shared.newStream(0, size);
    }

    @Override
    public void close() throws IOException {
        if (file != null) file.close();
    }
}
