package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Conversation.plays;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.sasl.Bearer;
import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.protocol.sasl.ScramClient;
import io.github.pop3kit.protocol.sasl.ScramHash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that lets its users in as the test wants. */
@Timeout(60)
class MechanismsTest {

    private final Pop3TestServer server = Pop3TestServer.start();

    {
        server.user("mrose", "tanstaaf").token("ya29.token").deliver("Subject: hi\n\nHello\n");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A client that has read the greeting. */
    private static final class Client implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader in;
        final String greeting;

        Client(Socket socket) throws IOException {
            this.socket = socket;
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            greeting = in.readLine();
        }

        String says(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(ISO_8859_1));
            return in.readLine();
        }

        String says(byte[] response) throws IOException {
            return says(encoded(response));
        }

        SSLSession tls() {
            return ((SSLSocket) socket).getSession();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Client client() throws IOException {
        return new Client(server.connect());
    }

    private static String encoded(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    private static byte[] challenge(String reply) {
        assertTrue(reply.startsWith("+ "), reply);
        return Base64.getDecoder().decode(reply.substring(2));
    }

    private static void assertOk(String reply) {
        assertTrue(reply.startsWith("+OK"), reply);
    }

    private static void assertRefused(String reply) {
        assertTrue(reply.startsWith("-ERR"), reply);
    }

    @Test
    void they_are_offered_in_the_order_of_the_test_and_no_others_are_served() {
        plays(server.mechanisms("login", "SCRAM-SHA-256", "PLAIN"), """
                S: +OK …
                C: AUTH
                S: +OK …
                S: LOGIN
                S: SCRAM-SHA-256
                S: PLAIN
                S: .
                C: CAPA
                S: +OK …
                S: TOP
                S: UIDL
                S: RESP-CODES
                S: AUTH-RESP-CODE
                S: PIPELINING
                S: STLS
                S: USER
                S: SASL LOGIN SCRAM-SHA-256 PLAIN
                S: IMPLEMENTATION …
                S: .
                C: AUTH CRAM-MD5
                S: -ERR no such SASL mechanism here
                C: AUTH SCRAM-SHA-1
                S: -ERR no such SASL mechanism here
                """);
    }

    @Test
    void a_mechanism_that_the_server_has_not_is_listed_and_refused() {
        plays(server.withoutCapability("USER").mechanisms("GSSAPI", "EXTERNAL", "PLAIN"), """
                S: +OK …
                C: AUTH
                S: +OK …
                S: GSSAPI
                S: EXTERNAL
                S: PLAIN
                S: .
                C: AUTH GSSAPI
                S: -ERR no such SASL mechanism here
                C: AUTH EXTERNAL =
                S: -ERR no such SASL mechanism here
                C: AUTH NTLM
                S: -ERR no such SASL mechanism here
                C: USER mrose
                S: -ERR unknown command
                C: AUTH PLAIN AG1yb3NlAHRhbnN0YWFm
                S: +OK …
                """);
        assertThrows(IllegalArgumentException.class, () -> server.mechanisms("PLAIN LOGIN"));
    }

    @Test
    void without_any_there_is_no_sasl() throws IOException {
        server.mechanisms();
        try (Client client = client()) {
            assertRefused(client.says("AUTH PLAIN AG1yb3NlAHRhbnN0YWFm"));
            assertOk(client.says("USER mrose"));
            assertOk(client.says("PASS tanstaaf"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"XOAUTH2", "OAUTHBEARER"})
    void a_user_comes_in_by_a_token_and_by_no_other(String mechanism) throws IOException {
        server.withoutCapability("USER").mechanisms(mechanism);
        try (Client client = client()) {
            assertRefused(client.says("AUTH PLAIN AG1yb3NlAHRhbnN0YWFm"));
            String reply = client.says("AUTH " + mechanism + " " + encoded(message(mechanism, "ya29.stale")));
            assertTrue(new String(challenge(reply), ISO_8859_1).contains("invalid_token"), reply);
            assertRefused(client.says("AQ=="));
            assertOk(client.says("AUTH " + mechanism + " " + encoded(message(mechanism, "ya29.token"))));
        }
        Pop3Assertions.assertThat(server).received("AUTH " + mechanism + " ****");
        assertFalse(server.transcript().contains("ya29"), server.transcript());
    }

    @Test
    void a_token_is_its_users_alone() throws IOException {
        server.user("bob", "secret").token("bobs");
        server.mechanisms("XOAUTH2");
        try (Client client = client()) {
            challenge(client.says("AUTH XOAUTH2 " + encoded(message("XOAUTH2", "bobs"))));
            assertRefused(client.says(""));
        }
    }

    private static byte[] message(String mechanism, String token) {
        Bearer bearer = new Bearer("mrose", token);
        return mechanism.equals("XOAUTH2") ? bearer.xoauth2() : bearer.oauthBearer("localhost", 110);
    }

    @Test
    void apop_of_a_greeting_of_the_tests_own_is_that_of_rfc_1939() {
        plays(
                server.greeting("+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>")
                        .mechanisms("APOP"),
                """
                S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
                C: AUTH PLAIN
                S: -ERR …
                C: APOP mrose c4c9334bac560ecc979e58001b3e22fc
                S: -ERR [AUTH] …
                C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
                S: +OK …
                """);
    }

    @Test
    void apop_of_a_kept_password_that_saslprep_makes_ordinary_is_the_ordinary_one() {
        server.user("mrose", "tan\u00ADstaaf");
        plays(server.greeting("+OK <1896.697170952@dbc.mtview.ca.us>").mechanisms("APOP"), """
                S: +OK …
                C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
                S: +OK …
                """);
    }

    @Test
    void apop_is_there_where_the_test_wants_it() throws IOException {
        try (Client client = client()) {
            assertFalse(client.greeting.contains("<"), client.greeting);
            assertRefused(client.says("APOP mrose c4c9334bac560ecc979e58001b3e22fb"));
        }
        server.mechanisms("APOP", "PLAIN");
        try (Client client = client()) {
            String timestamp = client.greeting.substring(client.greeting.indexOf('<'));
            assertOk(client.says("APOP mrose " + Md5.apop(timestamp, "tanstaaf")));
        }
    }

    @Test
    void cram_md5_is_asked_for_a_digest() throws IOException {
        server.mechanisms("CRAM-MD5");
        try (Client client = client()) {
            String digest = Md5.cram(challenge(client.says("AUTH CRAM-MD5")), "tanstaaf");
            assertOk(client.says(("mrose " + digest).getBytes(ISO_8859_1)));
        }
    }

    @Test
    void scram_proves_both_sides() throws IOException {
        server.mechanisms("SCRAM-SHA-256");
        try (Client client = client()) {
            ScramClient scram = new ScramClient(ScramHash.SHA_256, null, false, "", "mrose", "tanstaaf");
            assertProves(client, "SCRAM-SHA-256", scram);
        }
    }

    @Test
    void over_tls_scram_binds_where_that_is_offered_and_a_client_that_could_is_no_suspect_where_not()
            throws IOException {
        server.mechanisms("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
        try (Client client = overTls()) {
            ChannelBinding binding = ChannelBinding.of(client.tls(), false).get(0);
            ScramClient scram = new ScramClient(ScramHash.SHA_256, binding, false, "", "mrose", "tanstaaf");
            assertProves(client, "SCRAM-SHA-256-PLUS", scram);
        }
        server.mechanisms("SCRAM-SHA-256");
        try (Client client = overTls()) {
            ScramClient scram = new ScramClient(ScramHash.SHA_256, null, true, "", "mrose", "tanstaaf");
            assertProves(client, "SCRAM-SHA-256", scram);
        }
        server.mechanisms("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");
        plays(
                server,
                "S: +OK …\nC: AUTH\nS: +OK …\nS: SCRAM-SHA-256\nS: .\n"); // In the clear there is nothing to bind to.
    }

    private Client overTls() throws IOException {
        return new Client(server.sslContext().getSocketFactory().createSocket(server.host(), server.tlsPort()));
    }

    private static void assertProves(Client client, String mechanism, ScramClient scram) throws IOException {
        String reply = client.says("AUTH " + mechanism + " " + encoded(scram.first()));
        reply = client.says(scram.answer(challenge(reply)).orElseThrow());
        reply = client.says(scram.answer(challenge(reply)).orElseThrow());
        assertOk(reply);
        assertTrue(scram.isServerProven());
    }

    @Test
    void a_session_keeps_what_it_was_offered() throws IOException {
        try (Client before = client()) {
            server.mechanisms("CRAM-MD5");
            assertOk(before.says("AUTH PLAIN AG1yb3NlAHRhbnN0YWFm"));
        }
    }

    @Test
    void what_shows_a_password_is_not_offered_in_the_clear_where_the_test_wants_that() throws IOException {
        try (Pop3TestServer careful =
                Pop3TestServer.builder().passwordsOverTlsOnly().start()) {
            plays(careful.mechanisms("PLAIN", "XOAUTH2", "CRAM-MD5"), """
                    S: +OK …
                    C: AUTH
                    S: +OK …
                    S: CRAM-MD5
                    S: .
                    C: AUTH PLAIN AG1yb3NlAHRhbnN0YWFm
                    S: -ERR passwords are accepted over TLS only
                    """);
        }
    }

    @Test
    void a_reset_takes_the_tests_wishes_back_and_leaves_the_tokens() throws IOException {
        server.mechanisms("CRAM-MD5");
        server.reset();
        plays(server, "S: +OK …\nC: AUTH\nS: +OK …\nS: PLAIN\nS: LOGIN\nS: .\n");
        server.mechanisms("XOAUTH2");
        try (Client client = client()) {
            assertOk(client.says("AUTH XOAUTH2 " + encoded(message("XOAUTH2", "ya29.token"))));
        }
        assertEquals(List.of(), server.user("mrose").uniqueIds());
    }

    @Test
    void utf8_is_spoken_where_the_test_wants_it() {
        try (Pop3TestServer modern = Pop3TestServer.builder().utf8().start()) {
            modern.user("dörte", "grün").deliver("Subject: grüße\n\nja\n");
            plays(modern, """
                    S: +OK …
                    C: UTF8
                    S: +OK …
                    C: USER dörte
                    S: +OK …
                    C: PASS grün
                    S: +OK …
                    C: TOP 1 0
                    S: +OK …
                    S: Subject: grüße
                    S:
                    S: .
                    """);
        }
    }
}
