package io.github.pop3kit.benchmarks.faults;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The mail that a session is to find, and in what a client has found something else without a word. */
final class Findings {

    static final String FIRST = "Subject: one\r\nFrom: Pat <pat@example.org>\r\n\r\n.a line with a dot\r\n"
            + "0123456789 and so on\r\n".repeat(10);
    static final String SECOND = "Subject: two\r\n\r\nHi!\r\n";

    /** The first message as TOP gives it, with one line of its body. */
    static final String TOP = "Subject: one\r\nFrom: Pat <pat@example.org>\r\n\r\n.a line with a dot\r\n";

    /** Messages of which batches are made, each of another size, the largest in the middle. */
    static final List<String> BATCH = List.of(SECOND, small(2), FIRST, small(4), small(5));

    /** What TOP gives of them, with one line of the body. */
    static final List<String> BATCH_TOPS = List.of(SECOND, small(2), TOP, small(4), small(5));

    private static String small(int number) {
        return "Subject: number " + number + "\r\n\r\nHi" + "!".repeat(number) + "\r\n";
    }

    private final List<String> wrong = new ArrayList<>();
    private Optional<List<String>> left = Optional.empty();
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

    /** The client has said that its session is over, and that messages with these unique-ids are left. */
    void committed(List<String> uniqueIds) {
        left = Optional.of(List.copyOf(uniqueIds));
    }

    Optional<List<String>> left() {
        return left;
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
