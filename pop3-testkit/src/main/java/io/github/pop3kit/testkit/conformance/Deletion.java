package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Marks, RSET, and what UPDATE removes. All that is marked here was delivered for it. */
final class Deletion {

    private static final String DELE = "RFC 1939, section 5, DELE";
    private static final String RSET = "RFC 1939, section 5, RSET";
    private static final String UPDATE = "RFC 1939, section 6";
    private static final String NUMBERS = "A client that goes on by number fetches, or deletes, the wrong message.";
    private static final String SEEN = "The client sees what it has just deleted, and fetches it again.";
    private static final String LOST = "Mail is lost.";
    private static final Set<Need> SAMPLES = Set.of(Need.SAMPLES);

    private Deletion() {}

    static Room room() {
        Room room = new Room("Deletion");
        marks(room);
        numbers(room);
        rset(room);
        update(room);
        return room;
    }

    /** What was there before a message was marked. */
    private record Marked(Talk talk, int number, int count) {}

    private static Marked mark(Visit visit) throws IOException, Finding, Moot {
        Talk talk = visit.login();
        int number = visit.spare(talk);
        int count = visit.count(talk);
        talk.ok("DELE " + number);
        return new Marked(talk, number, count);
    }

    private static void marks(Room room) {
        room.must(
                "dele",
                "DELE of a message is answered with +OK",
                DELE,
                "Clients clear their maildrops by it.",
                SAMPLES,
                Deletion::mark);
        room.must(
                "stat-skips-deleted",
                "STAT does not count what is marked as deleted",
                "RFC 1939, section 5, STAT",
                SEEN,
                SAMPLES,
                visit -> {
                    Marked marked = mark(visit);
                    int count = visit.count(marked.talk);
                    expect(
                            count == marked.count - 1,
                            "STAT counts " + count + " messages, before DELE it was " + marked.count);
                });
        room.must(
                        "list-skips-deleted",
                        "LIST leaves out what is marked as deleted",
                        "RFC 1939, section 5, LIST",
                        SEEN,
                        SAMPLES,
                        visit -> {
                            Talk talk = visit.login();
                            int number = visit.spare(talk);
                            int before = talk.listing("LIST").size();
                            talk.ok("DELE " + number);
                            int lines = talk.listing("LIST").size();
                            expect(lines == before - 1, "LIST has " + lines + " lines, before DELE it was " + before);
                        })
                .behind("list-complete");
        room.must(
                        "uidl-skips-deleted",
                        "UIDL leaves out what is marked as deleted",
                        "RFC 1939, section 7, UIDL",
                        SEEN,
                        Set.of(Need.SAMPLES, Need.UIDL),
                        visit -> {
                            Talk talk = visit.login();
                            int number = visit.spare(talk);
                            int before = talk.listing("UIDL").size();
                            talk.ok("DELE " + number);
                            int lines = talk.listing("UIDL").size();
                            expect(lines == before - 1, "UIDL has " + lines + " lines, before DELE it was " + before);
                        })
                .behind("uidl-complete");
        for (String command : List.of("RETR", "LIST", "UIDL", "TOP", "DELE")) {
            Set<Need> needs = switch (command) {
                case "UIDL" -> Set.of(Need.SAMPLES, Need.UIDL);
                case "TOP" -> Set.of(Need.SAMPLES, Need.TOP);
                default -> SAMPLES;
            };
            room.must(
                    command.toLowerCase(java.util.Locale.ROOT) + "-of-deleted",
                    command + " of a message that is marked as deleted is refused with -ERR",
                    "RFC 1939, section " + (needs == SAMPLES ? "5, " : "7, ") + command,
                    SEEN,
                    needs,
                    visit -> {
                        Marked marked = mark(visit);
                        marked.talk.err(command + " " + marked.number + (command.equals("TOP") ? " 0" : ""));
                    });
        }
    }

    private static void numbers(Room room) {
        room.must(
                        "list-keeps-numbers",
                        "LIST behind DELE has the numbers that the messages had before",
                        "RFC 1939, sections 4 and 5",
                        NUMBERS,
                        SAMPLES,
                        visit -> {
                            Talk talk = visit.login();
                            int number = spareBelowAnother(visit, talk);
                            List<Integer> expected = new ArrayList<>(numbers(talk));
                            talk.ok("DELE " + number);
                            List<Integer> after = numbers(talk);
                            Moot.unless(after.size() == expected.size() - 1, "LIST has not one line less behind DELE");
                            expected.remove(Integer.valueOf(number));
                            expect(
                                    after.equals(expected),
                                    "behind DELE " + number + " LIST has the numbers " + shortened(after));
                        })
                .behind("list-complete");
        room.must(
                        "uidl-keeps-numbers",
                        "UIDL behind DELE has the numbers that the messages had before",
                        "RFC 1939, sections 4 and 7",
                        NUMBERS,
                        Set.of(Need.SAMPLES, Need.UIDL),
                        visit -> {
                            Talk talk = visit.login();
                            int number = spareBelowAnother(visit, talk);
                            List<UniqueIdListing> expected = new ArrayList<>(Listings.uidl(talk));
                            talk.ok("DELE " + number);
                            List<UniqueIdListing> after = Listings.uidl(talk);
                            Moot.unless(after.size() == expected.size() - 1, "UIDL has not one line less behind DELE");
                            expected.removeIf(line -> line.number() == number);
                            expect(
                                    after.equals(expected),
                                    "behind DELE " + number + " UIDL has other numbers for the same unique-ids");
                        })
                .behind("uidl-complete", "uidl-numbers");
        room.must(
                "retr-keeps-numbers",
                "RETR behind DELE fetches by the numbers that the messages had before",
                "RFC 1939, sections 4 and 5",
                NUMBERS,
                SAMPLES,
                visit -> {
                    Talk talk = visit.login();
                    int number = spareBelowAnother(visit, talk);
                    String next = visit.nameOf(talk, number + 1);
                    talk.ok("DELE " + number);
                    String name = visit.situation().samples.nameIn(talk.message("RETR " + (number + 1)));
                    expect(name.equals(next), "message " + (number + 1) + " is another than before DELE " + number);
                });
    }

    /** A message to be deleted that is not the last one. */
    private static int spareBelowAnother(Visit visit, Talk talk) throws IOException, Finding, Moot {
        int number = visit.spare(talk);
        Moot.unless(number < visit.count(talk), "there is no message behind the one that may be deleted");
        return number;
    }

    private static List<Integer> numbers(Talk talk) throws IOException, Finding {
        return Listings.list(talk).stream().map(ScanListing::number).toList();
    }

    private static String shortened(List<Integer> numbers) {
        return numbers.size() <= 20
                ? numbers.toString()
                : numbers.subList(numbers.size() - 20, numbers.size()) + " at its end";
    }

    private static void rset(Room room) {
        room.must(
                        "rset-one-reply",
                        "RSET is answered once",
                        RSET,
                        "From then on every reply is taken for that of another command.",
                        Set.of(Need.ACCOUNT),
                        visit -> {
                            Talk talk = visit.login();
                            talk.ok("RSET");
                            Answer answer = talk.ask("STAT");
                            expect(
                                    answer.isOk() && answer.text().matches("\\d+ \\d+.*"),
                                    "STAT behind RSET is answered with " + quoted(answer.line()));
                        })
                .behind("stat-form");
        room.must("rset-unmarks", "RSET takes the marks off", RSET, LOST, SAMPLES, visit -> {
                    Marked marked = mark(visit);
                    marked.talk.ok("RSET");
                    int count = visit.count(marked.talk);
                    expect(
                            count == marked.count,
                            "behind RSET STAT counts " + count + " messages, before DELE it was " + marked.count);
                    marked.talk.message("RETR " + marked.number);
                })
                .behind("rset-one-reply", "stat-skips-deleted");
        room.must(
                        "rset-removes-nothing",
                        "What was marked before RSET is not removed at QUIT",
                        RSET,
                        LOST,
                        SAMPLES,
                        visit -> {
                            Talk talk = visit.login();
                            int number = visit.spare(talk);
                            String name = visit.nameOf(talk, number);
                            talk.ok("DELE " + number);
                            talk.ok("RSET");
                            talk.quit();
                            expect(visit.isThere(name), "it is gone");
                        })
                .behind("rset-one-reply", "rset-unmarks");
    }

    private static void update(Room room) {
        room.must(
                "quit-removes",
                "QUIT removes what is marked as deleted",
                UPDATE,
                "The maildrop fills up, and clients fetch the same mail again.",
                SAMPLES,
                visit -> {
                    Talk talk = visit.login();
                    int number = visit.spare(talk);
                    String name = visit.nameOf(talk, number);
                    int count = visit.count(talk);
                    talk.ok("DELE " + number);
                    visit.update(talk);
                    Talk next = visit.login();
                    int left = visit.count(next);
                    expect(left < count, "behind QUIT there are " + left + " messages, before it were " + count);
                    expect(visit.find(next, name) == 0, "it is still there");
                });
        room.must("quit-removes-no-other", "QUIT removes nothing else", UPDATE, LOST, SAMPLES, visit -> {
                    Talk talk = visit.login();
                    int number = spareBelowAnother(visit, talk);
                    String before = number > 1 ? visit.nameOf(talk, number - 1) : "";
                    String behind = visit.nameOf(talk, number + 1);
                    talk.ok("DELE " + number);
                    visit.update(talk);
                    Talk next = visit.login();
                    for (String name : List.of(before, behind)) {
                        expect(
                                name.isEmpty() || visit.find(next, name) > 0,
                                "the message " + name + ", which was not marked, is gone");
                    }
                })
                .behind("lost-cut");
        room.must(
                        "numbers-after-update",
                        "In the next session the messages are numbered from 1 on, without gaps",
                        "RFC 1939, section 4",
                        NUMBERS,
                        SAMPLES,
                        visit -> {
                            Marked marked = mark(visit);
                            visit.update(marked.talk);
                            Talk next = visit.login();
                            int count = visit.count(next);
                            List<Integer> numbers = numbers(next);
                            expect(numbers.equals(Listings.upTo(count)), "LIST has the numbers " + shortened(numbers));
                        })
                .behind("list-complete", "list-numbers", "quit-removes");
        room.must(
                        "uidl-after-update",
                        "The messages that are left keep their unique-ids",
                        "RFC 1939, section 7, UIDL",
                        "Everything is fetched again.",
                        Set.of(Need.SAMPLES, Need.UIDL),
                        visit -> {
                            Talk talk = visit.login();
                            int number = visit.spare(talk);
                            List<String> expected = new ArrayList<>();
                            for (UniqueIdListing line : Listings.uidl(talk)) {
                                if (line.number() != number) expected.add(line.uniqueId());
                            }
                            talk.ok("DELE " + number);
                            visit.update(talk);
                            List<String> left = Listings.uidl(visit.login()).stream()
                                    .map(UniqueIdListing::uniqueId)
                                    .toList();
                            expect(left.equals(expected), "they have others in the next session");
                        })
                .behind("uidl-persists", "uidl-numbers", "quit-removes", "quit-removes-no-other", "lost-cut");
        room.must(
                        "all-deleted",
                        "When all is marked, LIST sends the line of one dot alone, and STAT counts nothing",
                        "RFC 1939, section 5, LIST",
                        "Clients wait for ever at an empty maildrop.",
                        Set.of(Need.SAMPLES, Need.ALONE),
                        visit -> {
                            Talk talk = visit.loginForAll();
                            int count = visit.count(talk);
                            for (int number = 1; number <= count; number++) {
                                Moot.unless(
                                        !visit.nameOf(talk, number).isEmpty(), "message " + number + " is not ours");
                            }
                            for (int number = 1; number <= count; number++) talk.ok("DELE " + number);
                            List<String> lines = talk.listing("LIST");
                            expect(lines.isEmpty(), "LIST has " + lines.size() + " lines");
                            DropListing stat = Listings.stat(talk);
                            expect(stat.count() == 0 && stat.octets() == 0, "STAT says " + stat);
                            talk.ok("RSET");
                        })
                .behind("list-skips-deleted", "stat-skips-deleted", "lost-cut", "rset-one-reply");
    }
}
