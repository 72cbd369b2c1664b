package io.github.pop3kit.client;

import java.util.Optional;
import java.util.function.Consumer;

/** Is told what happens in a client's sessions, in the thread of the session. Its own troubles are logged and nothing else. */
public interface ClientListener {

    /**
     * A connection has been made.
     *
     * @param server {@code host:port}
     * @return who reads the lines of its transcript, secrets starred, messages left out
     */
    default Optional<Consumer<String>> transcript(String server) {
        return Optional.empty();
    }

    /** A server departs from the RFCs; told once for each kind and session. */
    default void deviated(String server, Deviation deviation) {}
}
