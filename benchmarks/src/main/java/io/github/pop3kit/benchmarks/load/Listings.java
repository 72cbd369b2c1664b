package io.github.pop3kit.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.HashSet;
import java.util.Set;

/** What LIST and UIDL of a maildrop say, checked once and then known by their checksums. */
record Listings(Expected scan, Expected uniqueIds) {

    /** Asks for both and understands them. */
    static Listings survey(Line line, Maildrops maildrops) throws IOException {
        line.say("LIST");
        line.ok();
        byte[] scan = line.body();
        line.say("UIDL");
        line.ok();
        return check(maildrops, scan, line.body());
    }

    /** Understands both listings, their closing lines included. */
    private static Listings check(Maildrops maildrops, byte[] scan, byte[] uniqueIds) throws ProtocolException {
        String[] lines = new String(scan, ISO_8859_1).split("\r\n", -1);
        checkLength("LIST", lines, maildrops);
        for (int number = 1; number <= maildrops.messages(); number++) {
            if (!lines[number - 1].equals(number + " " + maildrops.octets(number))) {
                throw new ProtocolException("LIST has the line " + lines[number - 1]);
            }
        }
        Set<String> seen = new HashSet<>();
        lines = new String(uniqueIds, ISO_8859_1).split("\r\n", -1);
        checkLength("UIDL", lines, maildrops);
        for (int number = 1; number <= maildrops.messages(); number++) {
            String line = lines[number - 1];
            String uniqueId = line.substring(line.indexOf(' ') + 1);
            if (!line.startsWith(number + " ") || !isUniqueId(uniqueId) || !seen.add(uniqueId)) {
                throw new ProtocolException("UIDL has the line " + line);
            }
        }
        return new Listings(Expected.of(scan), Expected.of(uniqueIds));
    }

    private static void checkLength(String name, String[] lines, Maildrops maildrops) throws ProtocolException {
        if (lines.length != maildrops.messages() + 2 || !lines[maildrops.messages()].equals(".")) {
            throw new ProtocolException(name + " has " + (lines.length - 2) + " lines");
        }
    }

    private static boolean isUniqueId(String text) {
        return !text.isEmpty() && text.length() <= 70 && text.chars().allMatch(c -> c >= '!' && c <= '~');
    }
}
