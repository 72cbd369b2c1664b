package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DotDecoderTest {

    /** A message taken off the wire: its octets, what stands behind it, and whether it was complete. */
    record Taken(String message, String behind, boolean complete) {}

    @ParameterizedTest
    @EnumSource
    void of_two_dots_that_begin_a_line_one_is_taken_away(LineEnd dialect) {
        assertEquals(new Taken(".\r\n.x\r\n..\r\n", "", true), decode(dialect, "..\r\n..x\r\n...\r\n.\r\n"));
    }

    @ParameterizedTest
    @EnumSource
    void one_dot_before_other_text_stays_for_only_a_server_that_does_not_stuff_sends_it(LineEnd dialect) {
        assertEquals(new Taken(".x\r\n. \r\n", "", true), decode(dialect, ".x\r\n. \r\n.\r\n"));
    }

    @ParameterizedTest
    @EnumSource
    void a_dot_and_a_cr_before_other_text_are_text(LineEnd dialect) {
        assertEquals(new Taken(".\rX\r\n.\r\r\n", "", true), decode(dialect, ".\rX\r\n.\r\r\n.\r\n"));
    }

    @ParameterizedTest
    @EnumSource
    void an_empty_message_is_the_closing_line_alone(LineEnd dialect) {
        assertEquals(new Taken("", "+OK", true), decode(dialect, ".\r\n+OK"));
    }

    @ParameterizedTest
    @EnumSource
    void what_follows_the_closing_line_is_left_untouched(LineEnd dialect) {
        String replies = "+OK 2 messages\r\n.\r\n";
        Splits.of("text\r\n.\r\n" + replies)
                .forEach(pieces -> assertEquals(new Taken("text\r\n", replies, true), decode(dialect, pieces, 3)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\n.\nb\r\n", "a\n.\r\nb\r\n", ".\nb\r\n", "a\r.\r\nb\r\n", "a\r\n.\nb\r\n", "a\n.\r\n"})
    void in_a_dialogue_of_crlf_nothing_but_crlf_dot_crlf_ends_a_message(String text) {
        assertEquals(new Taken(text, "", true), decode(LineEnd.CRLF, text + ".\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {".\n", ".\r\n"})
    void in_a_dialogue_of_lf_a_line_of_one_dot_ends_a_message_with_and_without_a_cr(String closing) {
        assertEquals(new Taken("a\n.\nb\r\n", "+OK\n", true), decode(LineEnd.LF, "a\n..\nb\r\n" + closing + "+OK\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".\r", "text", "text\r", "text\r\n", "text\r\n.", "text\r\n.\r", "..\r\n."})
    void a_message_without_its_closing_line_is_never_complete(String wire) {
        Splits.of(wire).forEach(pieces -> assertEquals(naive(LineEnd.CRLF, wire), decode(LineEnd.CRLF, pieces, 3)));
    }

    @ParameterizedTest
    @EnumSource
    void what_was_stuffed_comes_back_in_any_pieces_with_any_room(Nasty message) {
        String wire = Nasty.onTheWire(message.stored) + "+OK\r\n";
        Taken expected = new Taken(Nasty.canonical(message.stored), "+OK\r\n", true);
        for (LineEnd dialect : LineEnd.values()) {
            for (int room = 1; room <= 6; room++) {
                int size = room;
                Splits.of(wire).forEach(pieces -> assertEquals(expected, decode(dialect, pieces, size)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_short_text_is_read_as_the_rfc_says(LineEnd dialect) {
        Nasty.allUpTo(7).forEach(wire -> {
            assertEquals(naive(dialect, wire), decode(dialect, wire));
            assertEquals(naive(dialect, wire), decode(dialect, Splits.random(wire, new Random(1)), 1));
        });
    }

    @ParameterizedTest
    @EnumSource
    void random_octets_are_read_alike_in_random_pieces(LineEnd dialect) {
        Random random = new Random(1081);
        for (int i = 0; i < 20_000; i++) {
            String wire = DotEncoderTest.randomMessage(random) + (random.nextBoolean() ? "\r\n.\r\n" : "");
            List<ByteBuffer> pieces = Splits.random(wire, random);
            assertEquals(naive(dialect, wire), decode(dialect, pieces, 1 + random.nextInt(20)));
        }
    }

    @Test
    void a_framing_is_strict_lenient_or_does_as_the_status_line_did() {
        for (LineEnd statusLine : LineEnd.values()) {
            assertEquals(LineEnd.CRLF, DotFraming.STRICT.after(statusLine));
            assertEquals(statusLine, DotFraming.ADAPTIVE.after(statusLine));
            assertEquals(LineEnd.LF, DotFraming.LENIENT.after(statusLine));
        }
    }

    /** The rule in a few plain lines: what is held back at the end is no part of the message yet. */
    static Taken naive(LineEnd dialect, String wire) {
        StringBuilder message = new StringBuilder();
        int from = 0;
        for (String line : wire.split(dialect == LineEnd.CRLF ? "(?<=\r\n)" : "(?<=\n)", -1)) {
            from += line.length();
            if (line.equals(".\r\n") || (line.equals(".\n") && dialect == LineEnd.LF)) {
                return new Taken(message.toString(), wire.substring(from), true);
            }
            boolean heldBack = line.equals(".") || line.equals(".\r");
            if (!heldBack) message.append(line.startsWith("..") ? line.substring(1) : line);
        }
        return new Taken(message.toString(), "", false);
    }

    private static Taken decode(LineEnd dialect, String wire) {
        return decode(dialect, List.of(Splits.buffer(wire)), 7);
    }

    static Taken decode(LineEnd dialect, List<ByteBuffer> pieces, int room) {
        StringBuilder message = new StringBuilder();
        DotDecoder decoder = new DotDecoder(dialect);
        Codec codec = decoder::decode;
        boolean complete = codec.through(pieces, room, message) == CodecResult.DONE;
        StringBuilder behind = new StringBuilder();
        pieces.forEach(piece -> behind.append(Splits.text(piece)));
        return new Taken(message.toString(), behind.toString(), complete);
    }
}
