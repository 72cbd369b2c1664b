package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import io.github.pop3kit.store.maildir.MaildirOptions.LockPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Mail in maildirs, side by side with Dovecot: unique-ids and octets are those of its {@code dovecot-uidlist}. An account without a
 * maildir has an empty maildrop, and only a delivery creates it. A removal is all or nothing, and durable when it returns. Safe for
 * use by many threads, and beside other processes that use the same maildirs.
 */
public final class MaildirStore implements MailStore {

    /** How long a session waits for the lock of another that only looks, or only removes. */
    private static final Duration BRIEFLY = Duration.ofMillis(700);

    private static final Duration AT_QUIT = Duration.ofSeconds(20);

    private final MaildirLocation location;
    private final MaildirOptions options;
    private final MaildirIo io;
    private final Heartbeat heartbeat = new Heartbeat();

    /** The maildir of each account is the directory below {@code root} that has its name. */
    public MaildirStore(Path root) {
        this(MaildirLocation.below(root), MaildirOptions.DEFAULTS, new MaildirIo());
    }

    MaildirStore(MaildirLocation location, MaildirOptions options, MaildirIo io) {
        this.location = location;
        this.options = options;
        this.io = io;
    }

    @Override
    public Maildrop open(Account account) throws IOException {
        location.check();
        Path maildir = location.of(account);
        try {
            return options.lock() == LockPolicy.SNAPSHOT ? openSnapshot(account, maildir) : open(account, maildir);
        } catch (IOException e) {
            throw MaildirIo.refusal("the maildir cannot be opened", maildir, e);
        }
    }

    private Maildrop open(Account account, Path maildir) throws IOException {
        MaildirLock lock = MaildirLock.take(io, maildir, account, options, heartbeat);
        try {
            // A maildir that is created just now is for the next session: this one has no lock against other processes.
            if (!lock.exists()) return drop(account, maildir, Snapshot.empty(), lock);
            lock.takeDovecots(indexOf(account, maildir));
            return drop(account, maildir, look(account, maildir), lock);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** Without a lock that lasts: others may do the same at the same time. */
    private Maildrop openSnapshot(Account account, Path maildir) throws IOException {
        Snapshot[] seen = {Snapshot.empty()};
        briefly(account, maildir, BRIEFLY, lock -> {
            if (lock.exists()) seen[0] = look(account, maildir);
        });
        return drop(account, maildir, seen[0], new MaildirDrop.Hold() {
            private volatile boolean closed;

            @Override
            public void during(Change change) throws IOException {
                if (closed) throw new StoreException(Reason.LOCK_LOST, maildir + ": the session has ended");
                briefly(account, maildir, AT_QUIT, lock -> lock.during(change));
            }

            @Override
            public void close() {
                closed = true;
            }
        });
    }

    @FunctionalInterface
    private interface WithLock {
        void use(MaildirLock lock) throws IOException;
    }

    private void briefly(Account account, Path maildir, Duration patience, WithLock use) throws IOException {
        try (MaildirLock lock = MaildirLock.await(io, maildir, account, options, heartbeat, patience)) {
            use.use(lock);
        }
    }

    private Snapshot look(Account account, Path maildir) throws IOException {
        MaildirFolders folders = new MaildirFolders(io, maildir);
        new RemovalIntent(io, maildir).finish(folders, quotaOf(account, maildir));
        return syncOf(account, maildir).snapshot();
    }

    private MaildirDrop drop(Account account, Path maildir, Snapshot snapshot, MaildirDrop.Hold hold)
            throws IOException {
        MaildirSync sync = syncOf(account, maildir);
        return new MaildirDrop(io, maildir, snapshot, options.uniqueIds(), sync, quotaOf(account, maildir), hold);
    }

    private MaildirSync syncOf(Account account, Path maildir) throws IOException {
        Path control = controlOf(account, maildir);
        return new MaildirSync(io, maildir, control, indexOf(account, maildir), options, heartbeat);
    }

    private MaildirSize quotaOf(Account account, Path maildir) throws IOException {
        return new MaildirSize(io, maildir, controlOf(account, maildir));
    }

    private Path controlOf(Account account, Path maildir) throws IOException {
        return options.control().isEmpty() ? maildir : options.control().get().of(account);
    }

    private Path indexOf(Account account, Path maildir) throws IOException {
        return options.index().isEmpty() ? maildir : options.index().get().of(account);
    }

    @Override
    public Optional<Delivery> delivery() {
        return Optional.of((envelope, message) -> {
            location.check();
            Path maildir = location.of(envelope.to());
            new MaildirDelivery(io, maildir, quotaOf(envelope.to(), maildir), syncOf(envelope.to(), maildir))
                    .deliver(envelope, message);
        });
    }

    /**
     * Ends the thread that keeps the locks of open maildrops fresh. They stay locked against other processes for another 90
     * seconds at least.
     */
    @Override
    public void close() {
        heartbeat.close();
    }
}
