package io.github.pop3kit.protocol;

import java.util.Optional;

/** The status line of a server's reply. What follows it, a message or a listing, depends on the command. */
public sealed interface Reply {

    /** {@code +OK}. The text is what follows the code, without the blank between. */
    record Ok(Optional<ResponseCode> code, String text) implements Reply {
        @Override
        public String line() {
            return status("+OK", code, text);
        }
    }

    /** {@code -ERR}. The text is what follows the code, without the blank between. */
    record Err(Optional<ResponseCode> code, String text) implements Reply {
        @Override
        public String line() {
            return status("-ERR", code, text);
        }
    }

    /** {@code +}, a SASL server's challenge in base64 (RFC 5034 section 4). */
    record Challenge(String base64) implements Reply {
        @Override
        public String line() {
            return "+ " + base64;
        }

        /** Challenges can hold what helps to guess a password. */
        @Override
        public String toString() {
            return redact(line());
        }
    }

    /** {@code +OK text}. */
    static Ok ok(String text) {
        return new Ok(Optional.empty(), text);
    }

    /** {@code -ERR text}. */
    static Err err(String text) {
        return new Err(Optional.empty(), text);
    }

    /** {@code -ERR [code] text}. */
    static Err err(ResponseCode code, String text) {
        return new Err(Optional.of(code), text);
    }

    /** The reply as it stands on the wire, one character per octet, without the line end. */
    String line();

    /**
     * Reads a status line. The status is the exact word: {@code +OKAY} and {@code +ERR}, which servers have sent, are no replies.
     *
     * @param line as {@link LineDecoder} yields it
     * @return empty if the line is no reply of POP3
     */
    static Optional<Reply> parse(String line) {
        if (isStatus(line, "+OK")) {
            String text = line.substring(Math.min(4, line.length()));
            return Optional.of(new Ok(code(text), withoutCode(text)));
        }
        if (isStatus(line, "-ERR")) {
            String text = line.substring(Math.min(5, line.length()));
            return Optional.of(new Err(code(text), withoutCode(text)));
        }
        if (isStatus(line, "+")) return Optional.of(new Challenge(line.substring(Math.min(2, line.length()))));
        return Optional.empty();
    }

    /** The line as a log may show it: a challenge is {@code + ****}. */
    static String redact(String line) {
        return isStatus(line, "+") ? "+ ****" : line;
    }

    private static boolean isStatus(String line, String status) {
        return line.startsWith(status) && (line.length() == status.length() || line.charAt(status.length()) == ' ');
    }

    private static String status(String status, Optional<ResponseCode> code, String text) {
        StringBuilder line = new StringBuilder(status);
        code.ifPresent(present -> line.append(' ').append(present));
        if (!text.isEmpty()) line.append(' ').append(Text.encode(text));
        return line.toString();
    }

    private static Optional<ResponseCode> code(String text) {
        int end = codeEnd(text);
        return end < 0 ? Optional.empty() : Optional.of(new ResponseCode(text.substring(1, end)));
    }

    private static String withoutCode(String text) {
        int end = codeEnd(text);
        if (end < 0) return Text.decode(text);
        int start = end + 1 < text.length() && text.charAt(end + 1) == ' ' ? end + 2 : end + 1;
        return Text.decode(text.substring(start));
    }

    /** Where the closing bracket of a code stands; -1 if the text begins with none. */
    private static int codeEnd(String text) {
        if (!text.startsWith("[")) return -1;
        int end = text.indexOf(']');
        if (end <= 1) return -1;
        boolean code = text.substring(1, end).chars().allMatch(c -> c > ' ' && c < 0x7F && c != '[');
        return code ? end : -1;
    }
}
