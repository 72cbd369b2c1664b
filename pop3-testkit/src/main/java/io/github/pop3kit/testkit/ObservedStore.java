package io.github.pop3kit.testkit;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A store whose sessions' successes are noted: what was retrieved, and what was removed. */
record ObservedStore(MailStore store, Ledger ledger) implements MailStore {

    @Override
    public Maildrop open(Account account) throws IOException {
        return new Observed(store.open(account), ledger);
    }

    private record Observed(Maildrop maildrop, Ledger ledger) implements Maildrop {

        @Override
        public int count() {
            return maildrop.count();
        }

        @Override
        public String uniqueId(int number) throws IOException {
            return maildrop.uniqueId(number);
        }

        @Override
        public MessageContent open(int number) throws IOException {
            return maildrop.open(number);
        }

        @Override
        public long octets(int number) throws IOException {
            return maildrop.octets(number);
        }

        @Override
        public Optional<Instant> received(int number) throws IOException {
            return maildrop.received(number);
        }

        @Override
        public void retrieved(int number) throws IOException {
            maildrop.retrieved(number);
            ledger.retrieved(maildrop.uniqueId(number));
        }

        @Override
        public void remove(int[] numbers) throws IOException {
            List<String> uniqueIds = new ArrayList<>();
            for (int number : numbers) uniqueIds.add(maildrop.uniqueId(number));
            maildrop.remove(numbers);
            ledger.deleted(uniqueIds);
        }

        @Override
        public void close() {
            maildrop.close();
        }
    }
}
