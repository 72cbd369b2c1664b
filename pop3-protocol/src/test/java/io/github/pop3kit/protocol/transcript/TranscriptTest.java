package io.github.pop3kit.protocol.transcript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.Loopback;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class TranscriptTest {

    private static final String SESSION = """
            S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
            C: USER mrose
            S: +OK …
            C: PASS a secret\\x20
            S: +OK mrose's maildrop has … messages (… octets)
            C: LIST
            S: +OK
            S: 1 120
            S: 2 200
            S: .
            C: AUTH PLAIN \\\\
            S: -ERR …
            C: \\x00\\xFF\\tGrüße
            S: -ERR …
            C:
            S:
            C: NOOP\\n\\
            C: STAT\\r\\nRSET
            S: +OK\\
            S: \\x20both
            C: QUIT\\
            C closes
            S: +OK …
            S closes
            """;

    private static List<Pace> paces() {
        return List.of(
                new Pace.Lines(), new Pace.Octets(), new Pace.Pipelined(), new Pace.Splits(1), new Pace.Splits(2));
    }

    @Test
    void a_transcript_prints_what_it_was_read_from() {
        Transcript transcript = Transcript.parse(SESSION);
        assertEquals(SESSION.replace("C:\n", "C: \n").replace("S:\n", "S: \n"), transcript.toString());
        assertEquals(
                transcript.toString(), Transcript.parse(transcript.toString()).toString());
    }

    @Test
    void blank_lines_comments_and_indentation_are_left_out() {
        assertEquals(
                "C: QUIT\nS closes\n",
                Transcript.parse("# bye\n\n   C: QUIT\r\n\t# so be it\nS closes")
                        .toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUIT", "X: QUIT", "c: QUIT", "C:QUIT", "C close", "C closes now", "S cut", "+OK"})
    void a_line_that_is_none_is_named(String line) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Transcript.parse("S: +OK\n" + line + "\nC: QUIT"));
        assertTrue(e.getMessage().endsWith(line), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\q", "\\x", "\\x4", "\\xGG", "\\x+1", "\\x 1", "a\\ b", "\\…"})
    void an_escape_that_is_none_is_named(String text) {
        for (String side : List.of("C: ", "S: ")) {
            assertThrows(IllegalArgumentException.class, () -> Transcript.parse(side + text));
        }
    }

    private static Stream<List<Pace>> pairsOfPaces() {
        return paces().stream().flatMap(client -> paces().stream().map(server -> List.of(client, server)));
    }

    @ParameterizedTest
    @MethodSource("pairsOfPaces")
    void a_transcript_plays_both_parts_at_every_pace(List<Pace> paces) throws Exception {
        plays(SESSION, paces.get(0), paces.get(1));
    }

    @ParameterizedTest
    @MethodSource("paces")
    void a_cut_ends_the_conversation_for_both(Pace pace) throws Exception {
        String cut = """
                S: +OK …
                C: STAT
                S: +OK 2 320
                C: DELE 1
                S: +OK …
                """;
        plays(cut + "C cuts\n", pace, new Pace.Lines());
        plays(cut + "S cuts\n", new Pace.Lines(), new Pace.Octets());
    }

    @ParameterizedTest
    @MethodSource("paces")
    void a_closed_half_can_still_be_answered(Pace pace) throws Exception {
        plays("C: STAT\nC closes\nS: +OK 2 320\nS closes\n", pace, new Pace.Lines());
        plays("S: +OK\nS closes\nC: QUIT\nC closes\n", pace, new Pace.Splits(5));
    }

    @Test
    void a_transcript_plays_over_sockets_that_have_no_channel() throws Exception {
        Transcript transcript = Transcript.parse(SESSION);
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            FutureTask<Void> serving = Loopback.meanwhile(() -> {
                try (Socket end = listener.accept()) {
                    transcript.playServer(end, new Pace.Splits(1));
                }
                return null;
            });
            transcript.playClient(client, new Pace.Octets());
            serving.get();
        }
    }

    @Test
    void a_line_that_differs_is_shown_with_the_conversation_so_far() throws Exception {
        try (Loopback pair = Loopback.open()) {
            say(pair.server(), "+OK hello\r\n-ERR no\r\n");
            Transcript transcript = Transcript.parse("S: +OK …\nC: STAT\nS: +OK 2 …\nC: QUIT\n");
            AssertionError e =
                    assertThrows(AssertionError.class, () -> transcript.playClient(pair.client(), new Pace.Lines()));
            assertEquals("""
                    expected: +OK 2 …
                     but was: -ERR no\\r\\n
                    behind:
                    S: +OK …
                    C: STAT
                    """, e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', the connection ended",
        "'+OK\n', +OK\\n",
        "+OK, +OK",
        "'+OKAY\r\n', +OKAY\\r\\n",
        "'\0\r\n', \\x00\\r\\n"
    })
    void a_line_must_be_the_same_to_its_last_octet(String said, String shown) throws Exception {
        try (Loopback pair = Loopback.open()) {
            say(pair.server(), said);
            pair.server().shutdownOutput();
            AssertionError e = assertThrows(
                    AssertionError.class, () -> Transcript.parse("S: +OK").playClient(pair.client(), new Pace.Lines()));
            assertEquals("expected: +OK\n but was: " + shown + "\nbehind:\n", e.getMessage());
        }
    }

    @Test
    void more_than_was_expected_at_the_end_is_shown() throws Exception {
        try (Loopback pair = Loopback.open()) {
            say(pair.server(), "+OK\r\n+OK again\r\n");
            AssertionError e = assertThrows(
                    AssertionError.class,
                    () -> Transcript.parse("S: +OK\nS closes").playClient(pair.client(), new Pace.Pipelined()));
            assertEquals("expected the end, but was: +OK again\\r\\n\nbehind:\nS: +OK\n", e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "…, '', true",
        "…, anything, true",
        "+OK …, +OK, false",
        "+OK …, '+OK ', true",
        "+OK…, +OK, true",
        "+OK … messages, +OK 2 messages, true",
        "+OK … messages, +OK messages, false",
        "a…b…c, abc, true",
        "a…b…c, a b b c, true",
        "a…b…c, acb, false",
        "a…a, a, false",
        "…b…b…, b, false",
        "…b…b…, xbxbx, true",
        "……, x, true"
    })
    void a_wildcard_stands_for_any_octets(String expected, String said, boolean matches) throws Exception {
        try (Loopback pair = Loopback.open()) {
            say(pair.server(), said + "\r\n");
            Transcript transcript = Transcript.parse("S: " + expected);
            if (matches) {
                transcript.playClient(pair.client(), new Pace.Lines());
            } else {
                assertThrows(AssertionError.class, () -> transcript.playClient(pair.client(), new Pace.Lines()));
            }
        }
    }

    @Test
    void octets_are_sent_as_they_are_escaped() throws Exception {
        assertEquals("\0\u00ff\r\n\t\\ \r\n", sent("C: \\x00\\xfF\\r\\n\\t\\\\\\x20"));
        assertEquals("\u00c3\u00bc\r\n", sent("C: \u00fc"));
        assertEquals("QUIT", sent("C: QUIT\\"));
        assertEquals("QUIT\\\r\n", sent("C: QUIT\\\\"));
        assertEquals("QUIT\\", sent("C: QUIT\\\\\\"));
        assertEquals("\r\n", sent("C:"));
    }

    @Test
    void what_was_escaped_is_sent_as_it_was() throws Exception {
        StringBuilder octets = new StringBuilder();
        for (char c = 0; c < 256; c++) octets.append(c).append("\\x");
        for (String text : List.of(octets.toString(), " ", "  ", " x ", "\\", "\\\\", "\t", "#", "")) {
            assertEquals(text + "\r\n", sent("C: " + Transcript.escape(text)));
        }
    }

    @Test
    void an_entry_is_a_line_of_a_transcript_with_its_secrets_starred() {
        assertEquals("C: USER mrose", Transcript.entry(Side.CLIENT, "USER mrose"));
        assertEquals("C: PASS ****", Transcript.entry(Side.CLIENT, "PASS a secret"));
        assertEquals("C: ****", Transcript.entry(Side.CLIENT, "AHRpbQB0YW5zdGFhZnRhbg=="));
        assertEquals("S: + ****", Transcript.entry(Side.SERVER, "+ aHVudGVyMg=="));
        assertEquals("S: +OK PASS\\x00\\x20", Transcript.entry(Side.SERVER, "+OK PASS\0 "));
        assertEquals("C: USER a\\nS:+OK", Transcript.entry(Side.CLIENT, "USER a\nS:+OK"));
        assertEquals("C: USER ****", Transcript.entry(Side.CLIENT, "USER a\rPASS a secret"));
    }

    @Test
    void a_pace_loses_nothing_and_the_same_seed_makes_the_same_pieces() {
        String text = "C: " + "0123456789".repeat(20);
        for (Pace pace : paces()) {
            assertEquals(text, String.join("", pace.pieces(text)));
            assertEquals(pace.pieces(text), pace.pieces(text));
            assertEquals(List.of(), pace.pieces(""));
        }
        assertEquals(List.of("a", "b"), new Pace.Octets().pieces("ab"));
        assertEquals(List.of("ab"), new Pace.Lines().pieces("ab"));
        assertTrue(!new Pace.Splits(1).pieces(text).equals(new Pace.Splits(2).pieces(text)));
    }

    private static void plays(String conversation, Pace client, Pace server) throws Exception {
        Transcript transcript = Transcript.parse(conversation);
        try (Loopback pair = Loopback.open()) {
            FutureTask<Void> serving = Loopback.meanwhile(() -> {
                try (SocketChannel end = pair.server()) {
                    transcript.playServer(end, server);
                }
                return null;
            });
            transcript.playClient(pair.client(), client);
            pair.client().close();
            serving.get();
        }
    }

    private static void say(SocketChannel end, String octets) throws IOException {
        end.write(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** What a peer gets to hear. */
    private static String sent(String line) throws IOException {
        try (Loopback pair = Loopback.open()) {
            Transcript.parse(line + "\nC closes").playClient(pair.client(), new Pace.Lines());
            byte[] octets = pair.server().socket().getInputStream().readAllBytes();
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }
}
