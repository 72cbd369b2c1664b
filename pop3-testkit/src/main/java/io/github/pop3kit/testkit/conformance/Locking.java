package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import java.util.Locale;
import java.util.Set;

/** Two sessions at once, and mail that arrives in between. */
final class Locking {

    private static final String LOCK = "RFC 1939, section 4";

    private Locking() {}

    static Room room() {
        Room room = new Room("Locking and snapshot");
        room.must(
                "messages-stay",
                "No other session removes or changes a message while this one has it",
                LOCK,
                "A client fetches what it has listed, and hears that it is not there; or gets another message by its number.",
                Set.of(Need.SAMPLES),
                visit -> {
                    Talk first = visit.login();
                    int number = visit.spare(first);
                    String name = visit.nameOf(first, number);
                    int count = visit.count(first);
                    Talk second = visit.connect();
                    if (!visit.logIn(second).isOk()) return;
                    int there = visit.find(second, name);
                    Moot.unless(there > 0, "the message is not in the second session");
                    second.ok("DELE " + there);
                    visit.update(second);
                    int left = visit.count(first);
                    expect(
                            left == count,
                            "when another session has deleted a message STAT counts " + left + ", not " + count);
                    String kept = visit.situation().samples.nameIn(first.message("RETR " + number));
                    expect(kept.equals(name), "message " + number + " is another than before");
                });
        room.must(
                        "lock-refused-session-goes-on",
                        "A second login does not disturb the first session",
                        LOCK,
                        "Somebody's phone ends the session of his computer.",
                        Set.of(Need.ACCOUNT),
                        visit -> {
                            Talk first = visit.login();
                            int count = visit.count(first);
                            Talk second = visit.connect();
                            if (visit.logIn(second).isOk()) second.quit();
                            int now = visit.count(first);
                            expect(now == count, "STAT counts " + now + " messages, before it were " + count);
                        })
                .behind("messages-stay");
        room.must(
                        "lock-refused-stays-out",
                        "Who is refused because of the lock is not logged in",
                        LOCK,
                        "The session works on a maildrop that it has not locked.",
                        Set.of(Need.ACCOUNT),
                        visit -> {
                            visit.login();
                            Talk second = visit.connect();
                            Moot.unless(visit.logIn(second).isErr(), "a second session is let in");
                            second.errOrClosed("STAT");
                        })
                .behind("stat-before-login");
        room.should(
                "in-use-code",
                "A login that the lock refuses is told so by [IN-USE]",
                "RFC 2449, section 8.1.2",
                "Without the code clients say that the password is wrong, and ask for it again.",
                Set.of(Need.ACCOUNT, Need.RESP_CODES),
                visit -> {
                    visit.login();
                    Answer answer = visit.logIn(visit.connect());
                    Moot.unless(answer.isErr(), "a second session is let in");
                    String code = answer.text().toUpperCase(Locale.ROOT);
                    expect(
                            code.startsWith("[IN-USE]") || code.startsWith("[IN-USE/"),
                            "it is told " + quoted(answer.line()));
                });
        room.must(
                "snapshot",
                "A message that arrives is not part of the session",
                LOCK,
                "Numbers move below the client: it deletes what it has never seen.",
                Set.of(Need.SAMPLES),
                visit -> {
                    Talk talk = visit.login();
                    int count = visit.count(talk);
                    visit.deliver("arrived-1");
                    int now = visit.count(talk);
                    expect(now == count, "STAT counts " + now + " messages, before it were " + count);
                    int lines = talk.listing("LIST").size();
                    expect(lines <= count, "LIST has " + lines + " lines for " + count + " messages");
                });
        room.must(
                "arrived",
                "A message that has arrived is part of the next session",
                LOCK,
                "Mail is seen late, or never.",
                Set.of(Need.SAMPLES),
                visit -> {
                    visit.login().quit();
                    visit.deliver("arrived-2");
                    expect(visit.arrives("arrived-2"), "it is not there");
                });
        return room;
    }
}
