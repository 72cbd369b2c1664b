package io.github.pop3kit.store;

import java.io.IOException;
import java.io.InputStream;

/** Puts mail into a store. Safe for use by many threads. */
@FunctionalInterface
public interface Delivery {

    /**
     * Stores one message: whole and durable when the call returns, absent when it throws. A session that is open already does not
     * see it.
     *
     * @param message the octets, line ends as they are; read to its end, closed by the caller. A store may end its lines with CRLF
     *     before it keeps them, and changes nothing else
     * @throws StoreException {@link StoreException.Reason#OVER_QUOTA OVER_QUOTA} or
     *     {@link StoreException.Reason#TOO_LARGE TOO_LARGE} where the store has such limits,
     *     {@link StoreException.Reason#PERMANENT PERMANENT} if it cannot keep the envelope's unique-id
     */
    void deliver(Envelope envelope, InputStream message) throws IOException;
}
