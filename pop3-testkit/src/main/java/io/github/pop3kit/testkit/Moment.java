package io.github.pop3kit.testkit;

/**
 * Something at which a fault may happen.
 *
 * @param connection which of the server's connections, from 1; 0 where nobody knows
 * @param step which command or response of the connection, from 1; random numbers depend on it
 * @param word the command's keyword or the call of the store
 * @param line the whole command, its keyword in upper case; the account, at a call of the store
 * @param wordOccurrence how many times the connection has seen the word, this one included
 * @param lineOccurrence the same of the line
 * @param message the message-number; 0 where there is none
 */
record Moment(
        Kind kind,
        int connection,
        int step,
        String word,
        String line,
        int wordOccurrence,
        int lineOccurrence,
        int message) {

    enum Kind {
        GREETING,
        HANDSHAKE,
        COMMAND,
        RESPONSE,
        STORE
    }

    /** A greeting or a handshake. */
    static Moment of(Kind kind, int connection) {
        return new Moment(kind, connection, 0, "", "", 1, 1, 0);
    }

    /** What a client answers to a challenge. */
    static Moment response(int connection, int step) {
        return new Moment(Kind.RESPONSE, connection, step, "", "", 1, 1, 0);
    }

    /** A call of the store. */
    static Moment of(StoreCall call, String account, int message) {
        return new Moment(Kind.STORE, 0, 0, call.name(), account, 1, 1, message);
    }
}
