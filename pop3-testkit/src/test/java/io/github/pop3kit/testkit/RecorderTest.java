package io.github.pop3kit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session that is recorded, and played again in both parts. */
@Timeout(30)
class RecorderTest {

    /** As curl asks for a message. */
    private static final String CURL = """
            S: +OK …
            C: CAPA
            S: +OK …
            S: TOP
            S: UIDL
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: PIPELINING
            S: STLS
            S: USER
            S: SASL PLAIN LOGIN
            S: IMPLEMENTATION pop3kit
            S: .
            C: AUTH PLAIN
            S: +\\x20
            C: AG1yb3NlAGEgc2VjcmV0
            S: +OK …
            C: RETR 1
            S: +OK 38 octets
            S: Subject: one
            S:
            S: ..hidden
            S: + \\xFF\\\\ \\x20
            S: bye
            S: .
            C: QUIT
            S: +OK …
            S closes
            """;

    private Pop3TestServer server;

    @BeforeEach
    void start() {
        server = Pop3TestServer.start();
        deliver(server);
    }

    private static void deliver(Pop3TestServer server) {
        byte[] message = "Subject: one\n\n.hidden\n+ \u00FF\\  \nbye\n".getBytes(StandardCharsets.ISO_8859_1);
        server.user("mrose", "a secret").deliver(message);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_recording_has_the_message_octet_by_octet_and_no_secret() throws IOException {
        assertEquals("""
                S: +OK pop3kit ready
                C: CAPA
                S: +OK capability list follows
                S: TOP
                S: UIDL
                S: RESP-CODES
                S: AUTH-RESP-CODE
                S: PIPELINING
                S: STLS
                S: USER
                S: SASL PLAIN LOGIN
                S: IMPLEMENTATION pop3kit
                S: .
                C: AUTH PLAIN
                S: +\\x20
                C: ****
                S: +OK maildrop has 1 message (38 octets)
                C: RETR 1
                S: +OK 38 octets
                S: Subject: one
                S:
                S: ..hidden
                S: + \\xFF\\\\ \\x20
                S: bye
                S: .
                C: QUIT
                S: +OK pop3kit signing off
                S closes
                """, recorded(CURL).transcript());
    }

    @Test
    void every_kind_of_secret_is_starred() throws IOException {
        String recorded = recorded("""
                        S: +OK …
                        C: USER mrose
                        S: +OK …
                        C: PASS another secret
                        S: -ERR …
                        C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
                        S: -ERR …
                        C: AUTH PLAIN AG1yb3NlAGEgc2VjcmV1
                        S: -ERR …
                        C: secret
                        S: -ERR …
                        C closes
                        S closes
                        """).transcript();
        for (String secret : new String[] {"another", "c4c9", "AG1", "secret\n"}) {
            assertFalse(recorded.contains(secret), recorded);
        }
        assertTrue(recorded.contains("C: PASS ****\n") && recorded.contains("C: APOP mrose ****\n"), recorded);
        assertTrue(recorded.contains("C: AUTH PLAIN ****\n") && recorded.contains("C: ****\n"), recorded);
        assertTrue(recorded.endsWith("C closes\nS closes\n"), recorded);
    }

    @Test
    void a_recording_is_played_again_as_the_server_whatever_the_secret(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("session.pop3");
        recorded(CURL).write(file);
        try (ScriptedServer again = ScriptedServer.replays(Recording.read(file))) {
            play(CURL, new Socket(again.host(), again.port()));
            play(CURL.replace("AG1yb3NlAGEgc2VjcmV0", "AG1ibG9nZ3MAeA=="), new Socket(again.host(), again.port()));
        }
        ScriptedServer again = ScriptedServer.replays(Recording.read(file));
        play("S: +OK …\nC: STAT\nS closes\n", new Socket(again.host(), again.port()));
        assertThrows(AssertionError.class, again::close);
    }

    @Test
    void a_recording_is_played_again_as_a_client_that_has_its_secrets_back() throws IOException {
        Recording recording = recorded(CURL);
        Transcript client = recording.asClient(Map.of("AUTH", "AG1yb3NlAGEgc2VjcmV0"));
        try (Socket again = new Socket("localhost", server.port())) {
            client.playClient(again, new Pace.Lines());
        }
        server.user("mrose").deliver("another\n");
        try (Socket different = new Socket("localhost", server.port())) {
            assertThrows(AssertionError.class, () -> client.playClient(different, new Pace.Lines()));
        }
        IllegalArgumentException missing =
                assertThrows(IllegalArgumentException.class, () -> recording.asClient(Map.of("PASS", "a secret")));
        assertEquals("there is no secret for AUTH", missing.getMessage());
    }

    @Test
    void passwords_come_back_as_well() throws IOException {
        Recording recording = recorded(Ways.LOGIN + "C: QUIT\nS: +OK …\n");
        try (Socket again = server.connect()) {
            recording.asClient(Map.of("PASS", "a secret")).playClient(again, new Pace.Lines());
        }
    }

    @Test
    void a_pipelined_session_is_recorded_so_that_it_can_be_played() throws IOException {
        try (Recorder recorder = Recorder.of("localhost", server.port())) {
            try (Socket client = new Socket("localhost", recorder.port())) {
                Transcript.parse(CURL.replace("C: AUTH PLAIN\nS: +\\x20\nC: ", "C: AUTH PLAIN "))
                        .playClient(client, new Pace.Pipelined());
            }
            try (Socket again = server.connect()) {
                recorder.recording()
                        .asClient(Map.of("AUTH", "AG1yb3NlAGEgc2VjcmV0"))
                        .playClient(again, new Pace.Lines());
            }
        }
    }

    @Test
    void over_tls_a_recorder_speaks_it_to_both_sides() throws IOException {
        try (Recorder recorder = Recorder.overTls("localhost", server.tlsPort(), server.sslContext())) {
            String conversation = CURL.replace("S: STLS\n", "");
            play(conversation, recorder.sslContext().getSocketFactory().createSocket("localhost", recorder.port()));
            assertTrue(recorder.recording().transcript().contains("S: ..hidden\n"));
            try (ScriptedServer again = ScriptedServer.builder()
                    .replays(recorder.recording())
                    .implicitTls()
                    .start()) {
                play(conversation, again.sslContext().getSocketFactory().createSocket(again.host(), again.port()));
            }
        }
    }

    @Test
    void behind_stls_nothing_is_recorded_and_everything_passed_on() throws IOException {
        try (Recorder recorder = Recorder.of("localhost", server.port())) {
            try (Socket clear = new Socket("localhost", recorder.port())) {
                Transcript.parse("S: +OK …\nC: STLS\nS: +OK …\n").playClient(clear, new Pace.Lines());
                try (Socket tls =
                        server.sslContext().getSocketFactory().createSocket(clear, "localhost", server.port(), true)) {
                    Transcript.parse("C: USER mrose\nS: +OK …\nC: QUIT\nS: +OK …\n")
                            .playClient(tls, new Pace.Lines());
                }
            }
            assertEquals("""
                    S: +OK pop3kit ready
                    C: STLS
                    S: +OK begin TLS negotiation
                    # TLS begins; what follows cannot be heard
                    """, recorder.recording().transcript());
        }
    }

    @Test
    void lines_that_end_in_lf_or_not_at_all_and_a_cut_are_recorded_as_they_are() throws IOException {
        String odd = "S: +OK LF\\n\\\nC: NOOP\\n\\\nS: +OK \\\\\nC: STAT\nS: +O\\\nS closes\n";
        try (ScriptedServer scripted = ScriptedServer.plays(odd.replace("S closes\n", ""));
                Recorder recorder = Recorder.of(scripted.host(), scripted.port())) {
            play(odd, new Socket("localhost", recorder.port()));
            assertEquals(odd, recorder.recording().transcript());
        }
    }

    @Test
    void who_ends_first_behind_quit_makes_no_difference() throws IOException {
        String session = "S: +OK pop3kit ready\nC: QUIT\nS: +OK pop3kit signing off\n";
        assertEquals(
                session + "S closes\n",
                recorded(session + "C closes\nS closes\n").transcript());
        assertEquals(session + "S closes\n", recorded(session + "S closes\n").transcript());
    }

    @Test
    void sessions_at_the_same_time_are_recorded_each_for_itself() throws IOException {
        try (Recorder recorder = Recorder.of("localhost", server.port())) {
            assertThrows(AssertionError.class, recorder::recording);
            try (Socket one = new Socket("localhost", recorder.port())) {
                Transcript.parse("S: +OK …\n").playClient(one, new Pace.Lines());
                play("S: +OK …\nC: QUIT\nS: +OK …\nS closes\n", new Socket("localhost", recorder.port()));
                Transcript.parse("C: NOOP\nS: -ERR …\nC closes\nS closes\n").playClient(one, new Pace.Lines());
            }
            assertTrue(recorder.recordings().get(0).transcript().contains("C: NOOP\n"));
            assertTrue(recorder.recordings().get(1).transcript().contains("C: QUIT\n"));
        }
    }

    private Recording recorded(String conversation) throws IOException {
        try (Recorder recorder = Recorder.of("localhost", server.port())) {
            play(conversation, new Socket("localhost", recorder.port()));
            return recorder.recording();
        }
    }

    private static void play(String conversation, Socket connected) throws IOException {
        try (Socket client = connected) {
            Transcript.parse(conversation).playClient(client, new Pace.Lines());
        }
    }
}
