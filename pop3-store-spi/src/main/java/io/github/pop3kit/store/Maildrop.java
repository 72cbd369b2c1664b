package io.github.pop3kit.store;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * One maildrop as it stood when its lock was taken: the numbers 1 to {@link #count()}, unique-ids and octets do not change while
 * it is open, and mail that arrives meanwhile belongs to the next session. Used by one thread at a time.
 *
 * <p>A number outside 1 to {@code count()} is a defect of the caller; what happens then is undefined.
 */
public interface Maildrop extends AutoCloseable {

    /** How many messages there are. */
    int count();

    /**
     * The message's unique-id (RFC 1939 section 7): 1 to 70 characters from 0x21 to 0x7E, the same in every session, and never
     * given to another message of this maildrop.
     */
    String uniqueId(int number) throws IOException;

    /** Whether this can be a unique-id: 1 to 70 characters from 0x21 to 0x7E. */
    static boolean isUniqueId(String id) {
        if (id.isEmpty() || id.length() > 70) return false;
        for (int i = 0; i < id.length(); i++) { // Each line of UIDL passes here: no stream.
            if (id.charAt(i) < 0x21 || id.charAt(i) > 0x7E) return false;
        }
        return true;
    }

    /**
     * The message as it is stored. The caller closes the content, and reads it before it uses the maildrop again.
     *
     * @throws StoreException {@link StoreException.Reason#GONE GONE} if somebody else removed the message
     */
    MessageContent open(int number) throws IOException;

    /**
     * The message's size in octets with every line ended by CRLF, the last one included, before dot-stuffing (RFC 1939
     * section 11). This default reads the whole message; a store that knows better overrides it.
     */
    default long octets(int number) throws IOException {
        try (MessageContent content = open(number)) {
            return content.octets();
        }
    }

    /** When the message arrived, if the store knows. */
    default Optional<Instant> received(int number) throws IOException {
        return Optional.empty();
    }

    /** Tells the store that the whole message went to the client by RETR (not by TOP). */
    default void retrieved(int number) throws IOException {}

    /**
     * Removes these messages and nothing else: the UPDATE state. After a normal return they are gone for good; a message that
     * somebody else removed already counts as removed.
     *
     * <p>All or none: when it throws, either all of them are still there or all are gone, in every later session, too. A store that
     * can only remove one after the other says so where it is described.
     *
     * @param numbers ascending, each once
     * @throws IOException if a message could not be removed; the client hears {@code -ERR} at QUIT. After {@link #close()} always
     */
    void remove(int[] numbers) throws IOException;

    /**
     * Gives the lock back. Removes nothing; a second call does nothing. Any thread may be the one that closes. Whatever is asked
     * afterwards is answered as before or not at all.
     */
    @Override
    void close();
}
