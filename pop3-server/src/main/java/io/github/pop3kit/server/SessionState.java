package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.Commands;
import java.io.IOException;

/** The states of RFC 1939 section 3. Each holds what only it has; UPDATE lasts as long as one call in {@link Transaction}. */
sealed interface SessionState extends Commands<SessionState> permits Authorization, Transaction, Ended {

    /** Answers a command; returns the state that comes next, which may be this one. */
    default SessionState answer(Command command) throws IOException {
        return command.visit(this);
    }

    /** How many bad commands in a row end the session. */
    int badCommands();

    /** The session ends here without QUIT: gives back what the state holds, and says in the log how it ended. */
    void abandon();
}
