package io.github.pop3kit.client;

import java.io.IOException;

/** Takes the headers of a batch, one by one, in the caller's thread. */
@FunctionalInterface
public interface HeadersSink {

    /**
     * Takes the header of a message.
     *
     * @throws IOException ends the batch and is passed on as it is
     */
    void accept(int number, MessageHeaders headers) throws IOException;
}
