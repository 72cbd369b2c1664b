package io.github.pop3kit.testkit;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import java.io.IOException;
import java.util.Optional;

/** Takes a step before whatever it does: a healthy store that can be made to fail. */
class SteppingStore extends StoreAround {

    final MailStoreContract.Step step;

    SteppingStore(MailStore inner, MailStoreContract.Step step) {
        super(inner);
        this.step = step;
    }

    @Override
    Maildrop opened(Account account) throws IOException {
        step.take();
        return super.opened(account);
    }

    @Override
    Maildrop around(Account account, Maildrop opened) throws IOException {
        return new Drop(opened) {
            @Override
            public MessageContent open(int number) throws IOException {
                step.take();
                return super.open(number);
            }

            @Override
            public void remove(int[] numbers) throws IOException {
                step.take();
                super.remove(numbers);
            }
        };
    }

    @Override
    public Optional<Delivery> delivery() {
        return super.delivery().map(delivery -> (envelope, message) -> {
            step.take();
            delivery.deliver(envelope, message);
        });
    }
}
