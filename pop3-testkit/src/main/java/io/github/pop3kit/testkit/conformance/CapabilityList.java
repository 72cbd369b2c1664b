package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import io.github.pop3kit.protocol.Capabilities;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** CAPA: its form, and whether it tells the truth. */
final class CapabilityList {

    private static final String CAPA = "RFC 2449, section 5";
    private static final String ASKED = "Clients do only what CAPA says they may.";
    private static final List<String> IN_BOTH_STATES =
            List.of("TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "UTF8", "LANG");

    private CapabilityList() {}

    static Room room() {
        Room room = new Room("CAPA");
        form(room);
        truth(room);
        return room;
    }

    private static void form(Room room) {
        room.should(
                "capa",
                "CAPA is served",
                "RFC 2449, section 5; RFC 2595, section 4",
                "Clients have to guess; some close the connection and begin anew.",
                Set.of(),
                visit -> visit.connect().listing("CAPA"));
        room.must(
                "capa-after-login",
                "CAPA is served after login, too",
                CAPA,
                ASKED,
                Set.of(Need.CAPA, Need.ACCOUNT),
                visit -> visit.login().listing("CAPA"));
        room.must(
                "capa-terminator",
                "CAPA ends with a line of one dot and CRLF",
                CAPA,
                "Clients wait for the end for ever.",
                Set.of(Need.CAPA),
                visit -> {
                    Talk talk = visit.connect();
                    talk.listing("CAPA");
                    expect(talk.terminator().equals(".\r\n"), "CAPA ends with " + quoted(talk.terminator()));
                });
        room.must(
                "capa-lines",
                "A capability is a name of printable ASCII, and arguments, each behind one blank",
                "RFC 2449, section 3",
                "Clients that part the line at blanks find an empty name.",
                Set.of(Need.CAPA),
                visit -> {
                    for (String line : visit.connect().listing("CAPA")) {
                        expect(
                                line.matches("[!-\\-/-~]++( [!-~]++)*+") && line.length() <= 510,
                                "there is the line " + quoted(line));
                    }
                });
        room.must(
                "capa-once",
                "No capability is there twice",
                CAPA,
                "One client takes the first, another the last.",
                Set.of(Need.CAPA),
                visit -> {
                    Set<String> seen = new HashSet<>();
                    for (String line : visit.connect().listing("CAPA")) {
                        String name = line.split(" ", -1)[0].toUpperCase(Locale.ROOT);
                        expect(seen.add(name), name + " is there twice");
                    }
                });
        room.must(
                "capa-argument",
                "CAPA takes no argument",
                CAPA,
                "What is wrong is to be refused.",
                Set.of(Need.CAPA),
                visit -> visit.connect().err("CAPA 1"));
        room.must(
                        "capa-both-states",
                        "What belongs to both states is announced in both",
                        "RFC 2449, section 6",
                        "Clients ask once, and never learn of it.",
                        Set.of(Need.CAPA, Need.ACCOUNT),
                        visit -> {
                            Talk talk = visit.login();
                            Capabilities after = Capabilities.parse(talk.listing("CAPA"));
                            Capabilities before = visit.situation().beforeLogin.orElseThrow();
                            for (String name : IN_BOTH_STATES) {
                                expect(
                                        before.has(name) == after.has(name),
                                        name + " is announced " + (after.has(name) ? "after" : "before")
                                                + " login only");
                            }
                        })
                .behind("capa-after-login");
        room.fromHere("capa-lines");
        argument(
                room,
                "EXPIRE",
                "\\d+( USER)?|NEVER( USER)?|NEVER",
                "RFC 2449, section 6.7",
                "Users are told that their mail is kept for a time that nobody said.");
        argument(
                room,
                "LOGIN-DELAY",
                "\\d+( USER)?",
                "RFC 2449, section 6.5",
                "Clients come too early, and are refused.");
        argument(room, "IMPLEMENTATION", ".+", "RFC 2449, section 6.9", "It is there to say who it is.");
        argument(
                room,
                "SASL",
                "[A-Z0-9_-]{1,20}+( [A-Z0-9_-]{1,20}+)*+",
                "RFC 2449, section 6.3; RFC 4422, section 3.1",
                "Clients choose their way to log in by it.");
    }

    private static void argument(Room room, String name, String form, String clause, String why) {
        room.must(
                "capa-" + name.toLowerCase(Locale.ROOT) + "-form",
                name + " has the arguments that it must have",
                clause,
                why,
                Set.of(Need.CAPA),
                visit -> {
                    List<String> lines = visit.connect().listing("CAPA").stream()
                            .filter(line -> line.equalsIgnoreCase(name)
                                    || line.regionMatches(true, 0, name + " ", 0, name.length() + 1))
                            .toList();
                    Moot.unless(!lines.isEmpty(), name + " is not offered");
                    for (String line : lines) {
                        String arguments = line.length() > name.length() ? line.substring(name.length() + 1) : "";
                        expect(arguments.matches("(?i)" + form), "there is the line " + quoted(line));
                    }
                });
    }

    private static void truth(Room room) {
        room.fromHere();
        room.must(
                "capa-user-is-served",
                "Where CAPA lists USER, it is served",
                "RFC 2449, section 6.2",
                ASKED,
                Set.of(Need.CAPA, Need.ACCOUNT),
                visit -> {
                    Moot.unless(visit.situation().beforeLogin.orElseThrow().has("USER"), "USER is not listed");
                    Answer answer = visit.connect()
                            .ask("USER " + Visit.octets(visit.target().user()));
                    expect(answer.isOk(), "USER is refused: " + quoted(answer.line()));
                });
        room.must(
                        "capa-pass-is-served",
                        "Where CAPA lists USER, PASS takes the password that AUTH takes",
                        "RFC 2449, section 6.2; RFC 1939, section 7, PASS",
                        "Who has a blank in his password cannot log in.",
                        Set.of(Need.CAPA, Need.ACCOUNT),
                        visit -> {
                            Moot.unless(
                                    visit.situation().beforeLogin.orElseThrow().has("USER"), "USER is not listed");
                            if (visit.situation().byPass) return; // All other checks log in by it.
                            Talk talk = visit.connect();
                            talk.ok("USER " + Visit.octets(visit.target().user()));
                            talk.ok("PASS " + Visit.octets(visit.target().password()));
                            talk.loggedIn();
                        })
                .behind("capa-user-is-served");
        listed(room, "TOP", "6.1", visit -> "TOP " + visit.some() + " 0");
        listed(room, "UIDL", "6.8", visit -> "UIDL");
        room.must(
                "login-delay-is-kept",
                "Who announces LOGIN-DELAY refuses logins that come too early",
                "RFC 2449, section 6.5",
                "Clients wait for a time that nobody asks for: mail comes late.",
                Set.of(Need.CAPA, Need.ACCOUNT),
                visit -> {
                    Capabilities all = visit.situation().beforeLogin.orElseThrow();
                    List<String> delay = all.find("LOGIN-DELAY")
                            .map(some -> some.arguments())
                            .orElse(List.of());
                    Moot.unless(!delay.isEmpty() && delay.get(0).matches("0*[1-9]\\d*"), "no LOGIN-DELAY is announced");
                    Moot.unless(delay.size() == 1, "it differs from user to user");
                    visit.login().quit();
                    Answer second = visit.logIn(visit.connect());
                    expect(
                            second.isErr(),
                            "a login right behind another is accepted, with LOGIN-DELAY " + delay.get(0));
                });
        room.should(
                "user-is-listed",
                "A server that has USER and PASS says so",
                "RFC 2449, section 6.2",
                ASKED,
                Set.of(Need.CAPA, Need.USER),
                visit -> expect(
                        visit.situation().beforeLogin.orElseThrow().has("USER"), "USER is served and not listed"));
        room.should(
                "top-is-listed",
                "A server that has TOP says so",
                "RFC 2449, section 6.1",
                ASKED,
                Set.of(Need.CAPA, Need.MESSAGE),
                visit -> {
                    Moot.unless(visit.situation().topWorks, "there is no TOP");
                    expect(visit.situation().offers("TOP"), "TOP is served and not listed");
                });
        room.should(
                "uidl-is-listed",
                "A server that has UIDL says so",
                "RFC 2449, section 6.8",
                ASKED,
                Set.of(Need.CAPA, Need.ACCOUNT),
                visit -> {
                    Moot.unless(visit.situation().uidlWorks, "there is no UIDL");
                    expect(visit.situation().offers("UIDL"), "UIDL is served and not listed");
                });
        room.must(
                "command-255",
                "Commands of 255 octets are understood",
                "RFC 2449, section 4",
                "Names of some length cannot log in.",
                Set.of(Need.CAPA),
                visit -> {
                    Talk talk = visit.connect();
                    talk.ask("USER " + "n".repeat(255 - 2 - 5));
                    talk.ok("CAPA");
                });
    }

    private static void listed(Room room, String name, String section, Function<Visit, String> command) {
        room.must(
                "capa-" + name.toLowerCase(Locale.ROOT) + "-is-served",
                "Where CAPA lists " + name + ", it is served",
                "RFC 2449, section " + section,
                ASKED,
                Set.of(Need.CAPA, Need.MESSAGE),
                visit -> {
                    Moot.unless(visit.situation().offers(name), name + " is not listed");
                    Answer answer = visit.login().ask(command.apply(visit));
                    expect(answer.isOk(), name + " is refused: " + quoted(answer.line()));
                });
    }
}
