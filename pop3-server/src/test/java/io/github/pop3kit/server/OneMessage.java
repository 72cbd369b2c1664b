package io.github.pop3kit.server;

import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import java.io.IOException;

/** A maildrop with one message, and a removal that the test decides about. */
record OneMessage(Removal removal) implements Maildrop {

    interface Removal {
        void run() throws IOException;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public String uniqueId(int number) {
        return "1";
    }

    @Override
    public MessageContent open(int number) {
        return MessageContent.of("1\r\n");
    }

    @Override
    public void remove(int[] numbers) throws IOException {
        removal.run();
    }

    @Override
    public void close() {}
}
