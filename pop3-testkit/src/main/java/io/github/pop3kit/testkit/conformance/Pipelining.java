package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Several commands at once. */
final class Pipelining {

    private static final String CLAUSE = "RFC 2449, section 6.6";
    private static final String WHY = "Clients that believe in PIPELINING hang, or take one reply for another.";
    private static final Set<Need> NEEDS = Set.of(Need.PIPELINING, Need.MESSAGE);

    private Pipelining() {}

    static Room room() {
        Room room = new Room("Pipelining");
        room.fromHere("quit-after-login", "quit-closes");
        room.must(
                "pipelining-many", "A hundred commands at once are answered one by one", CLAUSE, WHY, NEEDS, visit -> {
                    Talk talk = visit.login();
                    talk.sayAtOnce(Collections.nCopies(100, "NOOP"));
                    for (int i = 1; i <= 100; i++) {
                        Answer answer = talk.answer("NOOP " + i);
                        expect(
                                answer.isOk(),
                                "the NOOP that comes as number " + i + " is answered with " + quoted(answer.line()));
                    }
                });
        room.fromHere("quit-after-login", "quit-closes", "pipelining-many");
        room.must("pipelining-order", "Commands are answered in their order", CLAUSE, WHY, NEEDS, visit -> {
            Talk talk = visit.login();
            String stat = talk.ok("STAT");
            List<String> list = talk.listing("LIST");
            talk.sayAtOnce(List.of("LIST", "STAT", "X-NO-COMMAND", "LIST", "NOOP"));
            for (int i = 0; i < 2; i++) {
                expect(talk.answer("LIST").isOk(), "LIST is refused among others");
                expect(talk.rest("LIST").equals(list), "LIST is another among others");
                if (i > 0) break;
                expect(talk.answer("STAT").text().equals(stat), "STAT is another among others");
                expect(talk.answer("X-NO-COMMAND").isErr(), "an unknown command is accepted among others");
            }
            expect(talk.answer("NOOP").isOk(), "NOOP is refused among others");
        });
        room.must(
                "pipelining-messages",
                "Messages that are asked for at once come whole, in their order",
                CLAUSE,
                WHY,
                NEEDS,
                visit -> {
                    Talk talk = visit.login();
                    String command = "RETR " + visit.some();
                    String whole = talk.message(command);
                    talk.sayAtOnce(Collections.nCopies(20, command));
                    for (int i = 1; i <= 20; i++) {
                        expect(talk.answer(command).isOk(), "the RETR that comes as number " + i + " is refused");
                        expect(
                                talk.body(command).equals(whole),
                                "the message that comes as number " + i + " is another");
                    }
                    talk.ok("NOOP");
                });
        room.must(
                "pipelining-login",
                "A login and what follows it may come at once",
                CLAUSE,
                WHY,
                Set.of(Need.PIPELINING, Need.USER),
                visit -> {
                    visit.login().quit();
                    Talk talk = visit.connect();
                    List<String> batch = new ArrayList<>(
                            List.of("USER " + Visit.octets(visit.target().user())));
                    batch.add("PASS " + Visit.octets(visit.target().password()));
                    batch.addAll(List.of("STAT", "NOOP", "QUIT"));
                    talk.sayAtOnce(batch);
                    for (String command : batch) {
                        Answer answer = talk.answer(command);
                        expect(
                                answer.isOk(),
                                command.substring(0, 4) + " is refused among others: " + quoted(answer.line()));
                    }
                    talk.expectClosed("behind QUIT");
                });
        room.must(
                "pipelining-quit", "Behind QUIT nothing is done any more", "RFC 1939, section 6", WHY, NEEDS, visit -> {
                    Talk talk = visit.login();
                    talk.sayAtOnce(List.of("STAT", "QUIT", "STAT"));
                    expect(talk.answer("STAT").isOk(), "STAT is refused");
                    expect(talk.answer("QUIT").isOk(), "QUIT is refused");
                    talk.expectClosed("behind QUIT");
                });
        room.must(
                "pipelining-split",
                "A command may come in two packets, and with it the half of another",
                CLAUSE,
                WHY,
                NEEDS,
                visit -> {
                    Talk talk = visit.login();
                    talk.send("NOOP\r\nNO", "\"NOOP\\r\\nNO\"");
                    expect(talk.answer("NOOP").isOk(), "NOOP is refused");
                    talk.send("OP\r", "\"OP\\r\"");
                    talk.send("\nNOOP\r\n", "\"\\nNOOP\\r\\n\"");
                    for (int i = 0; i < 2; i++) expect(talk.answer("NOOP").isOk(), "a NOOP in pieces is refused");
                });
        room.must(
                        "pipelining-removal",
                        "Messages that are fetched and deleted at once are deleted at QUIT",
                        CLAUSE,
                        WHY,
                        Set.of(Need.PIPELINING, Need.SAMPLES),
                        Pipelining::removal)
                .behind("quit-removes", "quit-removes-no-other");
        return room;
    }

    private static void removal(Visit visit) throws IOException, Finding, Moot {
        Talk talk = visit.login();
        int number = visit.spare(talk);
        String name = visit.nameOf(talk, number);
        talk.sayAtOnce(List.of("RETR " + number, "DELE " + number, "QUIT"));
        expect(talk.answer("RETR").isOk(), "RETR is refused");
        talk.body("RETR");
        expect(talk.answer("DELE").isOk(), "DELE is refused");
        expect(talk.answer("QUIT").isOk(), "QUIT is refused");
        expect(!visit.isThere(name), "it is still there");
    }
}
