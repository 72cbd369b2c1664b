package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** STAT, LIST and UIDL of a maildrop in which nothing is marked. */
final class Listings {

    private static final String STAT = "RFC 1939, section 5, STAT";
    private static final String LIST = "RFC 1939, section 5, LIST";
    private static final String UIDL = "RFC 1939, section 7, UIDL";
    private static final String PARSE = "Clients take these lines apart with a few lines of code.";
    private static final String MISSED = "A message that is not listed is never fetched.";
    private static final String TWICE =
            "By its unique-id a client knows what it has: otherwise mail is fetched again, or never.";

    private Listings() {}

    static Room room() {
        Room room = new Room("Listings");
        stat(room);
        list(room);
        uidl(room);
        return room;
    }

    private static void stat(Room room) {
        room.must(
                "stat-form",
                "STAT is answered with +OK, a blank, the number of messages, a blank, and their octets",
                STAT,
                PARSE,
                Set.of(Need.ACCOUNT),
                visit -> {
                    Answer answer = visit.login().ask("STAT");
                    expect(
                            answer.isOk() && answer.text().matches("\\d+ \\d+( .*)?"),
                            "STAT is answered with " + quoted(answer.line()));
                });
        room.should(
                "stat-nothing-more",
                "STAT's answer has nothing behind the octets",
                STAT,
                PARSE,
                Set.of(Need.ACCOUNT),
                visit -> {
                    String text = visit.login().ok("STAT");
                    Moot.unless(text.matches("\\d+ \\d+.*"), "STAT has not its form");
                    expect(text.matches("\\d+ \\d+"), "behind the octets stands more: " + quoted(text));
                });
        room.must(
                        "stat-octets",
                        "STAT's octets are those of LIST together",
                        STAT,
                        "Clients show progress by it, and refuse what would not fit.",
                        Set.of(Need.ACCOUNT),
                        visit -> {
                            Talk talk = visit.login();
                            DropListing stat = stat(talk);
                            List<ScanListing> lines = list(talk);
                            Moot.unless(lines.size() == stat.count(), "LIST has not a line for each message");
                            long sum = lines.stream()
                                    .mapToLong(ScanListing::octets)
                                    .sum();
                            expect(sum == stat.octets(), "STAT has " + stat.octets() + " octets, LIST " + sum);
                        })
                .behind("stat-form");
    }

    private static void list(Room room) {
        room.must(
                "list-complete",
                "LIST has a line for each message that STAT counts",
                LIST,
                MISSED,
                Set.of(Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    int count = visit.count(talk);
                    int lines = talk.listing("LIST").size();
                    expect(lines == count, "STAT counts " + count + " messages, LIST has " + lines + " lines");
                });
        room.must(
                "list-form",
                "A line of LIST is a number, a blank, and octets",
                LIST,
                PARSE,
                Set.of(Need.MESSAGE),
                visit -> {
                    for (String line : visit.login().listing("LIST")) {
                        expect(line.matches("[1-9]\\d* \\d+( .*)?"), "LIST has the line " + quoted(line));
                    }
                });
        room.should(
                "list-nothing-more",
                "A line of LIST has nothing behind the octets",
                LIST,
                PARSE,
                Set.of(Need.MESSAGE),
                visit -> {
                    for (String line : visit.login().listing("LIST")) {
                        expect(!line.matches("\\d+ \\d+ .*"), "LIST has the line " + quoted(line));
                    }
                });
        room.must(
                        "list-numbers",
                        "Messages are numbered from 1 on",
                        "RFC 1939, section 4",
                        MISSED,
                        Set.of(Need.MESSAGE),
                        visit -> {
                            List<ScanListing> lines = list(visit.login());
                            for (int i = 0; i < lines.size(); i++) {
                                int number = lines.get(i).number();
                                expect(number == i + 1, "line " + (i + 1) + " of LIST has the number " + number);
                            }
                        })
                .behind("list-form");
        room.must(
                "list-one",
                "LIST of one message is its line of LIST, behind +OK",
                LIST,
                PARSE,
                Set.of(Need.MESSAGE),
                visit -> {
                    Talk talk = visit.login();
                    int number = visit.some();
                    List<String> lines = talk.listing("LIST");
                    Moot.unless(lines.size() >= number, "LIST has not a line for each message");
                    String one = talk.ok("LIST " + number);
                    expect(
                            one.equals(lines.get(number - 1)),
                            "it is " + quoted(one) + ", not " + quoted(lines.get(number - 1)));
                });
        room.must(
                "list-octets",
                "LIST's octets are those that RETR sends, line ends counted as two, before dots are doubled",
                "RFC 1939, sections 5 and 11",
                "Clients show progress by it; some read that many octets and no more, and the message is cut.",
                Set.of(Need.MESSAGE),
                visit -> octets(visit.login(), visit.some()));
        room.must(
                        "list-octets-of-dots",
                        "A dot that is doubled counts once",
                        "RFC 1939, section 11",
                        "Clients that read by octets lose the end of the message.",
                        Set.of(Need.SAMPLES),
                        visit -> octets(visit.login(), visit.number("dots")))
                .behind("list-octets", "retr-dots");
        room.must(
                        "list-octets-of-large",
                        "LIST's octets are those of a message of a megabyte, too",
                        "RFC 1939, section 11",
                        "Clients that read by octets lose the end of the message.",
                        Set.of(Need.SAMPLES),
                        visit -> octets(visit.login(), visit.number("large")))
                .behind("list-octets");
        room.must(
                "list-terminator",
                "LIST ends with a line of one dot and CRLF",
                "RFC 1939, section 3",
                "Clients wait for the end for ever.",
                Set.of(Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    talk.listing("LIST");
                    expect(talk.terminator().equals(".\r\n"), "LIST ends with " + quoted(talk.terminator()));
                });
    }

    private static void octets(Talk talk, int number) throws IOException, Finding, Moot {
        Optional<ScanListing> listed = ScanListing.parse(talk.ok("LIST " + number));
        Moot.unless(listed.isPresent(), "LIST " + number + " has not its form");
        talk.ok("RETR " + number);
        long sent = 0;
        for (String line : talk.stuffed("RETR " + number)) {
            // The line end counts as two octets whatever was sent: that it is CRLF has a check of its own.
            sent += Talk.withoutEnd(line).length() + 2 - (line.startsWith("..") ? 1 : 0);
        }
        long octets = listed.get().octets();
        expect(octets == sent, "LIST says " + octets + " octets, RETR sends " + sent);
    }

    private static void uidl(Room room) {
        room.must("uidl-complete", "UIDL has a line for each message", UIDL, MISSED, Set.of(Need.UIDL), visit -> {
            Talk talk = visit.login();
            int count = visit.count(talk);
            int lines = talk.listing("UIDL").size();
            expect(lines == count, "STAT counts " + count + " messages, UIDL has " + lines + " lines");
        });
        room.must(
                "uidl-form",
                "A line of UIDL is a number, one blank, and a unique-id",
                UIDL,
                "With two blanks the unique-id has one in it for some clients, and is empty for others.",
                Set.of(Need.UIDL, Need.MESSAGE),
                visit -> {
                    for (String line : visit.login().listing("UIDL")) {
                        expect(line.matches("[1-9]\\d* [^ ].*"), "UIDL has the line " + quoted(line));
                    }
                });
        room.must(
                "uidl-numbers",
                "UIDL's numbers are those of LIST",
                UIDL,
                TWICE,
                Set.of(Need.UIDL, Need.MESSAGE),
                visit -> {
                    List<UniqueIdListing> lines = uidl(visit.login());
                    for (int i = 0; i < lines.size(); i++) {
                        int number = lines.get(i).number();
                        expect(number == i + 1, "line " + (i + 1) + " of UIDL has the number " + number);
                    }
                });
        room.must(
                "uidl-length",
                "A unique-id has 1 to 70 characters",
                UIDL,
                "Clients keep them in fields of that size.",
                Set.of(Need.UIDL, Need.MESSAGE),
                visit -> {
                    for (UniqueIdListing line : uidl(visit.login())) {
                        int length = line.uniqueId().strip().length();
                        expect(
                                length <= 70,
                                "the unique-id of message " + line.number() + " has " + length + " characters");
                    }
                });
        room.must(
                "uidl-characters",
                "A unique-id has characters from 0x21 to 0x7E only",
                UIDL,
                "Clients keep them in text files, a line each.",
                Set.of(Need.UIDL, Need.MESSAGE),
                visit -> {
                    for (UniqueIdListing line : uidl(visit.login())) {
                        String id = line.uniqueId().strip();
                        expect(
                                id.chars().allMatch(c -> c >= 0x21 && c <= 0x7E),
                                "the unique-id of message " + line.number() + " is " + quoted(id));
                    }
                });
        room.must(
                "uidl-unique",
                "No two messages have the same unique-id",
                UIDL,
                "Of two messages with one unique-id clients fetch one.",
                Set.of(Need.UIDL, Need.SAMPLES),
                visit -> {
                    Set<String> seen = new HashSet<>();
                    int ours = visit.situation().numbers.values().stream()
                            .min(Integer::compare)
                            .orElse(1);
                    for (UniqueIdListing line : uidl(visit.login())) {
                        boolean fresh = seen.add(line.uniqueId().strip());
                        // Two equal messages of others may share one, where it is a hash of the message.
                        expect(
                                fresh || line.number() < ours,
                                "message " + line.number() + " has the unique-id of another");
                    }
                });
        room.must(
                "uidl-one",
                "UIDL of one message is its line of UIDL, behind +OK",
                UIDL,
                PARSE,
                Set.of(Need.UIDL, Need.MESSAGE),
                visit -> {
                    Talk talk = visit.login();
                    int number = visit.some();
                    List<String> lines = talk.listing("UIDL");
                    Moot.unless(lines.size() >= number, "UIDL has not a line for each message");
                    String one = talk.ok("UIDL " + number);
                    expect(
                            one.equals(lines.get(number - 1)),
                            "it is " + quoted(one) + ", not " + quoted(lines.get(number - 1)));
                });
        room.must(
                        "uidl-persists",
                        "A message has the same unique-id in every session",
                        UIDL,
                        TWICE,
                        Set.of(Need.UIDL, Need.MESSAGE),
                        visit -> {
                            List<String> first = uids(visit.login());
                            expect(
                                    first.equals(uids(visit.login())),
                                    "the second session has other unique-ids than the first");
                        })
                .behind("uidl-numbers");
        room.must(
                        "uidl-after-retr",
                        "A message has the same unique-id after it was fetched",
                        UIDL,
                        TWICE,
                        Set.of(Need.UIDL, Need.SAMPLES),
                        visit -> {
                            Talk talk = visit.login();
                            int number = visit.number("replies");
                            String before = talk.ok("UIDL " + number);
                            talk.message("RETR " + number);
                            talk.quit();
                            String after = visit.login().ok("UIDL " + number);
                            expect(
                                    before.equals(after),
                                    "before it was " + quoted(before) + ", now it is " + quoted(after));
                        })
                .behind("uidl-persists", "retr-removes-nothing");
        room.must(
                "uidl-terminator",
                "UIDL ends with a line of one dot and CRLF",
                "RFC 1939, section 3",
                "Clients wait for the end for ever.",
                Set.of(Need.UIDL),
                visit -> {
                    Talk talk = visit.login();
                    talk.listing("UIDL");
                    expect(talk.terminator().equals(".\r\n"), "UIDL ends with " + quoted(talk.terminator()));
                });
    }

    private static List<String> uids(Talk talk) throws IOException, Finding {
        List<String> ids = uidl(talk).stream().map(UniqueIdListing::uniqueId).toList();
        talk.quit();
        return ids;
    }

    static DropListing stat(Talk talk) throws IOException, Finding, Moot {
        String text = talk.ok("STAT");
        return DropListing.parse(text).orElseThrow(() -> new Moot("STAT has not its form: " + quoted(text)));
    }

    /** The lines of LIST that can be read; that all can is a rule of its own. */
    static List<ScanListing> list(Talk talk) throws IOException, Finding {
        return talk.listing("LIST").stream()
                .flatMap(line -> ScanListing.parse(line).stream())
                .toList();
    }

    /** The lines of UIDL that can be read. */
    static List<UniqueIdListing> uidl(Talk talk) throws IOException, Finding {
        return talk.listing("UIDL").stream()
                .flatMap(line -> UniqueIdListing.parse(line).stream())
                .toList();
    }

    static List<Integer> upTo(int count) {
        return IntStream.rangeClosed(1, count).boxed().toList();
    }
}
