package io.github.pop3kit.testkit;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** A store that does what another does, unless overridden. */
class StoreAround implements MailStore {

    final MailStore inner;

    StoreAround(MailStore inner) {
        this.inner = inner;
    }

    @Override
    public final Maildrop open(Account account) throws IOException {
        return around(account, opened(account));
    }

    Maildrop opened(Account account) throws IOException {
        return inner.open(account);
    }

    Maildrop around(Account account, Maildrop opened) throws IOException {
        return opened;
    }

    @Override
    public Optional<Delivery> delivery() {
        return inner.delivery();
    }

    @Override
    public Optional<Stream<String>> maildrops() throws IOException {
        return inner.maildrops();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }

    /** A maildrop that does what another does, unless overridden. */
    static class Drop implements Maildrop {

        final Maildrop inner;

        Drop(Maildrop inner) {
            this.inner = inner;
        }

        @Override
        public int count() {
            return inner.count();
        }

        @Override
        public String uniqueId(int number) throws IOException {
            return inner.uniqueId(number);
        }

        @Override
        public MessageContent open(int number) throws IOException {
            return inner.open(number);
        }

        @Override
        public long octets(int number) throws IOException {
            return inner.octets(number);
        }

        @Override
        public Optional<Instant> received(int number) throws IOException {
            return inner.received(number);
        }

        @Override
        public void retrieved(int number) throws IOException {
            inner.retrieved(number);
        }

        @Override
        public void remove(int[] numbers) throws IOException {
            inner.remove(numbers);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
