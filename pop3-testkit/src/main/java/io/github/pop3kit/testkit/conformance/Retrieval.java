package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** RETR and TOP: octets, dots, line ends. */
final class Retrieval {

    private static final String RETR = "RFC 1939, section 5, RETR";
    private static final String TOP = "RFC 1939, section 7, TOP";
    private static final String STUFFING = "RFC 1939, section 3";
    private static final String DOTS =
            "The message ends too early, what follows is taken for replies; or a dot is missing in it.";
    private static final String CHANGED = "Signatures no longer fit, attachments are damaged, and nobody knows why.";
    private static final Set<Need> SAMPLES = Set.of(Need.SAMPLES);
    private static final Set<Need> TOPS = Set.of(Need.SAMPLES, Need.TOP);

    private Retrieval() {}

    static Room room() {
        Room room = new Room("Messages and dots");
        framing(room);
        dots(room);
        octets(room);
        top(room);
        return room;
    }

    private static void framing(Room room) {
        room.must(
                "retr-terminator",
                "A message ends with CRLF, a dot, and CRLF",
                STUFFING,
                "Clients wait for the end for ever.",
                Set.of(Need.MESSAGE),
                visit -> {
                    Talk talk = visit.login();
                    talk.message("RETR " + visit.some());
                    expect(talk.terminator().equals(".\r\n"), "it ends with " + quoted(talk.terminator()));
                });
        room.must(
                "retr-crlf",
                "All lines of a message end in CRLF",
                STUFFING,
                "Clients that look for CRLF see one endless line.",
                Set.of(Need.MESSAGE),
                visit -> {
                    Talk talk = visit.login();
                    talk.ok("RETR " + visit.some());
                    int number = 0;
                    for (String line : talk.stuffed("RETR")) {
                        number++;
                        expect(line.endsWith("\r\n"), "line " + number + " ends in a bare LF: " + quoted(line));
                    }
                });
        room.must(
                "retr-again",
                "A message is the same when it is fetched again",
                RETR,
                CHANGED,
                Set.of(Need.MESSAGE),
                visit -> {
                    Talk talk = visit.login();
                    String first = talk.message("RETR " + visit.some());
                    expect(first.equals(talk.message("RETR " + visit.some())), "the second time it is another");
                });
        room.must(
                "retr-removes-nothing",
                "A message that was fetched is still there in the next session",
                "RFC 1939, sections 5 and 6",
                "Clients that leave mail on the server lose it.",
                SAMPLES,
                visit -> {
                    Talk talk = visit.login();
                    talk.message("RETR " + visit.number("from-lines"));
                    talk.quit();
                    expect(visit.isThere("from-lines"), "it is gone");
                });
    }

    private static void dots(Room room) {
        sample(room, "dots", "A dot that begins a line is doubled, whatever follows it, and no other dot is", DOTS);
        room.fromHere("retr-dots");
        sample(room, "dot-first", "A dot that is the very first octet of a message is doubled", DOTS);
        sample(room, "dot-line", "A line of one dot within a message is doubled", DOTS);
        room.fromHere("retr-dots", "retr-dot-line");
        sample(room, "dot-body-first", "A dot that begins the body is doubled", DOTS);
        sample(room, "dot-last", "A line of one dot at the end of a message is doubled", DOTS);
        sample(room, "dot-boundaries", "Dots are doubled wherever a buffer may end", DOTS);
        room.fromHere();
    }

    private static void octets(Room room) {
        sample(room, "plain", "RETR sends the message as it was delivered", CHANGED);
        sample(
                room,
                "long-line",
                "A line of 100,000 octets comes whole",
                "The message breaks off, and the session with it.");
        sample(room, "header", "A header comes as it was written, with its blanks, folds, and case", CHANGED);
        sample(room, "no-final-newline", "A message whose last line has no end comes whole", CHANGED);
        sample(room, "trailing-blank-lines", "Empty lines at the end of a message come, too", CHANGED);
        sample(room, "leading-blank-lines", "Empty lines at the beginning of the body come, too", CHANGED);
        sample(room, "trailing-blanks", "Blanks at the ends of lines come, too", CHANGED);
        sample(room, "empty-body", "A message without a body comes whole", CHANGED)
                .behind("retr-trailing-blank-lines");
        sample(room, "no-body", "A message that is a header alone comes whole", CHANGED);
        sample(room, "replies", "Lines that look like replies are lines of the message", CHANGED);
        sample(room, "from-lines", "Lines that begin with From are not changed", CHANGED);
        sample(room, "eight-bit", "Octets beyond ASCII in a body come as they are", CHANGED);
        sample(room, "many-lines", "A message of 5,000 lines comes whole", CHANGED);
        sample(
                room,
                "large",
                "A message of a megabyte comes whole",
                "The message breaks off, and the session with it.");
        maybe(room, "bare-cr", "A CR within a line comes as it is");
        maybe(room, "nul", "A NUL comes as it is");
    }

    private static Room.Added sample(Room room, String sample, String title, String why) {
        boolean dotted = sample.startsWith("dot");
        return room.must(
                "retr-" + sample, title, dotted ? STUFFING : RETR, why, SAMPLES, visit -> compare(visit, sample));
    }

    /** What no message should have (RFC 5322), and mail has all the same. */
    private static void maybe(Room room, String sample, String title) {
        room.should("retr-" + sample, title, RETR, CHANGED, SAMPLES, visit -> compare(visit, sample));
    }

    private static void compare(Visit visit, String sample) throws IOException, Finding, Moot {
        Talk talk = visit.login();
        String command = "RETR " + visit.number(sample);
        talk.ok(command);
        String sent = unstuffed(talk.stuffed(command));
        String delivered = visit.situation().samples.message(sample);
        if (!delivered.endsWith("\n")) delivered += "\n";
        // What brings mail into a maildrop may put lines on top.
        boolean same = sent.endsWith(delivered) || (sample.equals("no-body") && sent.endsWith(delivered + "\n"));
        if (!same) throw new Finding(difference(delivered, sent));
        talk.ok("NOOP");
    }

    /** The message, if each dot that begins a line is doubled. */
    private static String unstuffed(List<String> stuffed) throws Finding {
        StringBuilder message = new StringBuilder();
        for (String line : stuffed) {
            if (line.startsWith(".")) {
                expect(
                        line.startsWith(".."),
                        "a dot that begins a line is not doubled: " + quoted(Talk.withoutEnd(line)));
                message.append(Talk.withoutEnd(line), 1, Talk.withoutEnd(line).length());
            } else {
                message.append(Talk.withoutEnd(line));
            }
            message.append('\n');
        }
        return message.toString();
    }

    private static String difference(String delivered, String sent) {
        int start = Math.max(0, sent.indexOf(delivered.substring(0, delivered.indexOf('\n') + 1)));
        String compared = sent.substring(start);
        int same = 0;
        while (same < Math.min(compared.length(), delivered.length())
                && compared.charAt(same) == delivered.charAt(same)) same++;
        return "at octet " + (same + 1) + " of " + delivered.length() + ", where " + quoted(around(delivered, same))
                + " was delivered, it sends " + quoted(around(compared, same)) + "; it sends " + compared.length()
                + " octets";
    }

    private static String around(String text, int place) {
        return text.substring(Math.min(text.length(), place), Math.min(text.length(), place + 40));
    }

    private static void top(Room room) {
        room.must(
                "top-header",
                "TOP's header is RETR's",
                TOP,
                "What was decided by the header does not fit the message.",
                Set.of(Need.TOP, Need.MESSAGE),
                visit -> {
                    Talk talk = visit.login();
                    String header = header(talk.message("TOP " + visit.some() + " 0"));
                    String whole = header(talk.message("RETR " + visit.some()));
                    expect(header.equals(whole), difference(whole, header));
                });
        room.fromHere("top-header");
        room.must(
                "top-0",
                "TOP n 0 sends the header and the empty line behind it, and nothing of the body",
                TOP,
                "Clients show lists of subjects by it: with the body it is as slow as fetching everything.",
                TOPS,
                visit -> top(visit, Samples.PLAIN, 0));
        room.must(
                        "top-body-lines",
                        "TOP n 3 sends the header, the empty line, and three lines of the body",
                        TOP,
                        "Previews are empty, or the whole message.",
                        TOPS,
                        visit -> top(visit, Samples.PLAIN, 3))
                .behind("top-0");
        room.must(
                        "top-all",
                        "TOP of more lines than the body has sends the whole message",
                        TOP,
                        "Clients ask for a large number when they mean everything.",
                        TOPS,
                        visit -> top(visit, Samples.PLAIN, 999_999_999))
                .behind("top-0");
        room.must("top-dots", "TOP doubles dots that begin a line", STUFFING, DOTS, TOPS, visit -> {
                    Talk talk = visit.login();
                    String command = "TOP " + visit.number("top-dots") + " 100";
                    talk.ok(command);
                    String sent = unstuffed(talk.stuffed(command));
                    String delivered = visit.situation().samples.message("top-dots");
                    expect(
                            sent.endsWith(delivered),
                            "it ends with " + quoted(sent.substring(Math.max(0, sent.length() - 60))));
                    talk.ok("NOOP");
                })
                .behind("top-0", "retr-plain");
        room.must(
                        "top-long",
                        "TOP of many lines is not cut short",
                        TOP,
                        "Clients that fetch by TOP lose the end of the message.",
                        TOPS,
                        visit -> top(visit, "top-long", 3_000))
                .behind("top-0");
        room.must(
                        "top-empty-body",
                        "TOP of a message without a body sends its header",
                        TOP,
                        "Clients wait for ever.",
                        TOPS,
                        visit -> top(visit, "empty-body", 5))
                .behind("top-0", "top-body-lines");
        room.must(
                "top-terminator",
                "TOP ends with CRLF, a dot, and CRLF",
                STUFFING,
                "Clients wait for the end for ever.",
                Set.of(Need.TOP, Need.MESSAGE),
                visit -> {
                    Talk talk = visit.login();
                    talk.message("TOP " + visit.some() + " 0");
                    expect(talk.terminator().equals(".\r\n"), "it ends with " + quoted(talk.terminator()));
                });
    }

    /** TOP compared with what RETR sends of the same message. */
    private static void top(Visit visit, String sample, int lines) throws IOException, Finding, Moot {
        Talk talk = visit.login();
        int number = visit.number(sample);
        String whole = talk.message("RETR " + number);
        int body = whole.indexOf("\n\n") + 2;
        Moot.unless(body > 1, "RETR sends no empty line behind the header");
        int end = body;
        for (int i = 0; i < lines && end < whole.length(); i++) end = whole.indexOf('\n', end) + 1;
        String sent = talk.message("TOP " + number + " " + lines);
        expect(
                sent.equals(whole.substring(0, end)),
                "of " + count(whole.substring(body, end)) + " lines of the body it sends "
                        + (sent.length() < body
                                ? "none, and not the whole header with its empty line"
                                : count(sent.substring(body))));
    }

    private static long count(String lines) {
        return lines.chars().filter(c -> c == '\n').count();
    }

    private static String header(String message) {
        int end = message.indexOf("\n\n");
        return end < 0 ? message : message.substring(0, end + 1);
    }
}
