package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What nobody should send, and somebody does. */
final class Robustness {

    private static final String INVALID = "RFC 1939, section 3";
    private static final String DIES = "One broken client takes the service from all the others.";

    private Robustness() {}

    static Room room() {
        Room room = new Room("Robustness");
        survives(room, "nul-in-command", "A NUL in a command is refused, or ends the session", "NO\0OP\r\n");
        survives(room, "cr-in-command", "A CR within a command is refused, or ends the session", "NO\rOP\r\n");
        survives(room, "binary", "Octets of no meaning are refused, or end the session", binary());
        survives(
                room,
                "long-line",
                "A line of 10,000 octets is refused, or ends the session",
                "x".repeat(10_000) + "\r\n");
        survives(
                room,
                "very-long-line",
                "A line of 1,000,000 octets is refused, or ends the session",
                "x".repeat(1_000_000) + "\r\n");
        survives(
                room,
                "http",
                "A request of HTTP is refused, or ends the session",
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        room.must(
                "eight-bit-keyword",
                "A keyword beyond ASCII is no keyword",
                INVALID,
                "A dotless i makes QUIT of what is none.",
                Set.of(),
                visit -> visit.connect().err("QU\u00C4\u00B1T"));
        room.must(
                "slow-octets",
                "A command may come octet by octet",
                INVALID,
                "Lines are slow, and TCP has no packets.",
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    for (char octet : "QUIT\r\n".toCharArray())
                        talk.send(String.valueOf(octet), quoted(String.valueOf(octet)));
                    expect(talk.answer("QUIT").isOk(), "QUIT in six packets is refused");
                });
        room.must(
                "half-close",
                "A client that has closed its side gets the answers to what it has asked",
                INVALID,
                "Scripts pipe their commands into the connection, and see nothing.",
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    talk.say("QUIT");
                    talk.halfClose();
                    expect(talk.answer("QUIT").isOk(), "QUIT is refused");
                    talk.expectClosed("behind QUIT");
                });
        room.must(
                "half-close-ends",
                "A client that closes its side without QUIT is not waited for",
                "RFC 1939, section 3",
                "Sessions of clients that are gone hold their maildrops.",
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    talk.halfClose();
                    talk.expectClosed("when the client has closed it");
                });
        room.must(
                "many-connections",
                "Twenty connections at once are greeted, or refused in words",
                "RFC 1939, section 4",
                "Offices sit behind one address.",
                Set.of(),
                visit -> {
                    List<Talk> talks = new ArrayList<>();
                    for (int i = 0; i < 20; i++) talks.add(visit.open(visit.situation().channel));
                    for (Talk talk : talks) {
                        if (visit.situation().channel == Channel.TLS) talk.startTls();
                        String line = talk.line();
                        expect(
                                line == null || new Answer(Talk.withoutEnd(line), true).isStatus(),
                                "one is greeted with " + quoted(String.valueOf(line)));
                    }
                });
        room.must(
                "many-unknown",
                "Fifty unknown commands are refused one by one, or end the session",
                INVALID,
                DIES,
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    for (int i = 0; i < 50; i++) {
                        talk.say("X-NO-COMMAND");
                        String line = talk.line();
                        if (line == null) return;
                        expect(
                                new Answer(Talk.withoutEnd(line), true).isErr(),
                                "one of them is answered with " + quoted(line));
                    }
                });
        return room;
    }

    private static String binary() {
        StringBuilder octets = new StringBuilder();
        Random random = new Random(1939);
        for (int i = 0; i < 200; i++) octets.append((char) random.nextInt(0x100));
        return octets.toString().replace('\n', 'x').replace('\r', 'x') + "\r\n";
    }

    /** Whatever is made of it, it is no success, and the next client is served. */
    private static void survives(Room room, String id, String title, String octets) {
        room.must(id, title, INVALID, DIES, Set.of(), visit -> {
            Talk talk = visit.connect();
            talk.send(octets, octets.length() > 60 ? octets.length() + " octets" : quoted(octets));
            refused(talk);
            visit.connect().ok("QUIT");
        });
    }

    private static void refused(Talk talk) throws IOException, Finding {
        String line = talk.line();
        expect(
                line == null || new Answer(Talk.withoutEnd(line), true).isErr(),
                "it is answered with " + quoted(String.valueOf(line)));
    }
}
