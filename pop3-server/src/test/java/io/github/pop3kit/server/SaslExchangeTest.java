package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.protocol.sasl.ScramClient;
import io.github.pop3kit.protocol.sasl.ScramHash;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Account;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** RFC 5034 section 4 with each mechanism. */
class SaslExchangeTest {

    private static final String OPEN = "S: +OK maildrop has 0 messages (0 octets)\n";

    private final Played server = Played.with();

    @Test
    void login_asks_twice_or_once() {
        server.plays("S: +OK …\nC: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: bXJvc2U=\nS: + UGFzc3dvcmQ6\nC: "
                + base64("a secret") + "\n" + OPEN);
        server.plays("S: +OK …\nC: AUTH LOGIN bXJvc2U=\nS: + UGFzc3dvcmQ6\nC: " + base64("a secret") + "\n" + OPEN);
        server.plays("S: +OK …\nC: AUTH LOGIN\nS: + …\nC: bXJvc2U=\nS: + …\nC: *\nS: -ERR authentication cancelled\n");
        server.plays("S: +OK …\nC: AUTH LOGIN\nS: + …\nC: bXJvc2U=\nS: + …\nC: \nS: -ERR …\n");
    }

    @Test
    void a_token_that_is_refused_is_answered_by_a_challenge_first() {
        Authenticator tokens = new Authenticator() {
            @Override
            public Optional<Account> password(String user, String password) {
                return Optional.empty();
            }

            @Override
            public Optional<Account> token(String user, String token) {
                return token.equals("good") ? Optional.of(Account.of("mrose")) : Optional.empty();
            }

            @Override
            public Set<String> mechanisms() {
                return Set.of("XOAUTH2", "OAUTHBEARER");
            }
        };
        Played played = server.configured(builder -> builder.authenticator(tokens));
        String refusal = base64("{\"status\":\"invalid_token\",\"scope\":\"\",\"schemes\":\"bearer\"}");
        played.plays("S: +OK …\nC: AUTH XOAUTH2 " + base64("user=mrose\1auth=Bearer good\1\1") + "\n" + OPEN);
        played.plays(
                "S: +OK …\nC: AUTH XOAUTH2\nS: +\\x20\nC: " + base64("user=mrose\1auth=Bearer good\1\1") + "\n" + OPEN);
        played.plays("S: +OK …\nC: AUTH XOAUTH2 " + base64("user=mrose\1auth=Bearer bad\1\1") + "\nS: + " + refusal
                + "\nC: \nS: -ERR [AUTH] authentication failed\n");
        played.plays("S: +OK …\nC: AUTH OAUTHBEARER " + base64("n,a=mrose,\1auth=Bearer bad\1\1") + "\nS: + " + refusal
                + "\nC: AQ==\nS: -ERR [AUTH] authentication failed\n");
        played.plays("S: +OK …\nC: AUTH OAUTHBEARER " + base64("n,,\1auth=Bearer good\1\1") + "\n" + OPEN);
        played.plays("S: +OK …\nC: USER mrose\nS: -ERR not supported\nC: AUTH PLAIN AGEAYg==\nS: -ERR …\n");
    }

    @Test
    void scram_proves_both_sides() throws Exception {
        try (Played.Running running = server.start()) {
            for (ScramHash hash : ScramHash.values()) {
                assertEquals("+OK maildrop has 0 messages (0 octets)", scram(running, hash, "mrose", "a secret"));
                assertEquals("-ERR [AUTH] authentication failed", scram(running, hash, "mrose", "another"));
                assertEquals("-ERR [AUTH] authentication failed", scram(running, hash, "nobody", "a secret"));
            }
        }
    }

    @Test
    void whom_scram_acts_as_is_the_user_or_nobody() throws Exception {
        try (Played.Running running = server.start()) {
            ScramHash hash = ScramHash.SHA_256;
            assertEquals("+OK maildrop has 0 messages (0 octets)", scram(running, hash, "mrose", "mrose", "a secret"));
            assertEquals("-ERR [AUTH] authentication failed", scram(running, hash, "chris", "mrose", "a secret"));
        }
    }

    private static String scram(Played.Running running, ScramHash hash, String user, String password)
            throws IOException {
        return scram(running, hash, "", user, password);
    }

    /** The last reply. */
    private static String scram(Played.Running running, ScramHash hash, String actAs, String user, String password)
            throws IOException {
        try (Line line = new Line(running)) {
            ScramClient client = new ScramClient(hash, null, false, actAs, user, password);
            String first = line.ask("AUTH " + hash.mechanism() + " " + base64(client.first()));
            String second = line.ask(base64(client.answer(decode(first)).orElseThrow()));
            if (!second.startsWith("+ ")) return second;
            assertTrue(client.answer(decode(second)).isPresent());
            return line.ask("");
        }
    }

    @Test
    void a_user_who_is_not_there_has_the_same_salt_each_time_as_one_who_is() throws Exception {
        try (Played.Running running = server.start()) {
            for (String user : new String[] {"mrose", "nobody"}) {
                assertEquals(saltAndIterations(running, user), saltAndIterations(running, user), user);
            }
        }
    }

    private static String saltAndIterations(Played.Running running, String user) throws IOException {
        try (Line line = new Line(running)) {
            String challenge = line.ask("AUTH SCRAM-SHA-256 " + base64("n,,n=" + user + ",r=abc"));
            String message = new String(decode(challenge), StandardCharsets.UTF_8);
            assertTrue(message.matches("r=abc.*,s=[A-Za-z0-9+/]{22}==,i=4096"), message);
            return message.substring(message.indexOf(",s="));
        }
    }

    @Test
    void cram_md5_and_apop_are_off_until_they_are_asked_for() throws Exception {
        server.plays("""
                S: +OK pop3kit ready
                C: AUTH CRAM-MD5
                S: -ERR no such SASL mechanism here
                C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
                S: -ERR not supported
                """);
        Played digests = server.configured(builder -> builder.mechanisms("+APOP", "+CRAM-MD5"));
        try (Played.Running running = digests.start()) {
            try (Line line = new Line(running)) {
                byte[] challenge = decode(line.ask("AUTH CRAM-MD5"));
                String digest = Md5.cram(challenge, "a secret");
                assertEquals("+OK maildrop has 0 messages (0 octets)", line.ask(base64("mrose " + digest)));
            }
            try (Line line = new Line(running)) {
                String timestamp = line.greeting.substring(line.greeting.indexOf('<'));
                assertEquals(
                        "-ERR [AUTH] authentication failed", line.ask("APOP mrose " + Md5.apop(timestamp, "another")));
                assertEquals(
                        "+OK maildrop has 0 messages (0 octets)",
                        line.ask("APOP mrose " + Md5.apop(timestamp, "a secret")));
            }
        }
        digests.plays("S: +OK …\nC: AUTH CRAM-MD5 =\nS: -ERR …\nC: AUTH CRAM-MD5\nS: + …\nC: bm9uZQ==\nS: -ERR …\n");
    }

    @Test
    void only_who_may_acts_as_another() {
        Authenticator some = new Authenticator() {
            private final Authenticator known = Authenticator.passwords(Map.of("mrose", "a secret", "boss", "b"));

            @Override
            public Optional<Account> password(String user, String password) throws IOException {
                return known.password(user, password);
            }

            @Override
            public Optional<Account> actAs(Account user, String other) {
                return user.name().equals("boss") ? Optional.of(Account.of(other)) : Optional.empty();
            }
        };
        Played played = server.configured(builder -> builder.authenticator(some));
        played.plays("S: +OK …\nC: AUTH PLAIN " + base64("mrose\0boss\0b") + "\n" + OPEN);
        played.plays("S: +OK …\nC: AUTH PLAIN " + base64("mrose\0mrose\0a secret") + "\n" + OPEN);
        played.plays("S: +OK …\nC: AUTH PLAIN " + base64("boss\0mrose\0a secret")
                + "\nS: -ERR [AUTH] authentication failed\n");
    }

    @Test
    void names_that_differ_in_how_they_are_typed_are_one() {
        Played played = server.configured(
                builder -> builder.authenticator(Authenticator.passwords(Map.of("j\u00F3zsef", "p\u00E1l"))));
        played.plays("S: +OK …\nC: AUTH PLAIN " + base64("\0jo\u0301zsef\0pa\u0301l") + "\n" + OPEN);
        played.plays("S: +OK …\nC: AUTH PLAIN " + base64("\0jo\u0301zsef\u0007\0pa\u0301l")
                + "\nS: -ERR [AUTH] authentication failed\n");
    }

    @Test
    void the_mechanisms_can_be_chosen() {
        server.configured(builder -> builder.mechanisms("plain", "user"))
                .plays("S: +OK …\nC: AUTH\nS: +OK …\nS: PLAIN\nS: .\n");
        server.configured(builder -> builder.mechanisms("-user", "-login"))
                .plays("S: +OK …\nC: USER mrose\nS: -ERR not supported\n");
        Pop3Server.Builder builder = Pop3Server.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.mechanisms("PLAIN", "+LOGIN"));
        assertThrows(IllegalArgumentException.class, () -> builder.mechanisms("+NTLM"));
        assertThrows(IllegalArgumentException.class, () -> builder.mechanisms());
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    private static byte[] decode(String challenge) {
        assertTrue(challenge.startsWith("+ "), challenge);
        return Base64.getDecoder().decode(challenge.substring(2));
    }

    /** A client whose next line depends on the last. */
    private static final class Line implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader replies;
        private final String greeting;

        Line(Played.Running running) throws IOException {
            socket = new Socket(
                    InetAddress.getLoopbackAddress(), running.server().port());
            replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            greeting = replies.readLine();
        }

        String ask(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return replies.readLine();
        }

        /** Has quit: the maildrop is free for the next. */
        @Override
        public void close() throws IOException {
            try (socket) {
                ask("QUIT");
            }
        }
    }
}
