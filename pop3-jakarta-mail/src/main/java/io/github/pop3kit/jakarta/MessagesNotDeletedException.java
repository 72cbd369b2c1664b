package io.github.pop3kit.jakarta;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import java.util.List;

/**
 * {@code Folder.close(true)} has not deleted what it should have, or nobody knows whether it has; the cause says why, and whether it
 * is known (see {@link io.github.pop3kit.client.CommitException#commit}). The folder is closed.
 */
public final class MessagesNotDeletedException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final transient List<Message> messages;

    MessagesNotDeletedException(String message, List<Message> messages, Exception cause) {
        super(message, cause);
        this.messages = List.copyOf(messages);
    }

    /** Those that are still on the server, or may be. Only their numbers, and what was fetched before, can be asked. */
    public List<Message> messages() {
        return messages;
    }
}
