package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Mail in maildirs. An account without a maildir has an empty maildrop, and only a delivery creates it. Safe for use by many
 * threads, and beside other processes that use the same maildirs.
 */
public final class MaildirStore implements MailStore {

    private final MaildirLocation location;
    private final MaildirIo io;
    private final Heartbeat heartbeat = new Heartbeat();

    /** The maildir of each account is the directory below {@code root} that has its name. */
    public MaildirStore(Path root) {
        this(MaildirLocation.below(root), new MaildirIo());
    }

    MaildirStore(MaildirLocation location, MaildirIo io) {
        this.location = location;
        this.io = io;
    }

    @Override
    public Maildrop open(Account account) throws IOException {
        location.check();
        Path maildir = location.of(account);
        try {
            return open(maildir);
        } catch (IOException e) {
            throw MaildirIo.refusal("the maildir cannot be opened", maildir, e);
        }
    }

    private Maildrop open(Path maildir) throws IOException {
        boolean exists = MaildirPlaces.exist(io, maildir);
        MaildirLock lock = MaildirLock.take(io, maildir, exists, heartbeat);
        try {
            // A maildir that is created just now is for the next session: this one has no lock against other processes.
            MaildirPlaces places = exists ? MaildirPlaces.find(io, maildir) : MaildirPlaces.none(io, maildir);
            return MaildirDrop.open(io, places, lock);
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public Optional<Delivery> delivery() {
        return Optional.of(new MaildirDelivery(location, io));
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
