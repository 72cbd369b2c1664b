package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock as Dovecot has it: a file that is created by one and removed by the same, with {@code pid:host} in it.
 *
 * <p>It is broken when its process is gone (of the same host, older than 2 seconds), or when nothing has happened for a while: neither
 * to it nor to the file that it guards. While it is held {@link Heartbeat} touches it.
 */
final class DotLock implements AutoCloseable, Heartbeat.Kept {

    private static final Logger log = LoggerFactory.getLogger(DotLock.class);

    private static final String HERE = ProcessHandle.current().pid() + ":" + Host.IN_DOT_LOCKS;

    /** A lock file that was created this long ago has its content. */
    private static final Duration WRITTEN_AFTER = Duration.ofSeconds(2);

    private static final long FIRST_PAUSE = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(3).toNanos();

    /** Files that this process could not remove: it lives, but they mean nothing. */
    private static final Set<Path> LEFT_OVER = ConcurrentHashMap.newKeySet();

    private final MaildirIo io;
    private final Path file;
    private final Heartbeat heartbeat;
    private final Optional<Object> key;
    /** A new file may get the number of the one that was removed, but not its time. */
    private volatile FileTime touched;

    private DotLock(MaildirIo io, Path file, Heartbeat heartbeat) throws IOException {
        this.io = io;
        this.file = file;
        this.heartbeat = heartbeat;
        BasicFileAttributes attributes = io.attributes(file);
        this.key = Optional.ofNullable(attributes.fileKey());
        this.touched = attributes.lastModifiedTime();
    }

    /**
     * Which lock, and when it counts as forgotten.
     *
     * @param guarded the file whose changes are a sign of life, too
     */
    record Kind(Path file, Path guarded, Duration forgottenAfter) {

        /** Of a {@code dovecot-uidlist}. */
        static Kind ofList(Path list) {
            return new Kind(list.resolveSibling(list.getFileName() + ".lock"), list, Duration.ofMinutes(2));
        }

        /** Dovecot's with {@code pop3_lock_session}. */
        static Kind ofSession(Path index) {
            Path file = index.resolve("dovecot-pop3-session.lock");
            return new Kind(file, file, Duration.ofMinutes(5));
        }
    }

    /**
     * Takes the lock.
     *
     * @param patience how long a lock is waited for that somebody holds; then empty is returned
     */
    static Optional<DotLock> take(MaildirIo io, Kind kind, Duration patience, Heartbeat heartbeat) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (long pause = FIRST_PAUSE; ; pause = Math.min(pause + pause / 2, LONGEST_PAUSE)) {
            try {
                return Optional.of(create(io, kind.file(), heartbeat));
            } catch (FileAlreadyExistsException held) {
                if (broken(io, kind)) continue;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) return Optional.empty();
            LockSupport.parkNanos(Math.min(left, ThreadLocalRandom.current().nextLong(pause / 2, pause)));
        }
    }

    private static DotLock create(MaildirIo io, Path file, Heartbeat heartbeat) throws IOException {
        FileChannel created = io.create(file);
        try (created) {
            io.write(created, ByteBuffer.wrap(HERE.getBytes(UTF_8)));
            DotLock lock = new DotLock(io, file, heartbeat);
            heartbeat.add(lock);
            return lock;
        } catch (IOException | RuntimeException e) {
            try {
                io.delete(file);
            } catch (IOException remains) {
                LEFT_OVER.add(file);
                e.addSuppressed(remains);
            }
            throw e;
        }
    }

    /** Removes the lock of somebody who is gone; whether it is worth while to try at once. */
    private static boolean broken(MaildirIo io, Kind kind) throws IOException {
        try {
            BasicFileAttributes seen = io.attributes(kind.file());
            if (!seen.isRegularFile()) {
                throw new StoreException(Reason.PERMANENT, MaildirName.printable(kind.file() + " is no regular file"));
            }
            Instant touched = seen.lastModifiedTime().toInstant();
            boolean dead = touched.isBefore(Instant.now().minus(WRITTEN_AFTER)) && isDead(io, kind.file());
            if (LEFT_OVER.contains(kind.file())) {
                String holder = new String(io.read(kind.file()), UTF_8);
                dead |= LEFT_OVER.remove(kind.file()) && (holder.isBlank() || holder.equals(HERE));
            }
            if (!dead && !isForgotten(io, kind, touched)) return false;
            Object key = seen.fileKey();
            if (key != null && !key.equals(io.attributes(kind.file()).fileKey())) return true;
            log.warn("{}: a lock is broken whose holder is gone", kind.file());
            io.delete(kind.file());
            return true;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private static boolean isDead(MaildirIo io, Path file) throws IOException {
        String[] holder = new String(io.read(file), UTF_8).strip().split(":", 2);
        return holder.length == 2
                && holder[0].matches("[0-9]{1,18}")
                && (holder[1].equals(Host.NAME) || holder[1].equals(Host.IN_DOT_LOCKS))
                && ProcessHandle.of(Long.parseLong(holder[0])).isEmpty();
    }

    private static boolean isForgotten(MaildirIo io, Kind kind, Instant touched) throws IOException {
        Instant limit = Instant.now().minus(kind.forgottenAfter());
        if (!touched.isBefore(limit)) return false;
        try {
            return io.attributes(kind.guarded()).lastModifiedTime().toInstant().isBefore(limit);
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    @Override
    public synchronized void keep() {
        try {
            if (!isOurs()) return;
            io.touch(file, FileTime.from(Instant.now()));
            touched = io.attributes(file).lastModifiedTime();
        } catch (IOException e) {
            log.warn("{}: the lock could not be kept fresh: {}", file, MaildirName.printable(e.toString()));
        }
    }

    private synchronized boolean isOurs() throws IOException {
        try {
            BasicFileAttributes now = io.attributes(file);
            return Optional.ofNullable(now.fileKey()).equals(key)
                    && now.lastModifiedTime().equals(touched);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Makes sure that nobody took the lock for abandoned.
     *
     * @throws StoreException {@link Reason#TEMPORARY TEMPORARY} if somebody did
     */
    void check() throws IOException {
        if (!isOurs()) throw new StoreException(Reason.TEMPORARY, file + ": the lock was broken");
    }

    @Override
    public void close() {
        heartbeat.remove(this);
        try {
            if (isOurs()) io.delete(file);
        } catch (IOException e) {
            LEFT_OVER.add(file);
            log.warn("{}: the lock could not be given back: {}", file, MaildirName.printable(e.toString()));
        }
    }
}
