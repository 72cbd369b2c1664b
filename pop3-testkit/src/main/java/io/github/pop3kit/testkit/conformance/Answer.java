package io.github.pop3kit.testkit.conformance;

import java.util.Locale;

/**
 * A status line. What makes a success or a failure is taken generously: that the words are exact is a rule with a check of its own.
 *
 * @param line without its line end, one character per octet
 * @param crlf whether it ended in CRLF
 */
record Answer(String line, boolean crlf) {

    boolean isOk() {
        return begins("+OK");
    }

    boolean isErr() {
        return begins("-ERR") || begins("+ERR");
    }

    /** Whether it is a reply at all, and no challenge. */
    boolean isStatus() {
        return isOk() || isErr();
    }

    /** Whether it is a SASL server's challenge. */
    boolean isChallenge() {
        return line.equals("+") || line.startsWith("+ ");
    }

    /** What stands behind the status. */
    String text() {
        int blank = line.indexOf(' ');
        return blank < 0 ? "" : line.substring(blank + 1);
    }

    private boolean begins(String status) {
        String upper = line.toUpperCase(Locale.ROOT);
        return upper.equals(status) || upper.startsWith(status + " ");
    }
}
