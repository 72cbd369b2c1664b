package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
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
 * <p>Within this process, the map {@link #HELD} says which maildirs are locked. Between processes, the file {@code pop3kit.lock} in
 * the maildir says who holds it; blank means nobody. The file is never removed, and open only for the moments in which it is read
 * or changed, under the operating system's lock on it: ten thousand sessions hold no descriptor.
 *
 * <p>A lock is given to the next who asks when its holder is dead (a process of the same host: at once) or has not touched the file
 * for 90 seconds ({@link Heartbeat} touches it every 10). A holder who comes back from a long pause finds out before it changes anything, by {@link #during}.
 */
final class MaildirLock implements MaildirDrop.Hold, Heartbeat.Kept {

    static final String FILE = "pop3kit.lock";

    private static final Logger log = LoggerFactory.getLogger(MaildirLock.class);

    private static final Map<Path, MaildirLock> HELD = new ConcurrentHashMap<>();
    /** What stands in files that could not be given back, though their sessions have ended. */
    private static final Set<String> LEFT_OVER = ConcurrentHashMap.newKeySet();

    private static final Duration ABANDONED_AFTER = Duration.ofSeconds(90);
    private static final int TRIES = 50;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    private final MaildirIo io;
    private final Path maildir;
    private final Heartbeat heartbeat;
    private final Holder mine;
    private final boolean takesOver;
    private final boolean takesDovecots;
    /** Held while the file is used: the heartbeat comes from a thread of its own. */
    private final ReentrantLock using = new ReentrantLock();

    private boolean exists;
    private boolean open = true;
    private volatile boolean lost;
    private Optional<DotLock> dovecots = Optional.empty();

    private MaildirLock(MaildirIo io, Path maildir, Account account, MaildirOptions options, Heartbeat heartbeat) {
        this.io = io;
        this.maildir = maildir;
        this.heartbeat = heartbeat;
        this.mine = Holder.here(account.peer().map(InetAddress::getHostAddress).orElse(Holder.NOWHERE));
        this.takesOver = options.lock() == MaildirOptions.LockPolicy.TAKEOVER;
        this.takesDovecots = options.sessionLock();
    }

    /**
     * Takes the lock at once or not at all.
     *
     * @param maildir free of symbolic links, so that it is one and the same for all
     */
    static MaildirLock take(MaildirIo io, Path maildir, Account account, MaildirOptions options, Heartbeat heartbeat)
            throws IOException {
        MaildirLock lock = new MaildirLock(io, maildir, account, options, heartbeat);
        MaildirLock other = HELD.putIfAbsent(maildir, lock);
        if (other != null && !(lock.mayReplace(other.mine) && other.letGo() && HELD.replace(maildir, other, lock))) {
            throw new StoreException(Reason.IN_USE, maildir + " is in use by this process");
        }
        try {
            lock.exists = lock.takeFile();
            if (lock.exists) heartbeat.add(lock);
            return lock;
        } catch (IOException | RuntimeException | Error e) {
            HELD.remove(maildir, lock);
            throw e;
        }
    }

    /** Takes the lock, and waits for others for a while. */
    static MaildirLock await(
            MaildirIo io, Path maildir, Account account, MaildirOptions options, Heartbeat heartbeat, Duration patience)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return take(io, maildir, account, options, heartbeat);
            } catch (StoreException e) {
                if (e.reason() != Reason.IN_USE || System.nanoTime() > deadline) throw e;
                LockSupport.parkNanos(PAUSE);
            }
        }
    }

    /** Takes Dovecot's lock of a session, if that is wanted; it is given back with this one. */
    void takeDovecots(Path index) throws IOException {
        if (!takesDovecots) return;
        DotLock.Kind kind = DotLock.Kind.ofSession(index);
        dovecots = DotLock.take(io, kind, Duration.ofMillis(500), heartbeat);
        if (dovecots.isEmpty()) throw new StoreException(Reason.IN_USE, kind.file() + " is held by Dovecot");
    }

    /** Whether there is a maildir. Without one there is no file either, and the lock is good for this process alone. */
    boolean exists() {
        return exists;
    }

    private boolean mayReplace(Holder other) {
        return takesOver && !mine.peer().equals(Holder.NOWHERE) && mine.peer().equals(other.peer());
    }

    /** Gives up for a session that comes after this one from the same place; not while messages are removed. */
    private boolean letGo() {
        try {
            if (!using.tryLock(500, TimeUnit.MILLISECONDS)) return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            lost = true;
            heartbeat.remove(this);
            dovecots.ifPresent(DotLock::close);
            return true;
        } finally {
            using.unlock();
        }
    }

    /** Returns whether there is a maildir to have it in. */
    private boolean takeFile() throws IOException {
        try {
            useFile(this::takeFile);
            return true;
        } catch (NoSuchFileException none) {
            if (!new MaildirFolders(io, maildir).exist()) return false;
            try {
                io.create(file()).close();
            } catch (FileAlreadyExistsException e) {
                // Another process was faster.
            }
            useFile(this::takeFile);
            return true;
        } catch (StoreException e) {
            // Its holder is removing messages.
            throw e.reason() == Reason.TEMPORARY ? new StoreException(Reason.IN_USE, maildir + " is in use", e) : e;
        }
    }

    private void takeFile(FileChannel file) throws IOException {
        String content = read(file);
        if (!content.isBlank() && !isAbandoned(content)) {
            boolean replaced = Holder.parse(content).map(this::mayReplace).orElse(false);
            if (!replaced) {
                throw new StoreException(Reason.IN_USE, maildir + " is in use by " + MaildirName.printable(content));
            }
            log.info("{}: taken over from the session before, from the same address", maildir);
        }
        write(file, mine.toString());
    }

    private boolean isAbandoned(String content) throws IOException {
        boolean dead = LEFT_OVER.remove(content)
                || Holder.parse(content).map(Holder::isDead).orElse(false);
        Instant touched = io.attributes(file()).lastModifiedTime().toInstant();
        return dead || touched.isBefore(Instant.now().minus(ABANDONED_AFTER));
    }

    /**
     * Makes sure that the lock is still ours, and does this while nobody can take it over.
     *
     * @throws StoreException {@link Reason#LOCK_LOST LOCK_LOST} if it is not
     */
    @Override
    public void during(Change change) throws IOException {
        using.lock();
        try {
            if (!open || lost) throw new StoreException(Reason.LOCK_LOST, maildir + ": the lock is lost");
            if (!exists) return; // No maildir, no messages, nothing to change.
            useFile(file -> {
                checkFile(file);
                change.make();
            });
        } finally {
            using.unlock();
        }
    }

    private void checkFile(FileChannel file) throws IOException {
        if (!read(file).equals(mine.toString())) {
            lost = true;
            throw new StoreException(Reason.LOCK_LOST, maildir + ": the lock is lost");
        }
        // Its time would be set through another descriptor, and to close that would end the operating system's lock on
        // the file.
        write(file, mine.toString());
    }

    /** Shows other hosts that the lock is held; the one who is just using the file shows it by that. */
    @Override
    public void keep() {
        if (!using.tryLock()) return;
        try {
            if (open && !lost) useFile(this::checkFile);
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
                if (exists && !lost) useFile(this::giveBackFile);
            } finally {
                if (!lost) dovecots.ifPresent(DotLock::close);
                HELD.remove(maildir, this);
            }
        } catch (IOException e) {
            LEFT_OVER.add(mine.toString());
            log.warn("{}: the lock could not be given back; who asks next has it", maildir, e);
        } finally {
            using.unlock();
        }
    }

    private void giveBackFile(FileChannel file) throws IOException {
        if (read(file).equals(mine.toString())) write(file, "");
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
        try (FileChannel file = io.openToChange(file());
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
    private void write(FileChannel file, String holder) throws IOException {
        byte[] line = new byte[Holder.LENGTH];
        Arrays.fill(line, (byte) ' ');
        byte[] octets = holder.getBytes(US_ASCII);
        System.arraycopy(octets, 0, line, 0, octets.length);
        line[line.length - 1] = '\n';
        io.write(file.position(0), ByteBuffer.wrap(line));
        if (file.size() > line.length) file.truncate(line.length);
    }

    /**
     * A session that holds a lock.
     *
     * @param start when the process started, for pids are used again
     * @param host where the pid means something
     * @param token no other session has it
     * @param peer the client's address
     */
    private record Holder(long pid, String start, String host, String token, String peer) {

        static final int LENGTH = 512;
        static final String NOWHERE = "-";

        /** Asked for once: it costs the kernel as much as all else that a lock needs. */
        private static final String OWN_START = start(ProcessHandle.current());

        static Holder here(String peer) {
            String token = UUID.randomUUID().toString();
            return new Holder(ProcessHandle.current().pid(), OWN_START, Host.PIDS, token, peer);
        }

        static Optional<Holder> parse(String content) {
            String[] words = content.split(" ", -1);
            return words.length == 5 && words[0].matches("[0-9]{1,18}")
                    ? Optional.of(new Holder(Long.parseLong(words[0]), words[1], words[2], words[3], words[4]))
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
            return pid + " " + start + " " + host + " " + token + " " + peer;
        }
    }
}
