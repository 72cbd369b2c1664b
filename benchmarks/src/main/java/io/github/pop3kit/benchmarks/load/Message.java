package io.github.pop3kit.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** A message that is known by its number, so that nobody has to keep what it should be like. */
final class Message {

    private static final int LINE = 76;

    private final String lines;

    private Message(String lines) {
        this.lines = lines;
    }

    /**
     * A message.
     *
     * @param octets with lines ended by CRLF, before dot-stuffing
     * @param dots whether some of its lines begin with a dot
     */
    static Message of(long number, int octets, boolean dots) {
        StringBuilder lines = new StringBuilder(octets + 2);
        lines.append("Message-ID: <").append(number).append("@load.example>\r\nFrom: mrose@load.example\r\n");
        lines.append("To: user@load.example\r\nSubject: message ")
                .append(number)
                .append("\r\n\r\n");
        if (dots) lines.append(".\r\n..two\r\n.one\r\n");
        String line = (number + " the quick brown fox jumps over the lazy dog, ").repeat(LINE / 20);
        line = line.substring(0, LINE) + "\r\n";
        while (octets - lines.length() >= 2 * line.length()) lines.append(line);
        int rest = octets - lines.length() - 2;
        if (rest < 0) throw new IllegalArgumentException("no message of so few octets: " + octets);
        lines.append("x".repeat(rest)).append("\r\n");
        return new Message(lines.toString());
    }

    /** What LIST says. */
    int octets() {
        return lines.length();
    }

    byte[] withCrlf() {
        return lines.getBytes(ISO_8859_1);
    }

    byte[] withLf() {
        return lines.replace("\r\n", "\n").getBytes(ISO_8859_1);
    }

    /** What follows the status line: dots doubled, and the closing line. */
    byte[] onTheWire() {
        return (lines.replace("\r\n.", "\r\n..") + ".\r\n").getBytes(ISO_8859_1);
    }

    Expected expected() {
        return Expected.of(onTheWire());
    }
}
