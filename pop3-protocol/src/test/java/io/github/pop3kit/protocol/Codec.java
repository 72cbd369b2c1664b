package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;

/** {@link DotEncoder#encode} or {@link DotDecoder#decode}, driven as a caller with little room does it. */
@FunctionalInterface
interface Codec {

    /** What every caller must offer sooner or later. */
    int PROMISED_ROOM = 3;

    CodecResult code(ByteBuffer in, ByteBuffer out);

    /** Puts the pieces through in order and collects what they become; stops when the codec is done. */
    default CodecResult through(List<ByteBuffer> pieces, int room, StringBuilder collected) {
        for (ByteBuffer piece : pieces) {
            if (through(piece, room, collected) == CodecResult.DONE) return CodecResult.DONE;
        }
        return CodecResult.NEED_INPUT;
    }

    /** As above, for one piece; checks that each result says the truth. */
    default CodecResult through(ByteBuffer in, int room, StringBuilder collected) {
        ByteBuffer out = ByteBuffer.allocate(room);
        while (true) {
            CodecResult result = code(in, out.clear());
            int left = out.remaining();
            collected.append(Splits.text(out.flip()));
            if (result == CodecResult.NEED_INPUT) assertEquals(0, in.remaining(), "asks for input and has some");
            if (result != CodecResult.NEED_OUTPUT) return result;
            assertTrue(left < PROMISED_ROOM, "asks for output and has " + left);
            out = ByteBuffer.allocate(out.hasRemaining() ? room : PROMISED_ROOM);
        }
    }
}
