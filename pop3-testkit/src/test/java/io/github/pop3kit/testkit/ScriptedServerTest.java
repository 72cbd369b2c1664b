package io.github.pop3kit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.server.ServerCertificate;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that says what the test has written down. */
@Timeout(30)
class ScriptedServerTest {

    private static final String GOOD_BYE = """
            S: +OK ready
            C: QUIT
            S: +OK
            S closes
            """;

    @Test
    void a_conversation_that_is_alone_is_played_to_every_client_in_any_pieces() throws IOException {
        for (Pace pace : List.of(new Pace.Lines(), new Pace.Octets(), new Pace.Splits(1))) {
            try (ScriptedServer server = ScriptedServer.builder()
                    .plays(GOOD_BYE.replace("S closes\n", ""))
                    .pace(pace)
                    .start()) {
                for (int i = 0; i < 3; i++) says(server, GOOD_BYE);
                server.await();
            }
        }
    }

    @Test
    void several_conversations_are_played_in_order_each_to_one_client() throws IOException {
        ScriptedServer server =
                ScriptedServer.playsInOrder("S: -ERR [IN-USE] later\n", "S: +OK now\nC: QUIT\nS: +OK\n");
        says(server, "S: -ERR [IN-USE] later\nS closes\n");
        says(server, "S: +OK now\nC: QUIT\nS: +OK\nS closes\n");
        server.await();
        says(server, "S closes\n");
        AssertionError third = assertThrows(AssertionError.class, server::close);
        assertTrue(third.getMessage().contains("only 2 clients were expected"), third::getMessage);
    }

    @Test
    void a_client_that_says_something_else_is_cut_off_and_the_deviation_is_thrown() throws IOException {
        ScriptedServer server = ScriptedServer.plays("S: +OK ready\nC: STAT\nS: +OK 0 0\n");
        says(server, "S: +OK ready\nC: LIST\nS closes\n");
        for (AssertionError deviation : List.of(
                assertThrows(AssertionError.class, server::await), assertThrows(AssertionError.class, server::close))) {
            assertEquals("""
                    connection 1: expected: STAT
                     but was: LIST\\r\\n
                    behind:
                    S: +OK ready
                    """, deviation.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "C: STAT, PASS a secret, STAT, PASS ****",
        "C: PASS another secret, PASS a secret, PASS ****, PASS ****",
        "C: apop mrose …, a secret, APOP ****, ****",
        "C: AUTH PLAIN, AUTH PLAIN AGEAc2VjcmV0, AUTH PLAIN, AUTH PLAIN ****",
        "C: STAT, \u001B[2Jsecret, STAT, ****",
        "C: STAT, USER \u001B[2J, STAT, USER \\x1B[2J",
        "C: RETR …, LIST 1, RETR …, LIST 1"
    })
    void a_deviation_shows_neither_secrets_nor_controls(String expects, String says, String expected, String was)
            throws IOException {
        ScriptedServer server = ScriptedServer.plays("S: +OK ready\n" + expects + "\n");
        says(server, "S: +OK ready\nC: " + Transcript.escape(says) + "\nS closes\n");
        AssertionError deviation = assertThrows(AssertionError.class, server::close);
        assertEquals(
                "connection 1: expected: " + expected + "\n but was: " + was + "\\r\\n\nbehind:\nS: +OK ready\n",
                deviation.getMessage());
    }

    @Test
    void what_came_before_a_deviation_shows_no_secrets_either() throws IOException {
        String conversation = """
                S: +OK ready
                C: PASS first secret
                S: -ERR no
                C: AUTH CRAM-MD5
                S: + Y2hhbGxlbmdl
                C: c2VjcmV0
                S: -ERR no
                C: AUTH CRAM-MD5
                S: + Y2hhbGxlbmdl
                """;
        ScriptedServer server = ScriptedServer.plays(conversation + "C: c2VjcmV0\n");
        says(server, conversation + "C: third secret\nS closes\n");
        AssertionError deviation = assertThrows(AssertionError.class, server::close);
        assertEquals("""
                connection 1: expected: ****
                 but was: ****\\r\\n
                behind:
                S: +OK ready
                C: PASS ****
                S: -ERR no
                C: AUTH CRAM-MD5
                S: + Y2hhbGxlbmdl
                C: ****
                S: -ERR no
                C: AUTH CRAM-MD5
                S: + Y2hhbGxlbmdl
                """, deviation.getMessage());
    }

    @Test
    void a_client_that_leaves_early_is_a_deviation_and_one_that_stays_silent_too() throws IOException {
        ScriptedServer left = ScriptedServer.plays(GOOD_BYE);
        says(left, "S: +OK ready\n");
        assertTrue(assertThrows(AssertionError.class, left::close).getMessage().contains("the connection ended"));
        ScriptedServer silent = ScriptedServer.plays(GOOD_BYE);
        try (Socket client = new Socket(silent.host(), silent.port())) {
            Transcript.parse("S: +OK ready\n").playClient(client, new Pace.Lines());
            assertThrows(AssertionError.class, silent::close);
        }
    }

    @Test
    void what_was_not_played_is_missed_by_who_waits_for_it() {
        try (ScriptedServer server = ScriptedServer.plays(GOOD_BYE)) {
            Thread.currentThread().interrupt(); // Nobody has ten seconds.
            assertThrows(AssertionError.class, server::await);
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void a_server_cuts_in_the_middle_of_a_line() throws IOException {
        try (ScriptedServer server = ScriptedServer.plays("S: +OK ready\nC: NOOP\nS: +O\\\nS cuts\n");
                Socket client = new Socket(server.host(), server.port())) {
            Transcript.parse("S: +OK ready\nC: NOOP\n").playClient(client, new Pace.Lines());
            assertThrows(SocketException.class, () -> client.getInputStream().readAllBytes());
        }
    }

    @Test
    void tls_is_there_from_the_beginning() throws IOException {
        try (ScriptedServer server = ScriptedServer.builder()
                        .plays(GOOD_BYE.replace("S closes\n", ""))
                        .implicitTls()
                        .start();
                Socket client = server.sslContext().getSocketFactory().createSocket(server.host(), server.port())) {
            Transcript.parse(GOOD_BYE).playClient(client, new Pace.Lines());
        }
    }

    @Test
    void tls_begins_behind_stls_and_is_cut() throws IOException {
        try (ScriptedServer server = ScriptedServer.builder()
                        .plays("S: +OK\nC: STLS\nS: +OK begin\n")
                        .thenTls("C: CAPA\nS: +OK\nS cuts\n")
                        .start();
                Socket clear = new Socket(server.host(), server.port())) {
            Transcript.parse("S: +OK\nC: STLS\nS: +OK begin\n").playClient(clear, new Pace.Lines());
            Socket client =
                    server.sslContext().getSocketFactory().createSocket(clear, server.host(), server.port(), true);
            Transcript.parse("C: CAPA\nS: +OK\n").playClient(client, new Pace.Lines());
            assertThrows(IOException.class, () -> client.getInputStream().read());
        }
    }

    @Test
    void a_certificate_that_the_client_does_not_trust_is_a_deviation_when_it_refuses() throws IOException {
        ServerCertificate another = ServerCertificate.selfSigned("elsewhere.example");
        ScriptedServer server = ScriptedServer.builder()
                .plays("S: +OK\n")
                .implicitTls()
                .certificate(another)
                .start();
        try (SSLSocket client =
                (SSLSocket) server.sslContext().getSocketFactory().createSocket(server.host(), server.port())) {
            assertThrows(SSLException.class, client::startHandshake);
        }
        AssertionError refused = assertThrows(AssertionError.class, server::close);
        // The client's alert, or, where the server was quicker with its greeting than that, a line that is broken.
        assertTrue(refused.getCause().getCause() instanceof IOException, refused::toString);
    }

    @Test
    void what_makes_no_sense_is_refused_at_once() {
        assertThrows(IllegalArgumentException.class, () -> ScriptedServer.plays("+OK\n"));
        assertThrows(IllegalStateException.class, () -> ScriptedServer.builder().start());
        assertThrows(IllegalStateException.class, () -> ScriptedServer.builder().thenTls("C: QUIT\n"));
        assertThrows(
                IllegalStateException.class,
                () -> ScriptedServer.builder().plays("S: +OK\n").thenTls("").thenTls(""));
        assertThrows(
                IllegalStateException.class,
                () -> ScriptedServer.builder().plays("S: +OK\n").thenTls("").implicitTls());
        assertThrows(
                IllegalStateException.class,
                () -> ScriptedServer.builder().plays("S: +OK\n").implicitTls().thenTls(""));
        assertThrows(
                IllegalArgumentException.class, () -> ScriptedServer.builder().pace(new Pace.Pipelined()));
    }

    private static void says(ScriptedServer server, String conversation) throws IOException {
        try (Socket client = new Socket(server.host(), server.port())) {
            Transcript.parse(conversation).playClient(client, new Pace.Lines());
        }
    }
}
