package io.github.pop3kit.benchmarks.faults;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The mail that a session is to find, and in what a client has found something else without a word. */
final class Findings {

    static final String FIRST = "Subject: one\r\nFrom: Pat <pat@example.org>\r\n\r\n.a line with a dot\r\n"
            + "0123456789 and so on\r\n".repeat(10);
    static final String SECOND = "Subject: two\r\n\r\nHi!\r\n";

    /** The first message as TOP gives it, with one line of its body. */
    static final String TOP = "Subject: one\r\nFrom: Pat <pat@example.org>\r\n\r\n.a line with a dot\r\n";

    private final List<String> wrong = new ArrayList<>();
    private boolean noted;

    /** Compares what a client says with what is. */
    void check(String command, Object expected, Object found) {
        if (!expected.equals(found) && !wrong.contains(command)) wrong.add(command);
    }

    void check(String command, String expected, byte[] found) {
        check(command, expected, new String(found, StandardCharsets.ISO_8859_1));
    }

    static List<Integer> sizes() {
        return List.of(FIRST.length(), SECOND.length());
    }

    static int allOctets() {
        return FIRST.length() + SECOND.length();
    }

    /** The client has said that a message has not the octets that were announced. */
    void noted() {
        noted = true;
    }

    boolean isNoted() {
        return noted;
    }

    List<String> wrong() {
        return wrong;
    }
}
