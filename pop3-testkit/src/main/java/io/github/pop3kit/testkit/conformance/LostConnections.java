package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;

import java.io.IOException;
import java.util.Set;

/** Sessions that end without QUIT: they never enter UPDATE. */
final class LostConnections {

    private static final String CLAUSE = "RFC 1939, section 6";
    private static final String LOST =
            "A client whose line broke does not know what it has: a message that it never stored is gone for good.";

    private LostConnections() {}

    /** How a connection is lost behind DELE. */
    @FunctionalInterface
    private interface Loss {
        void of(Talk talk, Visit visit) throws IOException, Finding, Moot;
    }

    static Room room() {
        Room room = new Room("Lost connections");
        lost(room, "lost-cut", "A connection that is reset removes nothing", (talk, visit) -> talk.cut());
        room.fromHere("lost-cut");
        lost(room, "lost-half-close", "A client that closes without QUIT removes nothing", (talk, visit) -> {
            talk.halfClose();
            talk.expectClosed("when the client has closed it");
        });
        lost(
                room,
                "lost-in-message",
                "A connection that is lost in the middle of a message removes nothing",
                (talk, visit) -> {
                    talk.say("RETR " + visit.number("large"));
                    talk.answer("RETR");
                    talk.line();
                    talk.cut();
                });
        lost(room, "lost-half-quit", "QUIT without its line end is no QUIT", (talk, visit) -> {
            talk.send("QUIT", "\"QUIT\" without a line end");
            talk.halfClose();
            while (talk.line() != null) {
                // Whatever it says to that.
            }
        });
        room.fromHere();
        room.should(
                "lost-lock",
                "The lock of a lost connection is given back within seconds",
                "RFC 1939, sections 4 and 6",
                "Somebody whose line broke is locked out of his own mail.",
                Set.of(Need.ACCOUNT),
                visit -> {
                    visit.login().cut();
                    visit.login();
                });
        room.must(
                "lost-before-login",
                "A connection that is lost before login holds nothing",
                "RFC 1939, section 4",
                "A half-done login locks the user out.",
                Set.of(Need.USER),
                visit -> {
                    Talk talk = visit.connect();
                    talk.ask("USER " + Visit.octets(visit.target().user()));
                    talk.cut();
                    visit.login().ok("STAT");
                });
        return room;
    }

    private static void lost(Room room, String id, String title, Loss loss) {
        room.must(id, title, CLAUSE, LOST, Set.of(Need.SAMPLES), visit -> {
            Talk talk = visit.login();
            int number = visit.spare(talk);
            String name = visit.nameOf(talk, number);
            talk.ok("DELE " + number);
            loss.of(talk, visit);
            // The next session may find it, and its QUIT remove it.
            for (int i = 1; i <= 2; i++)
                expect(visit.isThere(name), "in session " + i + " behind it the message is gone");
        });
    }
}
