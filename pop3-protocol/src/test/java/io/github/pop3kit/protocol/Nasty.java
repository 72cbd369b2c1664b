package io.github.pop3kit.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Messages that codecs get wrong, and what the RFC makes of each in a few plain lines. */
enum Nasty {
    PLAIN("Subject: hello\r\n\r\nfirst\r\nsecond\r\nthird\r\n"),
    DOT_AS_THE_VERY_FIRST_OCTET(".Subject: hello\r\n\r\ntext\r\n"),
    LINES_THAT_BEGIN_WITH_DOTS("A: b\r\n\r\n.one\r\n..two\r\n...three\r\n. four\r\n"),
    LONE_DOT_LINE("A: b\r\n\r\nbefore\r\n.\r\nafter\r\n"),
    LONE_DOT_LINES_WITH_LF("A: b\n\n.\n.\n.\n"),
    NOTHING_BUT_A_DOT("."),
    NOTHING_BUT_DOTS("...................."),
    DOT_AT_THE_END_WITHOUT_NEWLINE("A: b\r\n\r\n."),
    DOTS_WITHIN_LINES("a.b\r\n\r\nx.\r\n y..\r\n z.y.x\r\n"),
    NO_FINAL_NEWLINE("A: b\r\n\r\nlast line"),
    NO_BODY("A: b\r\nC: d\r\n\r\n"),
    NO_BLANK_LINE("A: b\r\nC: d\r\n"),
    NOTHING_BUT_A_BLANK_LINE("\r\n"),
    BLANK_LINE_FIRST("\r\n.body\r\n\r\nmore\r\n"),
    BLANK_LINES_IN_THE_BODY("A: b\n\n\n\n.\n\nend\n"),
    LF_ALONE("A: b\nC: d\n\n.first\nsecond\n"),
    CRLF_AND_LF_MIXED("A: b\r\nC: d\n\r\nfirst\n.second\r\nthird\n"),
    LF_THEN_CR("A: b\n\rC: d\n\r\n\r.x\n\r"),
    LONE_CR("A: b\rC: d\r\n\r\r\n\r\n.\rtext\r.\r\nx\r.\r\n"),
    CR_BEFORE_CRLF("A: b\r\r\n\r\n\r\r\n.\r\r\n"),
    CR_AT_THE_END("A: b\r\n\r\ntext\r"),
    NOTHING_BUT_CR("\r"),
    NOTHING_BUT_LF("\n"),
    DOT_AND_CR(".\r"),
    NUL_AND_EIGHT_BIT("A: \0b\u00e9\r\n\r\n\0.\0\r\n.\u00ff\u0080\r\n\0"),
    EMPTY(""),
    LONG_LINE("A: b\r\n\r\n." + "long ".repeat(50) + "\r\n.\r\n");

    final String stored;

    Nasty(String stored) {
        this.stored = stored;
    }

    /** Every line ended by CRLF, the last one too. */
    static String canonical(String stored) {
        String canonical = stored.replaceAll("(?<!\r)\n", "\r\n");
        return canonical.isEmpty() || canonical.endsWith("\r\n") ? canonical : canonical + "\r\n";
    }

    /** What RETR sends behind its status line. */
    static String onTheWire(String stored) {
        return stuffed(lines(canonical(stored)));
    }

    /** What TOP sends behind its status line. */
    static String onTheWire(String stored, int bodyLines) {
        List<String> lines = lines(canonical(stored));
        int blank = lines.indexOf("\r\n");
        long last = blank < 0 ? lines.size() : Math.min(blank + 1L + bodyLines, lines.size());
        return stuffed(lines.subList(0, (int) last));
    }

    private static String stuffed(List<String> lines) {
        StringBuilder wire = new StringBuilder();
        for (String line : lines) wire.append(line.startsWith(".") ? "." : "").append(line);
        return wire.append(".\r\n").toString();
    }

    /** Lines with their line ends; what stands behind the last one is a line, too. */
    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("(?<=\r\n)"));
    }

    /** All the texts of up to {@code length} octets in which line ends, dots and other text can meet. */
    static Stream<String> allUpTo(int length) {
        List<String> all = new ArrayList<>(List.of(""));
        for (int i = 0; all.get(i).length() < length; i++) {
            for (String octet : List.of(".", "\r", "\n", "x")) all.add(all.get(i) + octet);
        }
        return all.stream();
    }
}
