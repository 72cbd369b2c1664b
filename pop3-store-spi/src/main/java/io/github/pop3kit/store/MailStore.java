package io.github.pop3kit.store;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;

/** Where maildrops live. One store serves every session of a server, from many threads at once. */
@FunctionalInterface
public interface MailStore extends AutoCloseable {

    /**
     * Opens a maildrop and takes its lock; {@link Maildrop#close()} gives it back.
     *
     * <p>Never waits long for the lock: the client expects its answer within a second. An account that has no mail yet has an
     * empty maildrop.
     *
     * @throws StoreException {@link StoreException.Reason#IN_USE IN_USE} while another session holds the maildrop, whichever thread
     *     asks; {@link StoreException.Reason#PERMANENT PERMANENT} if the store cannot have a maildrop for such a name: one that it
     *     could not keep apart from others is refused, and never led to the maildrop of another
     * @throws IOException if the maildrop cannot be read now; the client hears {@code [SYS/TEMP]}
     */
    Maildrop open(Account account) throws IOException;

    /** How mail gets into this store, if it can be put there through this interface. */
    default Optional<Delivery> delivery() {
        return Optional.empty();
    }

    /** The names of the accounts that have a maildrop here, if the store can tell. The caller closes the stream. */
    default Optional<Stream<String>> maildrops() throws IOException {
        return Optional.empty();
    }

    /** Gives back what the store itself holds. Maildrops still open are not waited for. */
    @Override
    default void close() throws IOException {}
}
