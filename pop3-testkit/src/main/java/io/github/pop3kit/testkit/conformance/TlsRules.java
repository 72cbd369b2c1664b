package io.github.pop3kit.testkit.conformance;

import static io.github.pop3kit.testkit.conformance.Finding.expect;
import static io.github.pop3kit.testkit.conformance.Finding.quoted;

import io.github.pop3kit.protocol.Capabilities;
import java.io.IOException;
import java.util.Set;
import javax.net.ssl.SSLSession;

/** STLS and implicit TLS. */
final class TlsRules {

    private static final String STLS = "RFC 2595, section 4";
    private static final String IMPLICIT = "RFC 8314, section 3";
    private static final String INJECTED =
            "Somebody on the way puts a command in front of the client's own, and it is done in the client's name.";
    private static final Set<Need> OFFERED = Set.of(Need.PLAIN_PORT, Need.STLS);
    private static final Set<Need> PORT = Set.of(Need.TLS_PORT);

    private TlsRules() {}

    static Room room() {
        Room room = new Room("TLS");
        stls(room);
        injection(room);
        implicit(room);
        return room;
    }

    private static void stls(Room room) {
        room.must(
                "stls",
                "STLS is followed by a TLS handshake, and the session goes on",
                STLS,
                "Who offers STLS and cannot do it keeps out all clients that insist on it.",
                OFFERED,
                visit -> visit.connect(Channel.STLS).ok("QUIT"));
        room.must(
                        "stls-again",
                        "STLS is offered to the next connection, too",
                        STLS,
                        "After the first client nobody can protect his password any more.",
                        OFFERED,
                        visit -> {
                            visit.connect(Channel.STLS).ok("QUIT");
                            Talk next = visit.connect(Channel.PLAIN);
                            expect(
                                    Capabilities.parse(next.listing("CAPA")).has("STLS"),
                                    "CAPA of the next connection lists no STLS");
                            next.ok("STLS");
                            next.startTls();
                            next.ok("QUIT");
                        })
                .behind("stls");
        room.fromHere("stls", "stls-again");
        room.must(
                "stls-no-greeting",
                "There is no second greeting behind the handshake",
                STLS,
                "Every reply is taken for that of the command before.",
                OFFERED,
                visit -> visit.connect(Channel.STLS).err("X-NO-COMMAND"));
        room.must(
                "stls-capa",
                "CAPA is served behind STLS",
                STLS,
                "Clients have to ask again, and would know nothing.",
                OFFERED,
                visit -> visit.connect(Channel.STLS).listing("CAPA"));
        room.must(
                "stls-not-listed-under-tls",
                "STLS is not listed where it is not permitted: under TLS",
                STLS,
                "Clients start TLS within TLS.",
                OFFERED,
                visit -> {
                    Capabilities under =
                            Capabilities.parse(visit.connect(Channel.STLS).listing("CAPA"));
                    expect(!under.has("STLS"), "CAPA behind STLS lists STLS");
                });
        room.must(
                "stls-twice",
                "STLS under TLS is refused with -ERR",
                STLS,
                "What follows is neither TLS nor POP3.",
                OFFERED,
                visit -> visit.connect(Channel.STLS).err("STLS"));
        room.must(
                "stls-argument",
                "STLS takes no argument",
                STLS,
                "What is wrong is to be refused.",
                OFFERED,
                visit -> visit.connect(Channel.PLAIN).err("STLS 1"));
        room.must(
                "stls-after-login",
                "STLS after login is refused with -ERR",
                STLS,
                "It is permitted in AUTHORIZATION only.",
                Set.of(Need.ACCOUNT, Need.STLS),
                visit -> {
                    Talk talk = visit.login();
                    talk.err("STLS");
                    talk.ok("NOOP");
                });
        room.must(
                        "stls-state",
                        "Behind STLS nobody is logged in",
                        STLS,
                        "TLS says who the server is, not who the client is.",
                        OFFERED,
                        visit -> visit.connect(Channel.STLS).err("STAT"))
                .behind("stat-before-login");
        version(room, "stls-version", "STLS", OFFERED, Channel.STLS);
    }

    private static void version(Room room, String id, String what, Set<Need> needs, Channel channel) {
        room.must(
                id,
                what + " has TLS 1.2 or later",
                "RFC 8314, section 4.1; RFC 8996",
                "Older versions can be broken, and clients of today refuse them.",
                needs,
                visit -> {
                    Talk talk = visit.open(channel);
                    if (channel == Channel.STLS) {
                        talk.readGreeting();
                        talk.ok("STLS");
                    }
                    SSLSession session = talk.startTls();
                    expect(session.getProtocol().matches("TLSv1\\.[23]"), "it is " + session.getProtocol());
                });
    }

    private static void injection(Room room) {
        room.must(
                "stls-injection",
                "What came in the clear behind STLS is not obeyed under TLS",
                STLS + "; CVE-2011-0411",
                INJECTED,
                OFFERED,
                visit -> {
                    Talk talk = visit.connect(Channel.PLAIN);
                    talk.send("STLS\r\nCAPA\r\n", "\"STLS\\r\\nCAPA\\r\\n\" in one packet");
                    String line = talk.line();
                    if (line == null || !new Answer(Talk.withoutEnd(line), true).isOk()) return;
                    try {
                        talk.startTls();
                    } catch (Finding notTls) {
                        return; // It took what came for the beginning of TLS, or said something in the clear.
                    }
                    talk.say("X-NO-COMMAND");
                    String first = talk.line();
                    if (first == null) return;
                    expect(
                            new Answer(Talk.withoutEnd(first), true).isErr(),
                            "the CAPA of the clear is answered under TLS: " + quoted(Talk.withoutEnd(first)));
                });
        room.should(
                "stls-forgets",
                "The name that USER said before STLS is forgotten",
                STLS,
                INJECTED,
                Set.of(Need.PLAIN_PORT, Need.STLS, Need.USER),
                visit -> {
                    Talk talk = visit.connect(Channel.PLAIN);
                    Answer user = talk.ask("USER " + Visit.octets(visit.target().user()));
                    Moot.unless(user.isOk(), "USER is refused in the clear");
                    talk.ok("STLS");
                    talk.startTls();
                    Answer pass = talk.ask("PASS " + Visit.octets(visit.target().password()));
                    expect(pass.isErr(), "PASS alone logs in behind STLS");
                });
        room.must(
                "stls-broken",
                "When the handshake fails the session does not go on in the clear",
                "RFC 2595, section 2.5",
                "The client believes in TLS, and its password goes out in the clear.",
                OFFERED,
                visit -> {
                    Talk talk = visit.connect(Channel.PLAIN);
                    talk.ok("STLS");
                    talk.send("CAPA\r\nCAPA\r\nCAPA\r\n", "\"CAPA\\r\\n\" three times, which is no TLS");
                    talk.halfClose();
                    String line = talk.line();
                    expect(
                            line == null || !new Answer(Talk.withoutEnd(line), true).isStatus(),
                            "it goes on in the clear: " + quoted(String.valueOf(line)));
                });
    }

    private static void implicit(Room room) {
        room.fromHere();
        room.must(
                "tls",
                "The port for TLS begins with a handshake, and greets behind it",
                IMPLICIT,
                "Clients of today come by this port first.",
                PORT,
                visit -> visit.connect(Channel.TLS).ok("QUIT"));
        room.must(
                "tls-capa",
                "CAPA is served over implicit TLS",
                IMPLICIT,
                "Clients have to guess.",
                PORT,
                visit -> visit.connect(Channel.TLS).listing("CAPA"));
        room.must(
                        "tls-no-stls",
                        "STLS is not listed over implicit TLS",
                        STLS,
                        "Clients start TLS within TLS.",
                        PORT,
                        visit -> {
                            Talk talk = visit.connect(Channel.TLS);
                            expect(!Capabilities.parse(talk.listing("CAPA")).has("STLS"), "CAPA lists STLS");
                        })
                .behind("tls-capa");
        room.must(
                "tls-stls",
                "STLS over implicit TLS is refused with -ERR",
                STLS,
                "What follows is neither TLS nor POP3.",
                PORT,
                visit -> visit.connect(Channel.TLS).err("STLS"));
        version(room, "tls-version", "The port for TLS", PORT, Channel.TLS);
        room.must(
                "tls-not-clear",
                "The port for TLS does not speak in the clear",
                IMPLICIT,
                "A password goes out in the clear where everybody believes in TLS.",
                PORT,
                visit -> {
                    Talk talk = visit.open(Channel.TLS);
                    talk.send("CAPA\r\nCAPA\r\nCAPA\r\n", "\"CAPA\\r\\n\" three times, which is no TLS");
                    talk.halfClose();
                    String line = talk.line();
                    expect(
                            line == null || !new Answer(Talk.withoutEnd(line), true).isStatus(),
                            "it answers in the clear: " + quoted(String.valueOf(line)));
                });
        room.should(
                "tls-close-notify",
                "TLS is ended by close_notify",
                "RFC 8446, section 6.1",
                "Who listens in between can cut a message short unseen; careful clients complain.",
                PORT,
                visit -> {
                    Talk talk = visit.connect(Channel.TLS);
                    talk.ok("QUIT");
                    talk.expectClosed("behind QUIT");
                    IOException end = talk.lastEnd();
                    expect(end == null, "the connection ends without it: " + (end == null ? "" : end.getMessage()));
                });
    }
}
