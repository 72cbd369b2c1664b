package io.github.pop3kit.store.memory;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Maildrops in memory, for tests and as the model of a store. Safe for use by many threads. */
public final class MemoryMailStore implements MailStore {

    private final Map<String, Box> boxes = new ConcurrentHashMap<>();

    /** An empty store. */
    public MemoryMailStore() {}

    @Override
    public Maildrop open(Account account) throws IOException {
        return box(account.name()).lock();
    }

    @Override
    public Optional<Delivery> delivery() {
        return Optional.of(this::deliver);
    }

    @Override
    public Optional<Stream<String>> maildrops() {
        return Optional.of(boxes.keySet().stream());
    }

    /** Puts a message, given as text, into an account's maildrop. */
    public void deliver(String name, String message) {
        deliver(name, message.getBytes(StandardCharsets.UTF_8));
    }

    /** Puts a message into an account's maildrop. The array is not copied. */
    public void deliver(String name, byte[] message) {
        box(name).add(message, Optional.empty(), Instant.now());
    }

    /** The maildrop as it stands, held by a session or not: takes no lock, and can remove nothing. */
    public Maildrop peek(String name) {
        return box(name).look(false);
    }

    private void deliver(Envelope envelope, InputStream message) throws IOException {
        byte[] octets = message.readAllBytes();
        Optional<String> wanted = envelope.uniqueId();
        if (!box(envelope.to().name()).add(octets, wanted, envelope.received().orElseGet(Instant::now))) {
            throw new StoreException(Reason.PERMANENT, "the unique-id asked for was given already, or is not one");
        }
    }

    private Box box(String name) {
        return boxes.computeIfAbsent(name, any -> new Box());
    }

    private static final class Stored {
        private final String uniqueId;
        private final byte[] octets;
        private final Instant received;

        Stored(String uniqueId, byte[] octets, Instant received) {
            this.uniqueId = uniqueId;
            this.octets = octets;
            this.received = received;
        }
    }

    /** All mail of one account, and who holds it. */
    private static final class Box {
        private final List<Stored> messages = new ArrayList<>();
        private final Set<String> given = new HashSet<>();
        private final AtomicBoolean locked = new AtomicBoolean();
        private long next = 1;

        synchronized boolean add(byte[] octets, Optional<String> wanted, Instant received) {
            String uniqueId = wanted.orElseGet(this::unusedId);
            if (!Maildrop.isUniqueId(uniqueId) || !given.add(uniqueId)) return false;
            messages.add(new Stored(uniqueId, octets, received));
            return true;
        }

        private String unusedId() {
            String id;
            do {
                id = Long.toString(next++);
            } while (given.contains(id));
            return id;
        }

        Maildrop lock() throws StoreException {
            if (!locked.compareAndSet(false, true)) throw new StoreException(Reason.IN_USE, "another session holds it");
            return look(true);
        }

        synchronized Maildrop look(boolean holdsLock) {
            return new Snapshot(this, List.copyOf(messages), holdsLock);
        }

        synchronized void remove(Set<String> uniqueIds) {
            messages.removeIf(message -> uniqueIds.contains(message.uniqueId));
        }
    }

    private static final class Snapshot implements Maildrop {
        private final Box box;
        private final List<Stored> messages;
        private final AtomicBoolean holdsLock;

        Snapshot(Box box, List<Stored> messages, boolean holdsLock) {
            this.box = box;
            this.messages = messages;
            this.holdsLock = new AtomicBoolean(holdsLock);
        }

        @Override
        public int count() {
            return messages.size();
        }

        @Override
        public String uniqueId(int number) {
            return message(number).uniqueId;
        }

        @Override
        public MessageContent open(int number) {
            return MessageContent.of(message(number).octets);
        }

        @Override
        public Optional<Instant> received(int number) {
            return Optional.of(message(number).received);
        }

        @Override
        public void remove(int[] numbers) throws StoreException {
            if (!holdsLock.get()) throw new StoreException(Reason.LOCK_LOST, "the maildrop is not held any more");
            Set<String> uniqueIds = new HashSet<>();
            for (int number : numbers) uniqueIds.add(message(number).uniqueId);
            box.remove(uniqueIds);
        }

        @Override
        public void close() {
            if (holdsLock.compareAndSet(true, false)) box.locked.set(false);
        }

        private Stored message(int number) {
            return messages.get(number - 1);
        }
    }
}
