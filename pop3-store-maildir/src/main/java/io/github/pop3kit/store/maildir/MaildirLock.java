package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock that one session has on one maildir.
 *
 * <p>Within this process, the set {@link #HELD} says which maildirs are locked. Between processes, the file {@code pop3kit.lock} in
 * the maildir says who holds it; blank means nobody. The file is never removed, and open only for the moments in which it is read
 * or changed, under the operating system's lock on it: ten thousand sessions hold no descriptor.
 *
 * <p>A lock is given to the next who asks when its holder is dead (a process of the same host: at once) or has not touched the file
 * for 90 seconds ({@link Heartbeat} touches it every 30). A holder who comes back from a long pause finds out by {@link #check}.
 */
final class MaildirLock implements AutoCloseable {

    static final String FILE = "pop3kit.lock";

    private static final Logger log = LoggerFactory.getLogger(MaildirLock.class);

    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private static final Duration ABANDONED_AFTER = Duration.ofSeconds(90);
    private static final int TRIES = 50;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    private final MaildirIo io;
    private final Path maildir;
    private final boolean exists;
    private final Heartbeat heartbeat;
    private final String mine = Holder.here().toString();
    /** Held while the file is used: the heartbeat comes from a thread of its own. */
    private final ReentrantLock using = new ReentrantLock();

    private boolean open = true;

    private MaildirLock(MaildirIo io, Path maildir, boolean exists, Heartbeat heartbeat) {
        this.io = io;
        this.maildir = maildir;
        this.exists = exists;
        this.heartbeat = heartbeat;
    }

    /**
     * Takes the lock at once or not at all.
     *
     * @param maildir free of symbolic links, so that it is one and the same for all
     * @param exists without a maildir there is no file either, and the lock is good for this process alone
     */
    static MaildirLock take(MaildirIo io, Path maildir, boolean exists, Heartbeat heartbeat) throws IOException {
        if (!HELD.add(maildir)) throw new StoreException(Reason.IN_USE, maildir + " is in use by this process");
        MaildirLock lock = new MaildirLock(io, maildir, exists, heartbeat);
        try {
            if (exists) {
                lock.useFile(lock::takeFile);
                heartbeat.add(lock);
            }
            return lock;
        } catch (IOException | RuntimeException | Error e) {
            HELD.remove(maildir);
            throw e;
        }
    }

    private void takeFile(FileChannel file) throws IOException {
        String content = read(file);
        if (!content.isBlank() && !isAbandoned(content)) {
            throw new StoreException(Reason.IN_USE, maildir + " is in use by " + MaildirName.printable(content));
        }
        write(file, mine);
    }

    private boolean isAbandoned(String content) throws IOException {
        boolean dead = Holder.parse(content).map(Holder::isDead).orElse(false);
        Instant touched = io.attributes(file()).lastModifiedTime().toInstant();
        return dead || touched.isBefore(Instant.now().minus(ABANDONED_AFTER));
    }

    /**
     * Makes sure that the lock is still ours, and will be for another 90 seconds.
     *
     * @throws StoreException {@link Reason#LOCK_LOST LOCK_LOST} if it is not
     */
    void check() throws IOException {
        if (!exists) return;
        useFile(file -> {
            if (!read(file).equals(mine)) throw new StoreException(Reason.LOCK_LOST, maildir + ": the lock is lost");
            io.touch(file(), FileTime.from(Instant.now()));
        });
    }

    /** The heartbeat of one lock. */
    void keep() {
        using.lock();
        try {
            if (open) check();
        } catch (IOException | RuntimeException e) { // The other locks need the heartbeat all the same.
            log.warn("{}: the lock could not be kept fresh", maildir, e);
        } finally {
            using.unlock();
        }
    }

    @Override
    public void close() {
        using.lock();
        try {
            if (!open) return;
            open = false;
            heartbeat.remove(this);
            try {
                if (exists) useFile(this::giveBackFile);
            } finally {
                HELD.remove(maildir);
            }
        } catch (IOException e) {
            log.warn("{}: the lock could not be given back; it ends by itself", maildir, e);
        } finally {
            using.unlock();
        }
    }

    private void giveBackFile(FileChannel file) throws IOException {
        if (read(file).equals(mine)) write(file, "");
    }

    private Path file() {
        return maildir.resolve(FILE);
    }

    @FunctionalInterface
    private interface Use {
        void with(FileChannel file) throws IOException;
    }

    private void useFile(Use use) throws IOException {
        using.lock();
        // An interrupted thread cannot use a channel, but it has to give back its lock nevertheless.
        boolean interrupted = Thread.interrupted();
        try (FileChannel file = io.openOrCreate(file());
                FileLock alone = lock(file)) {
            use.with(file);
            assert alone.isValid();
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
            using.unlock();
        }
    }

    /** Others have the file for moments only. */
    private FileLock lock(FileChannel file) throws IOException {
        for (int tries = 0; tries < TRIES; tries++) {
            try {
                FileLock lock = file.tryLock();
                if (lock != null) return lock;
            } catch (OverlappingFileLockException e) {
                // Another class loader of this process has this class, too, and a HELD of its own.
            }
            LockSupport.parkNanos(PAUSE);
        }
        throw new StoreException(Reason.TEMPORARY, file() + " is locked by a process that does not let go of it");
    }

    private static String read(FileChannel file) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(Holder.LENGTH);
        while (content.hasRemaining() && file.read(content, content.position()) >= 0) {}
        return US_ASCII.decode(content.flip()).toString().strip();
    }

    /** Always the same length: so a lock changes hands on a full disk, too. */
    private static void write(FileChannel file, String holder) throws IOException {
        byte[] line = new byte[Holder.LENGTH];
        Arrays.fill(line, (byte) ' ');
        byte[] octets = holder.getBytes(US_ASCII);
        System.arraycopy(octets, 0, line, 0, octets.length);
        line[line.length - 1] = '\n';
        ByteBuffer content = ByteBuffer.wrap(line);
        while (content.hasRemaining()) file.write(content, content.position());
        if (file.size() > line.length) file.truncate(line.length);
    }

    /**
     * A session that holds a lock.
     *
     * @param start when the process started, for pids are used again
     * @param host where the pid means something
     * @param token no other session has it
     */
    private record Holder(long pid, String start, String host, String token) {

        static final int LENGTH = 512;

        static Holder here() {
            ProcessHandle process = ProcessHandle.current();
            String token = UUID.randomUUID().toString();
            return new Holder(process.pid(), start(process), Host.PIDS, token);
        }

        static Optional<Holder> parse(String content) {
            String[] words = content.split(" ", -1);
            return words.length == 4 && words[0].matches("[0-9]{1,18}")
                    ? Optional.of(new Holder(Long.parseLong(words[0]), words[1], words[2], words[3]))
                    : Optional.empty();
        }

        /** Only of processes of this host can this be known. */
        boolean isDead() {
            Optional<String> started = ProcessHandle.of(pid).map(Holder::start);
            return host.equals(Host.PIDS) && !started.equals(Optional.of(start));
        }

        /** In ticks since the host started, where Linux tells: the clock may be set in between, and they stay the same. */
        private static String start(ProcessHandle process) {
            try {
                String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
                return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19];
            } catch (IOException notLinux) {
                return process.info().startInstant().map(Instant::toString).orElse("unknown");
            }
        }

        @Override
        public String toString() {
            return pid + " " + start + " " + host + " " + token;
        }
    }
}
