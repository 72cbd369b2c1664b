package io.github.pop3kit.benchmarks;

import io.github.pop3kit.protocol.LineEnd;
import java.nio.charset.StandardCharsets;

/** Messages to measure with, by what their lines are like. */
public enum Mail {
    /** Lines of 76 characters and CRLF, as base64 and quoted-printable have them. */
    TEXT("\r\n", line(76)),
    /** Every line begins with a dot: nothing is worse for who looks for dots. */
    DOTS("\r\n", "." + line(75)),
    /** Lines of 998 characters, the longest that RFC 5322 allows. */
    LONG_LINES("\r\n", line(998)),
    /** Lines of one character: nothing is worse for who looks for line ends. */
    SHORT_LINES("\r\n", "x"),
    /** Lines that end in LF, as in a maildir, and on the wire of some servers. */
    LINE_FEEDS("\n", line(77));

    private final String lineEnd;
    private final String line;

    Mail(String lineEnd, String line) {
        this.lineEnd = lineEnd;
        this.line = line;
    }

    LineEnd lineEnd() {
        return lineEnd.length() == 1 ? LineEnd.LF : LineEnd.CRLF;
    }

    /** About so many octets: as stored, no dot doubled. */
    byte[] stored(int octets) {
        return lines(line, octets).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The same on the wire: dots doubled, with the closing line. */
    byte[] wire(int octets) {
        String stuffed = line.startsWith(".") ? "." + line : line;
        return (lines(stuffed, octets) + "." + lineEnd).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String lines(String each, int octets) {
        return (each + lineEnd).repeat(octets / line.length());
    }

    private static String line(int length) {
        return "The quick brown fox jumps over the lazy dog; "
                .repeat(length / 45 + 1)
                .substring(0, length);
    }
}
