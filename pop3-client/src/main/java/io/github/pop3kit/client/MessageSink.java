package io.github.pop3kit.client;

import java.io.IOException;

/**
 * Takes the messages of a batch, one by one, in the caller's thread. Meanwhile the maildrop cannot be asked anything: what is to be
 * deleted is deleted behind the batch, see {@link BatchResult#done}.
 */
@FunctionalInterface
public interface MessageSink {

    /**
     * Takes a message. Closing the stream is not necessary. What the sink leaves unread is read and thrown away, as
     * {@link MessageStream#close} does it: if that is too much, the session and the batch end.
     *
     * @throws IOException ends the batch and is passed on as it is: no further message is asked for. To skip one message and go on,
     *     catch it within.
     */
    void accept(int number, MessageStream message) throws IOException;
}
