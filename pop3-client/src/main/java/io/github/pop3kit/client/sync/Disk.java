package io.github.pop3kit.client.sync;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that the journal and the sinks do to files: the one place where a test lets it fail. */
interface Disk {

    /** The one of this machine. */
    Disk SYSTEM = new OfSystem();

    /** A file that is written. Durable is what was written before {@link #force} returned. */
    interface Output extends Closeable {

        /** Writes all of it. */
        void write(ByteBuffer octets) throws IOException;

        void force() throws IOException;

        /** Waits until no other process has locked the file, and locks it until it is closed. */
        void lock() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** A new, empty file, for this user alone; one that is there is overwritten. */
    Output create(Path file) throws IOException;

    /** Writes behind the end of a file, which is created if it is missing. */
    Output append(Path file) throws IOException;

    InputStream read(Path file) throws IOException;

    boolean exists(Path file);

    long size(Path file) throws IOException;

    void truncate(Path file, long size) throws IOException;

    /** Gives a file another name; a file that had it is gone. At no moment is there none of them. */
    void rename(Path from, Path to) throws IOException;

    /** Does nothing if there is no such file. */
    void delete(Path file) throws IOException;

    /** The names in a directory. */
    List<String> list(Path directory) throws IOException;

    void createDirectories(Path directory) throws IOException;

    /**
     * Locks a file, which is created if it is missing, until the lock is closed or the process ends.
     *
     * @return null if somebody has locked it, in whatever process
     */
    @Nullable
    Closeable tryLock(Path file) throws IOException;

    /** Makes the names in a directory durable. */
    void forceDirectory(Path directory) throws IOException;

    /** Files of the default file system, or of any other. */
    final class OfSystem implements Disk {

        private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        private static final FileAttribute<?>[] NONE = {};

        private static FileAttribute<?>[] onlyOwner(Path file, FileAttribute<Set<PosixFilePermission>> permissions) {
            boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
            return posix ? new FileAttribute<?>[] {permissions} : NONE;
        }

        @Override
        public Output create(Path file) throws IOException {
            // Without following a link that somebody may have laid where other users can write.
            Set<StandardOpenOption> fresh = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            FileAttribute<?>[] owner = onlyOwner(file, OWNER_FILE);
            try {
                return new Channel(FileChannel.open(file, fresh, owner));
            } catch (FileAlreadyExistsException leftOver) {
                Files.delete(file);
                return new Channel(FileChannel.open(file, fresh, owner));
            }
        }

        @Override
        public Output append(Path file) throws IOException {
            Set<StandardOpenOption> behind = Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE);
            return new Channel(FileChannel.open(file, behind, onlyOwner(file, OWNER_FILE)));
        }

        @Override
        public InputStream read(Path file) throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public boolean exists(Path file) {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        public long size(Path file) throws IOException {
            return Files.size(file);
        }

        @Override
        public void truncate(Path file, long size) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(size);
                channel.force(true);
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void delete(Path file) throws IOException {
            Files.deleteIfExists(file);
        }

        @Override
        public List<String> list(Path directory) throws IOException {
            try (Stream<Path> files = Files.list(directory)) {
                return files.map(file -> file.getFileName().toString()).toList();
            }
        }

        @Override
        public void createDirectories(Path directory) throws IOException {
            List<Path> changed = new ArrayList<>();
            for (Path each = directory.toAbsolutePath(); each != null && !Files.isDirectory(each); ) {
                each = each.getParent();
                if (each != null) changed.add(each);
            }
            if (changed.isEmpty()) return;
            Files.createDirectories(directory, onlyOwner(directory, OWNER_DIRECTORY));
            for (Path each : changed) forceDirectory(each);
        }

        @Override
        public @Nullable Closeable tryLock(Path file) throws IOException {
            Set<StandardOpenOption> some = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            FileChannel channel = FileChannel.open(file, some, onlyOwner(file, OWNER_FILE));
            FileLock held = null;
            try {
                held = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                // This process has it.
            } finally {
                if (held == null) channel.close();
            }
            return held == null ? null : channel;
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            FileChannel channel;
            try {
                channel = FileChannel.open(directory, StandardOpenOption.READ);
            } catch (IOException e) {
                if (System.getProperty("os.name", "").startsWith("Windows")) return; // It has nothing like that.
                throw e;
            }
            try (channel) {
                channel.force(true);
            }
        }

        private record Channel(FileChannel channel) implements Output {
            @Override
            public void write(ByteBuffer octets) throws IOException {
                while (octets.hasRemaining()) channel.write(octets);
            }

            @Override
            public void force() throws IOException {
                channel.force(true);
            }

            @Override
            public void lock() throws IOException {
                if (channel.lock() == null) throw new IOException("there are no locks");
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        }
    }
}
