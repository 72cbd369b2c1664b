package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The greeting, the forms of replies and commands, and which command belongs to which state. */
final class States {

    private static final String BASICS = "RFC 1939, section 3";
    private static final String WRONG_STATE =
            "A client that is wrong about the state waits for an answer that never comes, or takes one thing for another.";

    private States() {}

    static Room room() {
        Room room = new Room("States and commands");
        greeting(room);
        replies(room);
        commands(room);
        wrongStates(room);
        quit(room);
        return room;
    }

    private static void greeting(Room room) {
        room.must(
                "greeting",
                "The server greets with one line that begins with +OK",
                "RFC 1939, section 4",
                "Clients wait for the greeting before they speak.",
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    expect(
                            talk.greeting().isOk(),
                            "the greeting is " + quoted(talk.greeting().line()));
                    talk.ok("QUIT");
                });
        room.must(
                "quit-before-login",
                "QUIT before login is answered with +OK",
                "RFC 1939, section 4",
                "Clients that only look at CAPA wait for the answer.",
                Set.of(),
                visit -> visit.connect().ok("QUIT"));
        room.must(
                "quit-before-login-closes",
                "After QUIT the server closes the connection",
                "RFC 1939, section 4",
                "Connections that stay open use up the server's places.",
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    talk.ok("QUIT");
                    talk.expectClosed("behind QUIT");
                });
    }

    private static void replies(Room room) {
        room.must(
                "status-crlf",
                "Status lines end in CRLF",
                BASICS,
                "Clients that look for CRLF wait for ever; others take the CR of the next line for text.",
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    List<Answer> answers = List.of(talk.greeting(), talk.ask("X-NO-COMMAND"), talk.ask("QUIT"));
                    for (Answer answer : answers) expect(answer.crlf(), quoted(answer.line()) + " ends in a bare LF");
                });
        room.must(
                "status-ok-word",
                "A success is +OK in upper case, followed by a blank or nothing",
                BASICS,
                "Clients compare with \"+OK\" as it stands.",
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    for (Answer answer : List.of(talk.greeting(), talk.ask("QUIT"))) {
                        expect(answer.line().matches("\\+OK( .*)?"), "a success is said as " + quoted(answer.line()));
                    }
                });
        room.must(
                "status-err-word",
                "A failure is -ERR in upper case, followed by a blank or nothing",
                BASICS,
                "Many clients look at the first character only: \"+ERR\" is a success to them.",
                Set.of(),
                visit -> {
                    Answer answer = visit.connect().ask("X-NO-COMMAND");
                    expect(answer.line().matches("-ERR( .*)?"), "a failure is said as " + quoted(answer.line()));
                });
        room.must(
                "reply-length",
                "Replies have at most 512 octets with their CRLF",
                BASICS,
                "Clients read into buffers of that size.",
                Set.of(),
                visit -> {
                    Talk talk = visit.connect();
                    String name = "n".repeat(240);
                    for (String line : List.of("X-" + name, "USER " + name)) {
                        Answer answer = talk.ask(line);
                        expect(
                                answer.line().length() <= 510,
                                "a reply has " + (answer.line().length() + 2) + " octets");
                    }
                });
    }

    private static void commands(Room room) {
        room.must(
                "keyword-case-before-login",
                "Keywords are case-insensitive before login",
                BASICS,
                "Scripts and old clients write \"user\" and \"quit\".",
                Set.of(),
                visit -> visit.connect().ok("qUiT"));
        room.must(
                "keyword-case",
                "Keywords are case-insensitive after login",
                BASICS,
                "Scripts and old clients write \"stat\" and \"retr\".",
                Set.of(Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    talk.ok("nOOp");
                    talk.ok("stat");
                });
        room.must(
                "unknown-before-login",
                "An unknown command is refused with -ERR before login",
                BASICS,
                "Clients try out what a server can do.",
                Set.of(),
                visit -> visit.connect().err("X-NO-COMMAND"));
        room.must(
                "unknown-after-login",
                "An unknown command is refused with -ERR after login, and the session goes on",
                BASICS,
                "Clients try out what a server can do, and want to go on where it cannot.",
                Set.of(Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    talk.err("X-NO-COMMAND");
                    talk.ok("NOOP");
                });
        room.must(
                "keyword-prefix",
                "What begins like a command and goes on is none",
                BASICS,
                "NOOPS is no NOOP: who takes it for one may take DELETED for DELE.",
                Set.of(Need.ACCOUNT),
                visit -> visit.login().err("NOOPS"));
        room.must(
                "empty-line",
                "An empty line is refused with -ERR, and the session goes on",
                BASICS,
                "A stray line end must not cost the session and the marks that were made in it.",
                Set.of(Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    talk.err("");
                    talk.ok("NOOP");
                });
        room.must(
                "noop",
                "NOOP is answered with +OK",
                "RFC 1939, section 5, NOOP",
                "Clients keep sessions alive with it.",
                Set.of(Need.ACCOUNT),
                visit -> visit.login().ok("NOOP"));
        for (String command : List.of("NOOP", "STAT", "RSET")) {
            room.must(
                    command.toLowerCase(java.util.Locale.ROOT) + "-argument",
                    command + " takes no argument",
                    BASICS + "; section 5, " + command,
                    "A client that says more than that meant something else.",
                    Set.of(Need.ACCOUNT),
                    visit -> visit.login().err(command + " 1"));
        }
        room.must(
                "quit-argument",
                "QUIT takes no argument",
                BASICS + "; section 6",
                "What is no QUIT must not remove messages.",
                Set.of(Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    talk.err("QUIT 1");
                    talk.ok("NOOP");
                });
        room.should(
                "blanks-between",
                "Keyword and argument are separated by a single blank",
                BASICS,
                "It is a matter of taste; but who counts blanks differently reads names and passwords differently, too.",
                Set.of(Need.MESSAGE),
                visit -> visit.login().err("LIST  " + visit.some()));
    }

    private static void wrongStates(Room room) {
        for (String command : List.of("STAT", "LIST", "RETR 1", "DELE 1", "NOOP", "RSET", "TOP 1 0", "UIDL")) {
            room.must(
                    keyword(command) + "-before-login",
                    command.split(" ", -1)[0] + " before login is refused with -ERR",
                    BASICS,
                    WRONG_STATE,
                    Set.of(),
                    visit -> visit.connect().err(command));
        }
        for (String command : List.of("USER mrose", "PASS secret", "APOP mrose c4c9334bac560ecc979e58001b3e22fb")) {
            room.must(
                    keyword(command) + "-after-login",
                    command.split(" ", -1)[0] + " after login is refused with -ERR",
                    BASICS,
                    WRONG_STATE,
                    Set.of(Need.ACCOUNT),
                    visit -> {
                        Talk talk = visit.login();
                        talk.err(command);
                        talk.ok("STAT");
                    });
        }
        room.must(
                "pass-first",
                "PASS without USER before it is refused with -ERR",
                "RFC 1939, section 7, PASS",
                WRONG_STATE,
                Set.of(),
                visit -> visit.connect().err("PASS secret"));
        room.must(
                "user-argument",
                "USER without a name is refused with -ERR",
                BASICS + "; section 7, USER",
                WRONG_STATE,
                Set.of(Need.USER),
                visit -> visit.connect().err("USER"));
        room.must(
                "pass-argument",
                "PASS without a password is refused with -ERR",
                BASICS + "; section 7, PASS",
                WRONG_STATE,
                Set.of(Need.USER),
                visit -> {
                    Talk talk = visit.connect();
                    talk.ask("USER pop3kit-nobody");
                    talk.errOrClosed("PASS");
                });
        room.must(
                "user-login",
                "USER and PASS of a user log in",
                "RFC 1939, section 7, USER",
                "It is how most people log in.",
                Set.of(Need.USER),
                visit -> {
                    Talk talk = visit.login();
                    talk.ok("NOOP");
                });
        room.must(
                "user-again",
                "The USER that counts is the last one",
                "RFC 1939, section 7, PASS",
                "PASS comes immediately after its USER: otherwise somebody is logged in as somebody else.",
                Set.of(Need.USER),
                visit -> {
                    Talk talk = visit.connect();
                    Moot.unless(talk.ask("USER pop3kit-nobody").isOk(), "the server says who is a user");
                    Answer answer = visit.logIn(talk);
                    expect(answer.isOk(), "behind a second USER the password is refused: " + quoted(answer.line()));
                });
    }

    private static void quit(Room room) {
        room.must(
                "quit-after-login",
                "QUIT after login is answered with +OK",
                "RFC 1939, section 6",
                "Without the answer a client cannot know whether its messages were removed.",
                Set.of(Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    talk.ok("QUIT");
                });
        room.must(
                "quit-closes",
                "After QUIT the server closes the connection",
                "RFC 1939, section 6",
                "Clients wait for the end; some for ever.",
                Set.of(Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.login();
                    talk.quit();
                    talk.expectClosed("behind QUIT");
                });
        room.must(
                "session-after-session",
                "A session can follow on another at once",
                "RFC 1939, section 6",
                "The lock is given back before QUIT is answered, or clients that come again are refused.",
                Set.of(Need.ACCOUNT),
                visit -> {
                    List<Answer> refused = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        Talk talk = visit.connect();
                        Answer answer = visit.logIn(talk);
                        if (i == 0 && !answer.isOk()) {
                            talk = visit.login(); // Whoever was here before may have left without QUIT.
                        } else if (!answer.isOk()) {
                            refused.add(answer);
                        }
                        talk.quit();
                    }
                    expect(
                            refused.isEmpty(),
                            "the login right behind a QUIT is refused: " + quoted(String.valueOf(refused)));
                });
    }

    private static String keyword(String command) {
        return command.split(" ", -1)[0].toLowerCase(java.util.Locale.ROOT);
    }
}
