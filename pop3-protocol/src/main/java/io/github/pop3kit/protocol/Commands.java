package io.github.pop3kit.protocol;

import java.io.IOException;

/**
 * What is done about each {@link Command}: one method per verb, so that a state overrides what it serves and answers everything
 * else in {@link #otherwise}.
 *
 * @param <R> what comes of it
 */
public interface Commands<R> {

    /** What comes of every command whose own method is not overridden. */
    R otherwise(Command command) throws IOException;

    default R user(Command.User command) throws IOException {
        return otherwise(command);
    }

    default R pass(Command.Pass command) throws IOException {
        return otherwise(command);
    }

    default R apop(Command.Apop command) throws IOException {
        return otherwise(command);
    }

    default R auth(Command.Auth command) throws IOException {
        return otherwise(command);
    }

    default R capa(Command.Capa command) throws IOException {
        return otherwise(command);
    }

    default R stls(Command.Stls command) throws IOException {
        return otherwise(command);
    }

    default R utf8(Command.Utf8 command) throws IOException {
        return otherwise(command);
    }

    default R lang(Command.Lang command) throws IOException {
        return otherwise(command);
    }

    default R quit(Command.Quit command) throws IOException {
        return otherwise(command);
    }

    default R stat(Command.Stat command) throws IOException {
        return otherwise(command);
    }

    default R list(Command.List command) throws IOException {
        return otherwise(command);
    }

    default R retr(Command.Retr command) throws IOException {
        return otherwise(command);
    }

    default R dele(Command.Dele command) throws IOException {
        return otherwise(command);
    }

    default R noop(Command.Noop command) throws IOException {
        return otherwise(command);
    }

    default R rset(Command.Rset command) throws IOException {
        return otherwise(command);
    }

    default R top(Command.Top command) throws IOException {
        return otherwise(command);
    }

    default R uidl(Command.Uidl command) throws IOException {
        return otherwise(command);
    }

    default R last(Command.Last command) throws IOException {
        return otherwise(command);
    }

    default R malformed(Command.Malformed command) throws IOException {
        return otherwise(command);
    }

    default R unknown(Command.Unknown command) throws IOException {
        return otherwise(command);
    }
}
