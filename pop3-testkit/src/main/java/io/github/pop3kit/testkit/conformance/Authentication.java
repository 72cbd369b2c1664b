package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.protocol.sasl.ScramClient;
import io.github.pop3kit.protocol.sasl.ScramHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** AUTH's framing, each mechanism that is offered, and APOP. All logins here are good ones. */
final class Authentication {

    private static final String AUTH = "RFC 5034, section 4";
    private static final String FRAMING = "Clients break off, or hang, in the middle of a login.";
    private static final String WHY = "What CAPA offers clients use; who chose it cannot log in.";

    private Authentication() {}

    static Room room() {
        Room room = new Room("AUTH and APOP");
        framing(room);
        mechanisms(room);
        apop(room);
        return room;
    }

    private static void framing(Room room) {
        room.must(
                "auth-challenge-word",
                "A challenge is a plus, a blank and base64, not +OK",
                AUTH,
                FRAMING,
                Set.of(Need.PLAIN),
                visit -> {
                    Answer answer = visit.connect().ask("AUTH PLAIN");
                    expect(answer.isChallenge(), "a challenge is said as " + quoted(answer.line()));
                });
        room.fromHere("auth-challenge-word");
        room.must(
                "auth-unknown",
                "AUTH with a mechanism that the server has not is refused with -ERR",
                AUTH,
                FRAMING,
                Set.of(),
                visit -> visit.connect().err("AUTH X-POP3KIT"));
        room.must(
                "auth-empty-challenge",
                "Without an initial response AUTH PLAIN is answered with a plus and a blank, and nothing else",
                AUTH,
                FRAMING,
                Set.of(Need.PLAIN),
                visit -> {
                    Talk talk = visit.connect();
                    Answer answer = talk.ask("AUTH PLAIN");
                    expect(answer.line().equals("+ "), "it is answered with " + quoted(answer.line()));
                });
        room.fromHere("auth-challenge-word", "auth-empty-challenge");
        room.must(
                "auth-cancel",
                "The response * cancels AUTH, which is answered with -ERR",
                AUTH,
                FRAMING,
                Set.of(Need.PLAIN),
                visit -> {
                    Talk talk = visit.connect();
                    challenged(talk, "AUTH PLAIN");
                    talk.err("*");
                });
        room.must(
                "auth-cancelled-goes-on",
                "Behind a cancelled AUTH another way to log in can be tried",
                AUTH,
                "Clients try one mechanism after the other.",
                Set.of(Need.PLAIN, Need.ACCOUNT),
                visit -> {
                    visit.login().quit();
                    Talk talk = visit.connect();
                    challenged(talk, "AUTH PLAIN");
                    talk.ask("*");
                    Answer answer = visit.logIn(talk);
                    expect(answer.isOk(), "the login behind it is refused: " + quoted(answer.line()));
                });
        notBase64(room, "auth-not-base64", "A response that is not base64 is refused with -ERR", "!!!!");
        notBase64(
                room,
                "auth-padding-within",
                "A response with a pad character in its middle is refused with -ERR",
                "AAA=BBB=");
        room.must(
                "auth-initial-not-base64",
                "An initial response that is not base64 is refused with -ERR",
                AUTH,
                FRAMING,
                Set.of(Need.PLAIN),
                visit -> {
                    Talk talk = visit.connect();
                    talk.err("AUTH PLAIN !!!!");
                    talk.errOrClosed("X-NO-COMMAND");
                });
        room.must(
                "auth-after-login",
                "AUTH after login is refused with -ERR",
                AUTH,
                "A session belongs to one user.",
                Set.of(Need.ACCOUNT, Need.SASL),
                visit -> {
                    Talk talk = visit.login();
                    talk.err("AUTH PLAIN");
                    talk.ok("NOOP");
                });
        room.must(
                "sasl-is-served",
                "Each mechanism that CAPA lists is served",
                "RFC 5034, section 3",
                WHY,
                Set.of(Need.SASL),
                visit -> {
                    List<String> refused = new ArrayList<>();
                    for (String mechanism : visit.situation().mechanisms()) {
                        Talk talk = visit.connect();
                        Answer answer = talk.ask("AUTH " + mechanism);
                        if (!answer.isChallenge()) refused.add(mechanism);
                        talk.close();
                    }
                    expect(refused.isEmpty(), "there is no challenge of " + refused);
                });
    }

    private static void notBase64(Room room, String id, String title, String response) {
        room.must(id, title, AUTH, FRAMING, Set.of(Need.PLAIN), visit -> {
            Talk talk = visit.connect();
            challenged(talk, "AUTH PLAIN");
            talk.err(response);
        });
    }

    /** Begins an exchange; the challenge's octets. */
    private static byte[] challenged(Talk talk, String command) throws IOException, Finding, Moot {
        return challenge(talk.ask(command));
    }

    private static byte[] challenge(Answer answer) throws Finding, Moot {
        if (answer.isOk()) throw new Moot("there is no challenge");
        expect(answer.isChallenge(), "there is no challenge but " + quoted(answer.line()));
        try {
            return Base64.getDecoder().decode(answer.text());
        } catch (IllegalArgumentException e) {
            throw new Finding("the challenge is not base64");
        }
    }

    private static void mechanisms(Room room) {
        mechanism(room, "auth-plain", "PLAIN logs in", "RFC 4616", Need.PLAIN, (talk, visit) -> {
            challenged(talk, "AUTH PLAIN");
            return respond(
                    talk, Visit.plain("", visit.target().user(), visit.target().password()));
        });
        mechanism(
                room,
                "auth-plain-initial",
                "PLAIN logs in by its initial response",
                "RFC 5034, section 4",
                Need.PLAIN,
                (talk, visit) -> talk.ask("AUTH PLAIN "
                        + Visit.plain("", visit.target().user(), visit.target().password())));
        mechanism(
                room,
                "auth-login",
                "LOGIN asks for name and password, and logs in",
                "draft-murchison-sasl-login",
                Need.LOGIN,
                (talk, visit) -> {
                    challenged(talk, "AUTH LOGIN");
                    challenge(respond(talk, Visit.base64(visit.target().user())));
                    return respond(talk, Visit.base64(visit.target().password()));
                });
        mechanism(room, "auth-cram-md5", "CRAM-MD5 logs in", "RFC 2195", Need.CRAM_MD5, (talk, visit) -> {
            byte[] challenge = challenged(talk, "AUTH CRAM-MD5");
            String digest = Md5.cram(challenge, visit.target().password());
            return respond(talk, Visit.base64(visit.target().user() + " " + digest));
        });
        for (ScramHash hash : ScramHash.values()) {
            String name = hash.mechanism();
            mechanism(
                    room,
                    "auth-" + name.toLowerCase(Locale.ROOT),
                    name + " logs in, and the server proves itself",
                    "RFC 5802",
                    Need.SASL,
                    (talk, visit) -> {
                        Moot.unless(
                                visit.situation().offersMechanism(name), "the mechanism " + name + " is not offered");
                        return scram(talk, visit, hash, null);
                    });
            mechanism(
                    room,
                    "auth-" + hash.plus().toLowerCase(Locale.ROOT),
                    hash.plus() + " logs in, bound to the channel",
                    "RFC 5802, section 6",
                    Need.SASL,
                    (talk, visit) -> {
                        Moot.unless(
                                visit.situation().offersMechanism(hash.plus()),
                                "the mechanism " + hash.plus() + " is not offered");
                        List<ChannelBinding> bindings = talk.bindings().stream()
                                .filter(binding -> binding.type().equals(ChannelBinding.END_POINT))
                                .toList();
                        Moot.unless(!bindings.isEmpty(), "there is nothing to bind to");
                        return scram(talk, visit, hash, bindings.get(0));
                    });
        }
        room.must(
                "auth-logs-in",
                "A session that AUTH began is in TRANSACTION",
                AUTH,
                WHY,
                Set.of(Need.PLAIN, Need.ACCOUNT),
                visit -> {
                    Talk talk = opened(visit);
                    Answer answer = talk.ask("AUTH PLAIN "
                            + Visit.plain(
                                    "", visit.target().user(), visit.target().password()));
                    Moot.unless(answer.isOk(), "PLAIN does not log in");
                    talk.loggedIn();
                    talk.ok("STAT");
                    talk.err("AUTH PLAIN");
                });
    }

    /** A login. */
    @FunctionalInterface
    private interface Login {
        Answer of(Talk talk, Visit visit) throws IOException, Finding, Moot;
    }

    private static void mechanism(Room room, String id, String title, String clause, Need need, Login login) {
        room.must(id, title, clause, WHY, Set.of(need, Need.ACCOUNT), visit -> {
            Talk talk = opened(visit);
            Answer answer = login.of(talk, visit);
            expect(answer.isOk(), "the login is refused: " + quoted(answer.line()));
            talk.loggedIn();
            talk.ok("NOOP");
        });
    }

    /** A connection, when the maildrop is free for sure. */
    private static Talk opened(Visit visit) throws IOException, Finding, Moot {
        visit.login().quit();
        return visit.connect();
    }

    private static Answer respond(Talk talk, String response) throws IOException, Finding {
        talk.saySecret(response);
        return talk.answer("a response");
    }

    private static Answer scram(Talk talk, Visit visit, ScramHash hash, @Nullable ChannelBinding binding)
            throws IOException, Finding, Moot {
        ScramClient client = new ScramClient(
                hash, binding, false, "", visit.target().user(), visit.target().password());
        challenged(talk, "AUTH " + (binding == null ? hash.mechanism() : hash.plus()));
        Answer answer = respond(talk, encoded(client.first()));
        while (answer.isChallenge()) {
            byte[] response = client.answer(challenge(answer))
                    .orElseThrow(
                            () -> new Finding("the challenge is none of SCRAM, or the server does not prove itself"));
            answer = respond(talk, encoded(response));
        }
        expect(answer.isErr() || client.isServerProven(), "the server lets in without proving itself");
        return answer;
    }

    private static String encoded(byte[] response) {
        return Base64.getEncoder().encodeToString(response);
    }

    private static void apop(Room room) {
        room.fromHere();
        String clause = "RFC 1939, section 7, APOP";
        room.must(
                "apop-timestamp",
                "The timestamp of APOP is another in each greeting",
                clause,
                "Who has heard one login can log in again with it.",
                Set.of(Need.APOP),
                visit -> {
                    Optional<String> first =
                            Situation.timestamp(visit.connect().greeting().line());
                    Optional<String> second =
                            Situation.timestamp(visit.connect().greeting().line());
                    expect(!first.equals(second), "two greetings have the timestamp " + quoted(first.orElse("")));
                });
        room.should(
                "apop-is-served",
                "A server that greets with a timestamp has APOP",
                clause,
                "Clients that find a timestamp try APOP first: each login costs a refusal, and some give up.",
                Set.of(Need.APOP, Need.ACCOUNT),
                visit -> {
                    Answer answer = apop(visit, visit.target().password());
                    expect(answer.isOk(), "the right digest is refused: " + quoted(answer.line()));
                });
        room.must(
                "apop-argument",
                "APOP without a digest is refused with -ERR",
                clause,
                "A name alone must not log in.",
                Set.of(Need.APOP, Need.ACCOUNT),
                visit -> visit.connect()
                        .err("APOP " + Visit.octets(visit.target().user())));
    }

    /** Logs in by APOP, or tries to. */
    static Answer apop(Visit visit, String password) throws IOException, Finding, Moot {
        Talk talk = opened(visit);
        Optional<String> timestamp = Situation.timestamp(talk.greeting().line());
        Moot.unless(timestamp.isPresent(), "there is no timestamp");
        Answer answer = talk.ask(
                "APOP " + Visit.octets(visit.target().user()) + " " + Md5.apop(timestamp.orElse(""), password));
        if (answer.isOk()) talk.loggedIn();
        return answer;
    }
}
