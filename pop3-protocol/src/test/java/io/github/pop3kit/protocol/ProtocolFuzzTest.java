package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * What holds for all octets. An ordinary run replays the saved inputs;
 * {@code JAZZER_FUZZ=1 mvn -pl pop3-protocol test -Dtest=ProtocolFuzzTest#command} looks for new ones.
 */
class ProtocolFuzzTest {

    @FuzzTest(maxDuration = "1m")
    void command(byte[] octets) {
        String line = text(octets);
        CommandTest.staysWhatItIs(line);
        if (line.regionMatches(true, 0, "PASS ", 0, 5)) {
            assertEquals("PASS ****", Command.redact(line));
            assertEquals("PASS ****", Command.parse(line).toString());
        }
        String entry = Transcript.entry(Side.CLIENT, line);
        assertTrue(entry.chars().allMatch(c -> c >= ' ' && c < 0x7F), entry);
    }

    @FuzzTest(maxDuration = "1m")
    void reply(byte[] octets) {
        String line = text(octets);
        Optional<Reply> reply = Reply.parse(line);
        reply.ifPresent(present -> assertEquals(reply, Reply.parse(present.line())));
        String entry = Transcript.entry(Side.SERVER, line);
        assertTrue(entry.chars().allMatch(c -> c >= ' ' && c < 0x7F), entry);
    }

    @FuzzTest(maxDuration = "1m")
    void listing(byte[] octets) {
        String line = text(octets);
        ScanListing.parse(line).ifPresent(scan -> assertEquals(Optional.of(scan), ScanListing.parse(scan.toString())));
        DropListing.parse(line).ifPresent(drop -> assertEquals(Optional.of(drop), DropListing.parse(drop.toString())));
        UniqueIdListing.parse(line)
                .ifPresent(uidl -> assertEquals(Optional.of(uidl), UniqueIdListing.parse(uidl.toString())));
        Capability capability = Capability.parse(line);
        assertEquals(capability, Capability.parse(capability.toString()));
        Capabilities capabilities = Capabilities.parse(line.lines().toList());
        assertTrue(capabilities.all().stream().allMatch(each -> capabilities.has(each.name())));
    }

    @FuzzTest(maxDuration = "1m")
    void lines(byte[] octets) {
        String text = text(octets);
        List<String> expected = LineDecoderTest.naive(text, 16, 16);
        assertEquals(expected, LineDecoderTest.decode(new LineDecoder(16), List.of(Splits.buffer(text))));
        assertEquals(expected, LineDecoderTest.decode(new LineDecoder(16), Splits.singles(text)));
        assertEquals(expected, LineDecoderTest.decode(new LineDecoder(16), Splits.random(text, seed(octets))));
        List<String> commands = LineDecoderTest.naive(text, LineDecoder.COMMAND_LIMIT, LineDecoder.SASL_LIMIT);
        assertEquals(commands, LineDecoderTest.decode(LineDecoder.forCommands(), Splits.random(text, seed(octets))));
    }

    @FuzzTest(maxDuration = "1m")
    void decoding(byte[] octets) {
        String wire = text(octets);
        for (LineEnd dialect : LineEnd.values()) {
            DotDecoderTest.Taken expected = DotDecoderTest.naive(dialect, wire);
            assertEquals(expected, DotDecoderTest.decode(dialect, List.of(Splits.buffer(wire)), 100));
            assertEquals(expected, DotDecoderTest.decode(dialect, Splits.singles(wire), 1));
            Random random = seed(octets);
            assertEquals(expected, DotDecoderTest.decode(dialect, Splits.random(wire, random), 1 + random.nextInt(9)));
        }
    }

    @FuzzTest(maxDuration = "1m")
    void encoding(byte[] octets) {
        String stored = text(octets);
        Random random = seed(octets);
        int room = 1 + random.nextInt(9);
        int lines = random.nextInt(4);
        String wire = DotEncoderTest.encode(DotEncoder.whole(), Splits.random(stored, random), room);
        assertEquals(Nasty.onTheWire(stored), wire);
        assertEquals(
                Nasty.onTheWire(stored, lines),
                DotEncoderTest.encode(DotEncoder.top(lines), Splits.random(stored, random), room));
        for (LineEnd dialect : LineEnd.values()) {
            assertEquals(
                    new DotDecoderTest.Taken(Nasty.canonical(stored), "", true),
                    DotDecoderTest.decode(dialect, Splits.random(wire, random), room));
        }
    }

    @FuzzTest(maxDuration = "1m")
    void transcript(byte[] octets) {
        Transcript transcript;
        try {
            transcript = Transcript.parse(new String(octets, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException noTranscript) {
            assertFalse(noTranscript instanceof NumberFormatException, noTranscript::toString);
            return;
        }
        assertEquals(
                transcript.toString(), Transcript.parse(transcript.toString()).toString());
    }

    @FuzzTest(maxDuration = "1m")
    void escape(byte[] octets) {
        String line = "C: " + Transcript.escape(text(octets));
        assertEquals(line + "\n", Transcript.parse(line).toString());
    }

    private static String text(byte[] octets) {
        return Splits.text(ByteBuffer.wrap(octets));
    }

    /** The same octets make the same pieces. */
    private static Random seed(byte[] octets) {
        return new Random(octets.length == 0 ? 0 : octets[octets.length - 1] * 31L + octets.length);
    }
}
