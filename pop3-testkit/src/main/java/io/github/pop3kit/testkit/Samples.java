package io.github.pop3kit.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pop3kit.store.Maildrop;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Messages and names on which mail stores stumble. Octets are written as text, one char each ({@code ISO_8859_1}). */
final class Samples {

    /** By what is special about them. */
    static final Map<String, String> MESSAGES = messages();

    /** Ordinary ones first; those that no path and no table may take at their word last. */
    static final List<String> ODD_NAMES = List.of(
            "4711",
            "m",
            "MROSE",
            "m.rose",
            "m-rose_2",
            "mrose+list",
            "mrose@example.org",
            "mrose@EXAMPLE.org",
            "j\u00FCrgen",
            "ju\u0308rgen",
            "\u7528\u6237",
            "x".repeat(64),
            "x".repeat(255),
            "x".repeat(1_000),
            "",
            "m rose",
            " mrose",
            "mrose ",
            "mrose\0",
            "mrose\r\n",
            "mrose.",
            ".",
            "..",
            "../mrose",
            "jmyers/../mrose",
            "./mrose",
            "/mrose",
            "mrose/",
            "mrose/new",
            "mrose\\",
            "-rf",
            "~",
            "*",
            "%",
            "_____",
            "{user}",
            "%2E%2E%2Fmrose",
            "mrose' OR 'a'='a",
            "\u202Eesorm");

    private Samples() {}

    private static Map<String, String> messages() {
        Map<String, String> messages = new LinkedHashMap<>();
        messages.put("nothing", "");
        messages.put("an LF", "\n");
        messages.put("a CRLF", "\r\n");
        messages.put("a dot", ".");
        messages.put("a line of a dot", ".\r\n");
        messages.put("lines end in LF", "Subject: LF\n\nHello\n");
        messages.put("lines end in CRLF", "Subject: CRLF\r\n\r\nHello\r\n");
        messages.put("lines end in LF or CRLF", "Subject: mixed\r\n\nHello\n\r\nWorld\r\n\n");
        messages.put("the last line has no LF", "Subject: no final LF\n\nHello");
        messages.put("the last line has no CRLF", "Subject: no final CRLF\r\n\r\nHello");
        messages.put("a lone CR", "Subject: a lone CR\r\n\r\nHel\rlo\r\n");
        messages.put("a CR at the end", "Subject: a CR at the end\n\nHello\r");
        messages.put("CRs before CRLF", "Subject: CR CR LF\r\r\n\r\r\nHello\r\r\n");
        messages.put("an LF behind a CRLF", "Subject: CR LF LF\r\n\nHello\r\n\n\r\n");
        messages.put("lines begin with dots", "Subject: dots\r\n\r\n.\r\n..\r\n...Hello\r\n");
        messages.put("lines end in LF and begin with dots", "Subject: dots\n\n.\n..\n...Hello\n.");
        messages.put("only the first line begins with a dot", ".Subject: a dot\r\n\r\nHello\r\n");
        messages.put("dots within lines", "Subject: dots\r\n\r\nH.e.l.l.o.\r\n");
        messages.put("NULs", "Subject: NUL\r\n\r\nHel\0lo\0\r\n\0");
        messages.put("8-bit octets", "Subject: 8 bit\r\n\r\n\u00E4\u00F6\u00FC\u00FF\u0080\u008A\u008D\r\n");
        messages.put("all octets", octets());
        messages.put("a line of 100,000 octets", "Subject: long\r\n\r\n" + "x".repeat(100_000) + "\r\n");
        messages.put("many lines that end in CRLF", "0123456789\r\n".repeat(20_000));
        messages.put("many lines that end in LF", "0123456789\n".repeat(20_000));
        messages.put("many lines, each 7th ends in LF", ("01\r\n".repeat(6) + "2\n").repeat(5_000));
        messages.put("the only LF is far down", "01234567\r\n".repeat(10_000) + "LF\n");
        messages.put("the only dot is far down", "01234567\r\n".repeat(10_000) + ".\r\n");
        return Collections.unmodifiableMap(messages);
    }

    private static String octets() {
        StringBuilder octets = new StringBuilder();
        for (char octet = 0; octet < 0x100; octet++) octets.append(octet);
        return octets + "\r\n";
    }

    /** What RETR sends before dot-stuffing: found octet by octet, not fast. */
    static String crlf(String message) {
        ByteArrayOutputStream sent = new ByteArrayOutputStream(message.length() + 2);
        char last = '\n';
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '\n' && last != '\r') sent.write('\r');
            sent.write(c);
            last = c;
        }
        if (last != '\n') sent.writeBytes(new byte[] {'\r', '\n'});
        return sent.toString(ISO_8859_1);
    }

    /** For a test's name: in quotes, short, and in ASCII. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), 70); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7F) {
                printable.append(c);
            } else {
                printable.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            }
        }
        return printable
                .append(text.length() > 70 ? "\" and so on, of " + text.length() : "\"")
                .toString();
    }

    /** Compares a message that was delivered with what the maildrop, which holds nothing else, has of it. */
    @FunctionalInterface
    interface Comparison {
        void compare(String delivered, Maildrop maildrop) throws Exception;
    }

    /** What is done with something. */
    @FunctionalInterface
    interface Use<T> {
        void with(T thing) throws Exception;
    }
}
