package io.github.pop3kit.testkit;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.testkit.Faults.Happening;
import io.github.pop3kit.testkit.StoreOccasion.Trouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Any store, with the faults that were asked for by {@link Faults#onStore}. A server started by the test kit has one already; this
 * is for servers of one's own.
 */
public final class FaultyStore implements MailStore {

    private final MailStore store;
    private final Faults faults;

    /** The store behind its faults. */
    public FaultyStore(MailStore store, Faults faults) {
        this.store = store;
        this.faults = faults;
    }

    @Override
    public Maildrop open(Account account) throws IOException {
        trouble(StoreCall.OPEN, account.name(), 0);
        return new FaultyMaildrop(account.name(), store.open(account));
    }

    @Override
    public Optional<Delivery> delivery() {
        return store.delivery().map(delivery -> (envelope, message) -> {
            trouble(StoreCall.DELIVER, envelope.to().name(), 0);
            delivery.deliver(envelope, message);
        });
    }

    @Override
    public Optional<Stream<String>> maildrops() throws IOException {
        return store.maildrops();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    /** Lets happen what is to happen; returns how many octets of the content can be read. */
    private long trouble(StoreCall call, String account, int message) throws IOException {
        long readable = Long.MAX_VALUE;
        for (Happening<Trouble> some : faults.storeFaults(Moment.of(call, account, message))) {
            readable = Math.min(readable, some.fault().trouble(some.random()));
        }
        return readable;
    }

    private final class FaultyMaildrop implements Maildrop {
        private final String account;
        private final Maildrop maildrop;

        FaultyMaildrop(String account, Maildrop maildrop) {
            this.account = account;
            this.maildrop = maildrop;
        }

        @Override
        public int count() {
            return maildrop.count();
        }

        @Override
        public String uniqueId(int number) throws IOException {
            trouble(StoreCall.UNIQUE_ID, account, number);
            return maildrop.uniqueId(number);
        }

        @Override
        public MessageContent open(int number) throws IOException {
            long readable = trouble(StoreCall.CONTENT, account, number);
            MessageContent content = maildrop.open(number);
            if (readable == Long.MAX_VALUE) return content;
            return new MessageContent(new BrokenChannel(content.channel(), readable), content.verbatim());
        }

        @Override
        public long octets(int number) throws IOException {
            trouble(StoreCall.OCTETS, account, number);
            return maildrop.octets(number);
        }

        @Override
        public Optional<Instant> received(int number) throws IOException {
            return maildrop.received(number);
        }

        @Override
        public void retrieved(int number) throws IOException {
            trouble(StoreCall.RETRIEVED, account, number);
            maildrop.retrieved(number);
        }

        @Override
        public void remove(int[] numbers) throws IOException {
            trouble(StoreCall.REMOVE, account, 0);
            maildrop.remove(numbers);
        }

        @Override
        public void close() {
            maildrop.close();
        }
    }

    /** A channel that fails when it has given so many octets. */
    private static final class BrokenChannel implements ReadableByteChannel {
        private final ReadableByteChannel channel;
        private long left;

        BrokenChannel(ReadableByteChannel channel, long left) {
            this.channel = channel;
            this.left = left;
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            if (left == 0) throw new IOException("broken off for a test");
            int limit = buffer.limit();
            buffer.limit((int) Math.min(limit, buffer.position() + left));
            try {
                int read = channel.read(buffer);
                if (read < 0) throw new IOException("broken off for a test");
                left -= read;
                return read;
            } finally {
                buffer.limit(limit);
            }
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
