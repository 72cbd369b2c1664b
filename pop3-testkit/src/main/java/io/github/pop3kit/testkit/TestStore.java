package io.github.pop3kit.testkit;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/** A test server's store and what the test itself does in it; mail that has expired is removed before anybody sees it. */
final class TestStore implements MailStore {

    private final Optional<MailStore> given;
    private final TestClock clock;
    private final int expireDays;

    /** Held while a maildrop is opened, and by the test while it looks into one: it never makes a session find it in use. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Set<String> uniqueIds = new HashSet<>();
    private int next = 1;
    private volatile MailStore store;

    /**
     * A store for tests.
     *
     * @param given where the mail is; where absent, in memory
     * @param expireDays after how many days mail is removed; negative for never
     */
    TestStore(Optional<MailStore> given, TestClock clock, int expireDays) {
        this.given = given;
        this.store = given.orElseGet(MemoryMailStore::new);
        this.clock = clock;
        this.expireDays = expireDays;
    }

    @Override
    public Maildrop open(Account account) throws IOException {
        lock.lock();
        try {
            Maildrop maildrop = store.open(account);
            int[] expired;
            try {
                expired = expired(maildrop);
                if (expired.length > 0) maildrop.remove(expired);
            } catch (IOException | RuntimeException e) {
                maildrop.close();
                throw e;
            }
            if (expired.length == 0) return maildrop;
            maildrop.close();
            return store.open(account);
        } finally {
            lock.unlock();
        }
    }

    private int[] expired(Maildrop maildrop) throws IOException {
        if (expireDays < 0) return new int[0];
        Instant oldest = clock.now().minus(Duration.ofDays(expireDays));
        List<Integer> expired = new ArrayList<>();
        for (int number = 1; number <= maildrop.count(); number++) {
            if (maildrop.received(number).filter(oldest::isAfter).isPresent()) expired.add(number);
        }
        return expired.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public Optional<Delivery> delivery() {
        return store.delivery();
    }

    // ---- what the test does

    /** Delivers a message with a unique-id that no other message of this server has; returns it. */
    String deliver(String user, byte[] message) {
        lock.lock();
        try {
            String uniqueId;
            do {
                uniqueId = Integer.toString(next++);
            } while (!uniqueIds.add(uniqueId));
            try {
                deliver(user, Optional.of(uniqueId), Optional.empty(), message);
                return uniqueId;
            } catch (StoreException e) {
                if (e.reason() != Reason.PERMANENT) throw e;
                return deliverAsTheStoreLikes(user, message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    private String deliverAsTheStoreLikes(String user, byte[] message) throws IOException {
        List<String> before = uniqueIds(user);
        deliver(user, Optional.empty(), Optional.empty(), message);
        List<String> after = new ArrayList<>(uniqueIds(user));
        after.removeAll(before);
        return after.get(after.size() - 1);
    }

    /** Delivers a message with this unique-id, as if it had come at that time. */
    void deliver(String user, String uniqueId, Instant received, byte[] message) {
        lock.lock();
        try {
            uniqueIds.add(uniqueId);
            deliver(user, Optional.of(uniqueId), Optional.of(received), message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    private void deliver(String user, Optional<String> uniqueId, Optional<Instant> received, byte[] message)
            throws IOException {
        Delivery delivery = store.delivery()
                .orElseThrow(() -> new UnsupportedOperationException(store + " takes no mail through this interface"));
        Envelope envelope =
                new Envelope(Account.of(user), Optional.of(received.orElseGet(clock::now)), uniqueId, Optional.empty());
        delivery.deliver(envelope, new ByteArrayInputStream(message));
    }

    List<String> uniqueIds(String user) {
        return look(user, maildrop -> {
            List<String> all = new ArrayList<>();
            for (int number = 1; number <= maildrop.count(); number++) all.add(maildrop.uniqueId(number));
            return all;
        });
    }

    List<byte[]> messages(String user) {
        return look(user, maildrop -> {
            List<byte[]> all = new ArrayList<>();
            for (int number = 1; number <= maildrop.count(); number++) all.add(octets(maildrop, number));
            return all;
        });
    }

    byte[] content(String user, String uniqueId) {
        return look(user, maildrop -> octets(maildrop, number(maildrop, uniqueId)));
    }

    long octets(String user, String uniqueId) {
        return look(user, maildrop -> maildrop.octets(number(maildrop, uniqueId)));
    }

    private static int number(Maildrop maildrop, String uniqueId) throws IOException {
        for (int number = 1; number <= maildrop.count(); number++) {
            if (maildrop.uniqueId(number).equals(uniqueId)) return number;
        }
        throw new NoSuchElementException("the maildrop has no message " + uniqueId);
    }

    private static byte[] octets(Maildrop maildrop, int number) throws IOException {
        try (MessageContent content = maildrop.open(number);
                InputStream octets = Channels.newInputStream(content.channel())) {
            return octets.readAllBytes();
        }
    }

    /** Removes all mail of these users, whose sessions are over. */
    void reset(Iterable<String> users) {
        if (given.isPresent()) {
            for (String user : users)
                removeAll(user); // Which unique-ids such a store remembers is not known: none comes again.
            return;
        }
        lock.lock();
        try {
            store = new MemoryMailStore();
            uniqueIds.clear();
            next = 1;
        } finally {
            lock.unlock();
        }
    }

    private void removeAll(String user) {
        look(user, maildrop -> {
            int[] all = IntStream.rangeClosed(1, maildrop.count()).toArray();
            if (all.length > 0) maildrop.remove(all);
            return all.length;
        });
    }

    /** Removes what has expired, where no session is open. */
    void expire(Iterable<String> users) {
        if (expireDays < 0) return;
        for (String user : users) {
            try {
                open(Account.of(user)).close();
            } catch (StoreException e) {
                // In use: what has expired goes before the maildrop is opened the next time.
                if (e.reason() != Reason.IN_USE) throw new UncheckedIOException(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What is done with a maildrop. */
    private interface Look<T> {
        T at(Maildrop maildrop) throws IOException;
    }

    private <T> T look(String user, Look<T> look) {
        lock.lock();
        try (Maildrop maildrop = openToLook(user)) {
            return look.at(maildrop);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    private Maildrop openToLook(String user) throws IOException {
        try {
            return open(Account.of(user));
        } catch (StoreException e) {
            if (e.reason() != Reason.IN_USE) throw e;
            if (store instanceof MemoryMailStore memory) return memory.peek(user);
            throw new IllegalStateException(
                    "a session holds the maildrop of " + user + ", and only a store in memory can be looked into then;"
                            + " awaitSessionEnd() comes first",
                    e);
        }
    }
}
