package io.github.pop3kit.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.protocol.LineEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is compared does the same work: a speed of wrong answers is worth nothing. */
class CodecsAgreeTest {

    /** More than any buffer that is involved holds. */
    private static final int OCTETS = 200_000;

    static Stream<Arguments> decoders() {
        Set<Decoder> crlfOnly = EnumSet.of(Decoder.COMMONS_NET, Decoder.ANGUS);
        return Stream.of(Decoder.values())
                .flatMap(decoder -> Stream.of(Mail.values())
                        .filter(mail -> mail.lineEnd() == LineEnd.CRLF || !crlfOnly.contains(decoder))
                        .map(mail -> Arguments.of(decoder, mail)));
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void every_decoder_brings_the_message(Decoder decoder, Mail mail) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        decoder.decode(mail.wire(OCTETS), mail.lineEnd(), message);
        assertSameOctets(mail.stored(OCTETS), message.toByteArray());
    }

    static Stream<Arguments> encoders() {
        return Stream.of(Encoder.values())
                .flatMap(encoder -> Stream.of(Mail.values())
                        .filter(mail -> takes(encoder, mail))
                        .map(mail -> Arguments.of(encoder, mail)));
    }

    private static boolean takes(Encoder encoder, Mail mail) {
        return switch (encoder) {
            case VERBATIM -> mail != Mail.LINE_FEEDS && mail != Mail.DOTS;
            case COMMONS_NET -> mail != Mail.DOTS; // The first line's dot; the speed of the rest may be measured.
            case JAMES -> mail != Mail.LINE_FEEDS;
            default -> true;
        };
    }

    @ParameterizedTest
    @MethodSource("encoders")
    void every_encoder_brings_the_same_octets_on_the_wire(Encoder encoder, Mail mail) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        encoder.encode(mail.stored(OCTETS), wire);
        String expected = new String(mail.wire(OCTETS), ISO_8859_1).replaceAll("(?<!\r)\n", "\r\n");
        assertSameOctets(expected.getBytes(ISO_8859_1), wire.toByteArray());
    }

    @ParameterizedTest
    @EnumSource
    void the_naive_line_reader_finds_the_lines(Mail mail) {
        List<String> lines = new ArrayList<>();
        Naive.lines(ByteBuffer.wrap(mail.wire(OCTETS)), lines::add);
        assertEquals(new String(mail.wire(OCTETS), ISO_8859_1).lines().toList(), lines);
    }

    private static void assertSameOctets(byte[] expected, byte[] actual) {
        int difference = Arrays.mismatch(expected, actual);
        assertEquals(-1, difference, () -> expected.length + " octets expected, " + actual.length + " are there");
    }
}
