package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineDecoderTest {

    private static final String TOO_LONG = "too long";

    @Test
    void a_line_ends_in_crlf_or_lf() {
        assertEquals(List.of("CRLF STAT", "LF NOOP", "LF ", "CRLF "), decode("STAT\r\nNOOP\n\n\r\n"));
    }

    @Test
    void a_cr_alone_ends_nothing() {
        assertEquals(List.of("CRLF A\rB", "CRLF \r", "LF \rC"), decode("A\rB\r\n\r\r\n\rC\n"));
    }

    @Test
    void each_octet_becomes_one_character() {
        assertEquals(List.of("CRLF \0\u0080\u00ff\t"), decode("\0\u0080\u00ff\t\r\n"));
    }

    @Test
    void the_octets_behind_a_line_are_left_to_the_next_call() {
        LineDecoder decoder = LineDecoder.forCommands();
        ByteBuffer in = Splits.buffer("STLS\r\n\u0016\u0003\u0001");
        assertEquals(LineDecoder.Result.LINE, decoder.decode(in));
        assertEquals("\u0016\u0003\u0001", Splits.text(in));
    }

    @Test
    void a_line_without_its_end_is_no_line_yet() {
        LineDecoder decoder = LineDecoder.forCommands();
        assertFalse(decoder.inLine());
        assertEquals(LineDecoder.Result.NEED_INPUT, decoder.decode(Splits.buffer("QUIT")));
        assertTrue(decoder.inLine());
        assertEquals(LineDecoder.Result.LINE, decoder.decode(Splits.buffer("\n")));
        assertFalse(decoder.inLine());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void a_command_has_512_octets_with_its_line_end_and_not_one_more(String lineEnd) {
        String longest = "x".repeat(LineDecoder.COMMAND_LIMIT - lineEnd.length());
        assertEquals(List.of(lineEnd.length() == 1 ? "LF " + longest : "CRLF " + longest), decode(longest + lineEnd));
        assertEquals(List.of(TOO_LONG, "LF NOOP"), decode(longest + "x" + lineEnd + "NOOP\n"));
        assertTrue(LineDecoder.COMMAND_LIMIT >= 255, "RFC 2449 section 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTH PLAIN ", "auth plain ", "aUtH "})
    void an_auth_command_may_be_as_long_as_a_sasl_response(String start) {
        String longest = start + "x".repeat(LineDecoder.SASL_LIMIT - start.length() - 2);
        assertEquals(12_288, longest.length());
        assertEquals(List.of("CRLF " + longest), decode(longest + "\r\n"));
        assertEquals(List.of(TOO_LONG, "LF NOOP"), decode(longest + "x\r\nNOOP\n"));
        assertEquals(
                decode(longest + "x\r\nNOOP\n"),
                decode(LineDecoder.forCommands(), Splits.singles(longest + "x\r\nNOOP\n")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTHX", "AUTH\t", " AUTH ", "AUT"})
    void what_only_looks_like_auth_is_a_command_like_others(String start) {
        assertEquals(List.of(TOO_LONG), decode(start + "x".repeat(LineDecoder.COMMAND_LIMIT) + "\r\n"));
    }

    @Test
    void one_line_after_a_challenge_may_be_long_and_the_next_one_not() {
        String response = "x".repeat(LineDecoder.SASL_LIMIT - 2);
        String command = "y".repeat(LineDecoder.COMMAND_LIMIT);
        LineDecoder decoder = LineDecoder.forCommands();
        decoder.expectResponse();
        assertEquals(
                List.of("CRLF " + response, TOO_LONG),
                decode(decoder, List.of(Splits.buffer(response + "\r\n" + command + "\r\n"))));
        decoder.expectResponse();
        assertEquals(
                List.of(TOO_LONG, TOO_LONG, "LF NOOP"),
                decode(decoder, List.of(Splits.buffer(response + "x\r\n" + command + "\r\nNOOP\n"))));
    }

    @Test
    void a_line_is_too_long_at_once_and_not_when_it_ends() {
        LineDecoder decoder = new LineDecoder(10);
        assertEquals(LineDecoder.Result.NEED_INPUT, decoder.decode(Splits.buffer("0123456789")));
        assertEquals(LineDecoder.Result.TOO_LONG, decoder.decode(Splits.buffer("x")));
        for (int i = 0; i < 100_000; i++) {
            assertEquals(LineDecoder.Result.NEED_INPUT, decoder.decode(Splits.buffer("and so on")));
        }
        assertTrue(decoder.inLine());
        assertEquals(LineDecoder.Result.LINE, decoder.decode(Splits.buffer("the end\nNOOP\n")));
        assertEquals("NOOP", decoder.line());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "STAT\r\nNOOP\nQUIT\r\n",
                "\n\r\n\r\r\n",
                "12345678\n",
                "1234567\r\n",
                "123456\r\nSTAT\r\n",
                "123456789\nSTAT\r\n",
                "12345678\r\n\n12345678901234567890\r\n\rA\r\n123456789",
                "12345678901234567890",
                "STAT\r"
            })
    void lines_are_the_same_in_any_pieces(String octets) {
        Supplier<LineDecoder> decoder = () -> new LineDecoder(8);
        Splits.of(octets).forEach(pieces -> assertEquals(naive(octets, 8, 8), decode(decoder.get(), pieces)));
    }

    @Test
    void every_short_text_has_the_same_lines_octet_by_octet() {
        Nasty.allUpTo(6).forEach(octets -> {
            List<String> expected = naive(octets, 3, 3);
            assertEquals(expected, decode(new LineDecoder(3), List.of(Splits.buffer(octets))));
            assertEquals(expected, decode(new LineDecoder(3), Splits.singles(octets)));
        });
    }

    @Test
    void random_lines_are_the_same_in_random_pieces() {
        Random random = new Random(512);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder octets = new StringBuilder();
            for (int line = random.nextInt(5); line > 0; line--) {
                octets.append(random.nextInt(4) == 0 ? "auth " : "");
                octets.append("x\r".repeat(random.nextInt(random.nextBoolean() ? 300 : 6_200)));
                octets.append(random.nextBoolean() ? "\n" : "\r\n");
            }
            String all = octets.toString();
            List<ByteBuffer> pieces = new ArrayList<>();
            for (int from = 0; from < all.length(); ) {
                int to = Math.min(all.length(), from + 1 + random.nextInt(1 + random.nextInt(2_000)));
                pieces.add(Splits.buffer(all.substring(from, to)));
                from = to;
            }
            List<String> expected = naive(all, LineDecoder.COMMAND_LIMIT, LineDecoder.SASL_LIMIT);
            assertEquals(expected, decode(LineDecoder.forCommands(), pieces));
        }
    }

    /** The rule in a few plain lines. */
    static List<String> naive(String octets, int limit, int authLimit) {
        List<String> lines = new ArrayList<>();
        if (octets.isEmpty()) return lines;
        for (String line : octets.split("(?<=\n)", -1)) {
            boolean auth = line.toLowerCase(Locale.ROOT).startsWith("auth ");
            if (line.length() > (auth ? authLimit : limit)) {
                lines.add(TOO_LONG);
            } else if (line.endsWith("\r\n")) {
                lines.add("CRLF " + line.substring(0, line.length() - 2));
            } else if (line.endsWith("\n")) {
                lines.add("LF " + line.substring(0, line.length() - 1));
            }
        }
        return lines;
    }

    private static List<String> decode(String octets) {
        return decode(LineDecoder.forCommands(), List.of(Splits.buffer(octets)));
    }

    static List<String> decode(LineDecoder decoder, List<ByteBuffer> pieces) {
        List<String> lines = new ArrayList<>();
        for (ByteBuffer piece : pieces) {
            LineDecoder.Result result;
            while ((result = decoder.decode(piece)) != LineDecoder.Result.NEED_INPUT) {
                lines.add(result == LineDecoder.Result.LINE ? decoder.lineEnd() + " " + decoder.line() : TOO_LONG);
            }
            assertFalse(piece.hasRemaining(), "asks for input and has some");
        }
        return lines;
    }
}
