package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** Logins that must fail. They come last: a server may make who guesses wait. */
final class Guessing {

    private static final String PASS = "RFC 1939, section 7, PASS";
    private static final String ANYBODY = "Anybody reads the mail of everybody.";

    static final String NAME = "Refused logins";

    private Guessing() {}

    static Room room() {
        Room room = new Room(NAME);
        room.must("pass-wrong", "A wrong password is refused with -ERR", PASS, ANYBODY, Set.of(Need.USER), visit -> {
            Answer answer = attempt(visit.connect(), visit.target().user(), wrong(visit));
            expect(answer.isErr(), "it is accepted: " + quoted(answer.line()));
        });
        room.must(
                        "pass-goes-on",
                        "Behind a refused login one can try again, or the connection is closed",
                        "RFC 1939, section 4",
                        "Who has mistyped his password once stays out.",
                        Set.of(Need.USER),
                        visit -> {
                            visit.login().quit();
                            Talk talk = visit.connect();
                            Moot.unless(
                                    attempt(talk, visit.target().user(), wrong(visit))
                                            .isErr(),
                                    "a wrong password is accepted");
                            talk.say("STAT");
                            String line = talk.line();
                            if (line == null) return;
                            expect(
                                    new Answer(Talk.withoutEnd(line), true).isErr(),
                                    "STAT is answered with " + quoted(line));
                            Answer again = visit.logIn(talk);
                            expect(again.isOk(), "the right password is refused then: " + quoted(again.line()));
                        })
                .behind("pass-wrong", "stat-before-login");
        room.must(
                        "pass-with-blank",
                        "The right password with a blank and more behind it is another password",
                        PASS,
                        "Passwords with blanks are cut: they are weaker than their owners think, or do not work at all.",
                        Set.of(Need.USER),
                        visit -> {
                            Answer answer = attempt(
                                    visit.connect(),
                                    visit.target().user(),
                                    visit.target().password() + " x");
                            expect(answer.isErr(), "it is accepted: " + quoted(answer.line()));
                        })
                .behind("pass-wrong");
        room.should(
                        "pass-trailing-blank",
                        "The right password with a blank behind it is another password",
                        PASS,
                        "Who has a blank at the end of his password cannot log in.",
                        Set.of(Need.USER),
                        visit -> {
                            Answer answer = attempt(
                                    visit.connect(),
                                    visit.target().user(),
                                    visit.target().password() + " ");
                            expect(answer.isErr(), "it is accepted: " + quoted(answer.line()));
                        })
                .behind("pass-wrong", "pass-with-blank");
        room.should(
                        "auth-code",
                        "A wrong password is told by [AUTH] where AUTH-RESP-CODE is announced",
                        "RFC 3206, section 5",
                        "Clients ask for the password again because the server has a trouble of its own; or do not ask.",
                        Set.of(Need.USER, Need.AUTH_RESP_CODE),
                        visit -> {
                            Answer answer =
                                    attempt(visit.connect(), visit.target().user(), wrong(visit));
                            Moot.unless(answer.isErr(), "a wrong password is accepted");
                            expect(
                                    answer.text().toUpperCase(Locale.ROOT).startsWith("[AUTH"),
                                    "it is told " + quoted(answer.line()));
                        })
                .behind("pass-wrong");
        room.should(
                "user-not-revealed",
                "Who is no user hears the same as who has a wrong password",
                "RFC 1939, sections 7 and 13",
                "Strangers find out who has an account.",
                Set.of(Need.USER),
                visit -> {
                    Talk known = visit.connect();
                    String user = known.ask(
                                    "USER " + Visit.octets(visit.target().user()))
                            .line();
                    Talk unknown = visit.connect();
                    String nobody = unknown.ask("USER pop3kit-nobody").line();
                    String said = nobody.replace(
                            "pop3kit-nobody", Visit.octets(visit.target().user()));
                    expect(
                            user.equals(said),
                            "to a user it says " + quoted(user) + ", to a stranger " + quoted(nobody));
                });
        room.must(
                "auth-plain-wrong",
                "PLAIN with a wrong password is refused with -ERR",
                "RFC 5034, section 4",
                ANYBODY,
                Set.of(Need.PLAIN, Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.connect();
                    Answer answer = talk.ask(
                            "AUTH PLAIN " + Visit.plain("", visit.target().user(), wrong(visit)));
                    expect(answer.isErr(), "it is accepted: " + quoted(answer.line()));
                });
        room.must(
                "auth-long-response",
                "A response of 1,200 octets is taken as one, and answered once",
                "RFC 5034, section 4",
                "Tokens of OAuth2 are as long as that: with them nobody can log in.",
                Set.of(Need.PLAIN, Need.ACCOUNT),
                visit -> {
                    Talk talk = visit.connect();
                    Answer challenge = talk.ask("AUTH PLAIN");
                    Moot.unless(challenge.isChallenge(), "there is no challenge");
                    talk.saySecret(Visit.plain("", visit.target().user(), "p".repeat(880)));
                    Answer answer = talk.answer("a response");
                    expect(answer.isErr(), "it is accepted: " + quoted(answer.line()));
                    // QUIT's answer comes next, unless the rest of the response was taken for a command.
                    talk.say("QUIT");
                    String line = talk.line();
                    expect(
                            line == null || new Answer(Talk.withoutEnd(line), true).isOk(),
                            "it is answered twice: " + quoted(String.valueOf(line)));
                });
        room.must(
                "apop-wrong",
                "APOP with a wrong digest is refused with -ERR",
                "RFC 1939, section 7, APOP",
                ANYBODY,
                Set.of(Need.APOP, Need.ACCOUNT),
                visit -> {
                    Answer answer = Authentication.apop(visit, wrong(visit));
                    expect(answer.isErr(), "it is accepted: " + quoted(answer.line()));
                });
        return room;
    }

    private static String wrong(Visit visit) {
        return "not-" + visit.target().password();
    }

    private static Answer attempt(Talk talk, String user, String password) throws IOException, Finding {
        Answer answer = talk.ask("USER " + Visit.octets(user));
        return answer.isOk() ? talk.ask("PASS " + Visit.octets(password)) : answer;
    }
}
