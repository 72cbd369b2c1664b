package io.github.pop3kit.testkit.conformance;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The messages that are delivered for the checks: each has a header field that says whose it is. One character is one octet. */
final class Samples {

    static final String PLAIN = "plain";
    static final String SPARE = "spare-";

    /** How many messages there are to be deleted: a few more than the checks take. */
    private static final int SPARES = 34;

    private static final String FIELD = "X-Pop3kit-Check: ";

    private final String run;
    private final Map<String, String> messages = new LinkedHashMap<>();

    /** Samples of a run that has a name of its own. */
    Samples() {
        this(HexFormat.of().toHexDigits(new Random().nextLong()));
    }

    private Samples(String run) {
        this.run = run;
        spare(0); // It stands first, where a server that takes 0 for 1 would hit.
        sample(PLAIN, "", lines(1, 10));
        sample("dot-first", ".Odd-Field: a dot is the first octet\n", lines(1, 3));
        sample("dot-line", "", "before\n.\nafter\n");
        sample("dots", "", "..\n...\n.x\n. \n.\t\n..x\n....................\nno dot\n");
        sample("dot-body-first", "", ".\nthe body begins with a line of one dot\n");
        sample("dot-last", "", "the last line is a dot\n.\n");
        sample("dot-boundaries", "", boundaries());
        sample("top-dots", "", ".\n..\n.x\nno dot\n");
        sample("long-line", "", "x".repeat(100_000) + "\nbehind the long line\n");
        sample("header", "received:no blank\nX-Folded: one\n\ttwo  \n   three\nRECEIVED:  two blanks\n", lines(1, 3));
        sample("no-final-newline", "", "the last line has no end");
        sample("trailing-blank-lines", "", "three empty lines follow\n\n\n\n");
        sample("leading-blank-lines", "", "\n\ntwo empty lines came before\n");
        sample("trailing-blanks", "", "a blank at the end \ntwo  \na tab\t\n \nthe end\n");
        sample("empty-body", "", "");
        sample("replies", "", "+OK\n-ERR no such message\n+OK 2 320\nQUIT\n");
        sample("from-lines", "", "From here on\n>From there\n\nFrom within\n");
        sample("eight-bit", "", eightBit());
        sample("many-lines", "", "x\n".repeat(5000));
        sample(
                "large",
                "",
                "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz\n".repeat(14_400));
        sample(
                "top-long",
                "",
                "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz\n".repeat(2_000));
        sample("bare-cr", "", "a CR \r in a line\nand one at its end\r\r\nthe end\n".replace("\r\r\n", "\r \n"));
        sample("nul", "", "a NUL \0 in a line\n");
        sample("utf8-header", "Comments: Gr\u00C3\u00BC\u00C3\u009Fe\n", lines(1, 3));
        String noBody = header("no-body", "");
        messages.put("no-body", noBody.substring(0, noBody.length() - 1));
        for (int number = 1; number < SPARES; number++) spare(number);
    }

    private void spare(int number) {
        sample(SPARE + number, "", "This message may be deleted: " + number + ".\n");
    }

    private void sample(String name, String firstField, String body) {
        messages.put(name, header(name, firstField) + body);
    }

    private String header(String name, String firstField) {
        return firstField + "From: pop3kit conformance check <check@pop3kit.invalid>\n"
                + "Date: Sat, 03 Jan 1998 01:05:34 -0800\n"
                + "Subject: " + name + "\n" + "Message-ID: <" + name + "." + run + "@pop3kit.invalid>\n" + FIELD + run
                + "/" + name
                + "\n\n";
    }

    private static String lines(int from, int to) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i <= to; i++) lines.append("line ").append(i).append('\n');
        return lines.toString();
    }

    /** Lines that all begin with a dot, of all lengths, so that a dot comes first behind every boundary a buffer may have. */
    private static String boundaries() {
        StringBuilder body = new StringBuilder();
        for (int length = 0; length < 400; length++) {
            body.append('.').append("y".repeat(length % 97)).append('\n');
            body.append(".\n".repeat(length % 5));
        }
        while (body.length() < 70_000) body.append(".\n");
        return body.toString();
    }

    private static String eightBit() {
        StringBuilder body = new StringBuilder();
        for (char octet = 0x80; octet <= 0xFF; octet++) {
            body.append(octet);
            if (octet % 16 == 15) body.append('\n');
        }
        return body.toString();
    }

    /** The name of this run. */
    String run() {
        return run;
    }

    /** The header field by which messages of this run are known. */
    String field() {
        return FIELD + run;
    }

    /** All messages in the order in which they are to be delivered. */
    Map<String, String> messages() {
        return messages;
    }

    static byte[] octets(String message) {
        return message.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Octets as LIST has to count them. */
    String message(String name) {
        return messages.getOrDefault(name, "");
    }

    /** A message that is not among those. */
    String another(String name) {
        return header(name, "") + lines(1, 3);
    }

    /** Which message of this run it is; "" if it is none. A bounce of ours has the mark, too, but not in its header. */
    String nameIn(String text) {
        int end = text.startsWith("\n") ? 0 : text.indexOf("\n\n");
        Matcher field = Pattern.compile("(?m)^" + Pattern.quote(FIELD + run) + "/([a-z0-9-]+)\r?$")
                .matcher(end < 0 ? text : text.substring(0, end));
        return field.find() ? field.group(1) : "";
    }
}
