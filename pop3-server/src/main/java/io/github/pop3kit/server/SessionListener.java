package io.github.pop3kit.server;

import io.github.pop3kit.protocol.transcript.Transcript;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Told what happens in the sessions of a server, in each by the session's own thread: who takes long holds up that session. An
 * exception is logged and changes nothing.
 */
public interface SessionListener {

    /** A session begins; nothing was said yet. */
    default void opened(SessionInfo session) {}

    /**
     * Who gets what is said in a session that begins, line by line, as {@link Transcript#entry} prints it: secrets are starred and
     * messages left out. A line of the server's is handed over before it is sent.
     */
    default Optional<Consumer<String>> transcript(SessionInfo session) {
        return Optional.empty();
    }

    /** The maildrop is open and locked; the reply to the login was not sent yet. */
    default void loggedIn(SessionInfo session) {}

    /** The session is over: the lock is given back, the connection closed. */
    default void ended(SessionInfo session) {}
}
