package io.github.pop3kit.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStoreContract;
import io.github.pop3kit.store.Maildrop;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryMailStoreTest implements MailStoreContract {

    @Override
    public MailStore newStore() {
        return new MemoryMailStore();
    }

    @Test
    void a_message_may_be_given_as_text() throws Exception {
        MemoryMailStore store = new MemoryMailStore();
        store.deliver("mrose", "Grüße\r\n");
        try (Maildrop maildrop = store.open(Account.of("mrose"))) {
            assertEquals(9, maildrop.octets(1));
        }
        assertEquals(List.of("mrose"), store.maildrops().orElseThrow().toList());
    }
}
