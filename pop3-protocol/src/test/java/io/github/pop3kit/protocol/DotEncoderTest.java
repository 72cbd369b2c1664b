package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DotEncoderTest {

    @Test
    void a_line_that_begins_with_a_dot_is_given_another() {
        assertEquals("..\r\n..x\r\na.\r\n.\r\n", encode(DotEncoder.whole(), ".\r\n.x\r\na.\r\n"));
    }

    @Test
    void a_bare_lf_becomes_crlf_and_a_cr_alone_stays() {
        assertEquals("a\r\nb\rc\r\n.\r\n", encode(DotEncoder.whole(), "a\nb\rc\r\n"));
    }

    @Test
    void a_last_line_without_its_end_is_given_one() {
        assertEquals("a\r\n.\r\n", encode(DotEncoder.whole(), "a"));
    }

    @Test
    void an_empty_message_is_the_closing_line_alone() {
        assertEquals(".\r\n", encode(DotEncoder.whole(), ""));
    }

    @Test
    void top_sends_the_header_the_blank_line_and_so_many_lines_of_the_body() {
        String message = "A: b\n\none\n.two\nthree\n";
        assertEquals("A: b\r\n\r\n.\r\n", encode(DotEncoder.top(0), message));
        assertEquals("A: b\r\n\r\none\r\n.\r\n", encode(DotEncoder.top(1), message));
        assertEquals("A: b\r\n\r\none\r\n..two\r\n.\r\n", encode(DotEncoder.top(2), message));
        assertEquals(Nasty.onTheWire(message), encode(DotEncoder.top(Integer.MAX_VALUE), message));
    }

    @Test
    void top_says_when_it_needs_no_more_of_the_message() {
        ByteBuffer stored = Splits.buffer("A: b\r\n\r\none\r\ntwo\r\n");
        DotEncoder encoder = DotEncoder.top(1);
        assertEquals(CodecResult.DONE, encoder.encode(stored, ByteBuffer.allocate(100)));
        assertEquals("two\r\n", Splits.text(stored));
        assertEquals(CodecResult.DONE, encoder.encode(stored, ByteBuffer.allocate(0)));
    }

    @ParameterizedTest
    @EnumSource
    void a_whole_message_is_stuffed_alike_in_any_pieces_with_any_room(Nasty message) {
        encodesInAnyPieces(message.stored, DotEncoder::whole, Nasty.onTheWire(message.stored));
    }

    @ParameterizedTest
    @EnumSource
    void the_top_of_a_message_ends_alike_in_any_pieces_with_any_room(Nasty message) {
        for (int lines : List.of(0, 1, 2, 99, Integer.MAX_VALUE)) {
            encodesInAnyPieces(message.stored, () -> DotEncoder.top(lines), Nasty.onTheWire(message.stored, lines));
        }
    }

    @Test
    void every_short_message_is_stuffed_as_the_rfc_says() {
        Nasty.allUpTo(6).forEach(stored -> {
            assertEquals(Nasty.onTheWire(stored), encode(DotEncoder.whole(), stored), () -> name(stored));
            assertEquals(Nasty.onTheWire(stored, 1), encode(DotEncoder.top(1), stored), () -> name(stored));
        });
    }

    @Test
    void random_messages_are_stuffed_alike_in_random_pieces() {
        Random random = new Random(1939);
        for (int i = 0; i < 20_000; i++) {
            String stored = randomMessage(random);
            List<ByteBuffer> pieces = Splits.random(stored, random);
            int room = 1 + random.nextInt(20);
            int lines = random.nextInt(4);
            assertEquals(Nasty.onTheWire(stored), encode(DotEncoder.whole(), pieces(pieces), room), () -> name(stored));
            assertEquals(
                    Nasty.onTheWire(stored, lines), encode(DotEncoder.top(lines), pieces, room), () -> name(stored));
        }
    }

    @Test
    void what_need_not_be_changed_may_be_sent_past_the_encoder() {
        Nasty.allUpTo(6).forEach(stored -> {
            for (int cut = 0; cut <= stored.length(); cut++) {
                assertEquals(Nasty.onTheWire(stored), encodePast(stored, cut), name(stored));
            }
        });
        Random random = new Random(822);
        for (int i = 0; i < 20_000; i++) {
            String stored = random.nextInt(4) == 0
                    ? randomMessage(random)
                    : randomMessage(random).replace("\n", "x".repeat(random.nextInt(20)) + "\r\n");
            int cut = random.nextInt(stored.length() + 1);
            assertEquals(Nasty.onTheWire(stored), encodePast(stored, cut), () -> name(stored));
        }
    }

    /** In two pieces; of each, what is unchanged goes past the encoder, and the rest through it. */
    private static String encodePast(String stored, int cut) {
        DotEncoder encoder = DotEncoder.whole();
        StringBuilder wire = new StringBuilder();
        for (String part : List.of(stored.substring(0, cut), stored.substring(cut))) {
            ByteBuffer piece = ByteBuffer.allocateDirect(part.length())
                    .put(Splits.buffer(part))
                    .flip();
            int unchanged = encoder.unchanged(piece);
            encoder.copied(piece, unchanged);
            wire.append(part, 0, unchanged);
            ByteBuffer out = ByteBuffer.allocate(2 * part.length() + 8);
            encoder.encode(piece.position(unchanged), out);
            wire.append(Splits.text(out.flip()));
        }
        ByteBuffer out = ByteBuffer.allocate(5);
        encoder.finish(out);
        assertEquals(Nasty.canonical(stored).length(), encoder.octets());
        return wire.append(Splits.text(out.flip())).toString();
    }

    @Test
    void octets_is_the_size_with_crlf_before_stuffing() {
        Nasty.allUpTo(5).forEach(stored -> {
            DotEncoder encoder = DotEncoder.whole();
            encode(encoder, stored);
            assertEquals(Nasty.canonical(stored).length(), encoder.octets(), () -> name(stored));
        });
    }

    @Test
    void the_closing_line_is_written_whole_or_not_at_all() {
        DotEncoder encoder = DotEncoder.whole();
        encoder.encode(Splits.buffer("a"), ByteBuffer.allocate(1));
        for (int room = 0; room < 5; room++) {
            ByteBuffer out = ByteBuffer.allocate(room);
            assertEquals(CodecResult.NEED_OUTPUT, encoder.finish(out));
            assertEquals(0, out.position());
        }
        ByteBuffer out = ByteBuffer.allocate(5);
        assertEquals(CodecResult.DONE, encoder.finish(out));
        assertEquals("\r\n.\r\n", Splits.text(out.flip()));
    }

    @Test
    void a_verbatim_message_is_only_copied() {
        String stored = "A: b\r\n\r\ntext\r\n";
        DotEncoder encoder = DotEncoder.verbatim();
        encodesInAnyPieces(stored, DotEncoder::verbatim, stored + ".\r\n");
        encode(encoder, stored);
        assertEquals(stored.length(), encoder.octets());
    }

    @Test
    void a_verbatim_message_that_breaks_its_promise_still_has_its_closing_line_on_a_line_of_its_own() {
        DotEncoder encoder = DotEncoder.verbatim();
        assertEquals("text\r\n.\r\n", encode(encoder, "text"));
        assertEquals(6, encoder.octets());
    }

    private static void encodesInAnyPieces(String stored, Supplier<DotEncoder> encoder, String wire) {
        for (int room = 1; room <= 6; room++) {
            int size = room;
            Splits.of(stored).forEach(pieces -> assertEquals(wire, encode(encoder.get(), pieces, size)));
        }
    }

    private static String encode(DotEncoder encoder, String stored) {
        return encode(encoder, List.of(Splits.buffer(stored)), 7);
    }

    static String encode(DotEncoder encoder, List<ByteBuffer> pieces, int room) {
        StringBuilder wire = new StringBuilder();
        Codec codec = encoder::encode;
        codec.through(pieces, room, wire);
        ByteBuffer out = ByteBuffer.allocate(5);
        assertEquals(CodecResult.DONE, encoder.finish(out));
        return wire.append(Splits.text(out.flip())).toString();
    }

    /** The same pieces once more, to be read anew. */
    private static List<ByteBuffer> pieces(List<ByteBuffer> pieces) {
        return pieces.stream().map(ByteBuffer::duplicate).toList();
    }

    static String randomMessage(Random random) {
        String octets = "....\r\r\n\n\n\nxyz \0\u00ff";
        StringBuilder message = new StringBuilder();
        for (int length = random.nextInt(60); length > 0; length--) {
            message.append(octets.charAt(random.nextInt(octets.length())));
        }
        return message.toString();
    }

    private static String name(String stored) {
        return "\"" + stored.replace("\r", "\\r").replace("\n", "\\n") + "\"";
    }
}
