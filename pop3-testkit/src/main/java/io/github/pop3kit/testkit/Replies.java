package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.Command;

/** What can be said of a reply by the command alone, without a session. */
final class Replies {

    private Replies() {}

    /** Whether {@code +OK} to this command is followed by a listing or a message. */
    static boolean hasSeveralLines(String line) {
        Command command = Command.parse(line);
        return command instanceof Command.Retr
                || command instanceof Command.Top
                || command instanceof Command.Capa
                || (command instanceof Command.List list && list.number().isEmpty())
                || (command instanceof Command.Uidl uidl && uidl.number().isEmpty())
                || (command instanceof Command.Auth auth && auth.mechanism().isEmpty())
                || (command instanceof Command.Lang lang && lang.language().isEmpty());
    }

    /** Whether a status line is a challenge, and the client's next line no command. */
    static boolean isChallenge(String status) {
        return status.startsWith("+ ") || status.startsWith("+\r");
    }
}
