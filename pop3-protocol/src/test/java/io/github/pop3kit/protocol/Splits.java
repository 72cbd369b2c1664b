package io.github.pop3kit.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The pieces in which octets may arrive; what comes of them must not depend on it. A character stands for an octet. */
final class Splits {

    private Splits() {}

    /** Whole, octet by octet, in two pieces at every point, and in pieces of random length. */
    static Stream<List<ByteBuffer>> of(String octets) {
        int whole = octets.length();
        return Stream.of(
                        Stream.of(pieces(octets, from -> whole), singles(octets)),
                        IntStream.range(1, whole).mapToObj(at -> pieces(octets, from -> from == 0 ? at : whole)),
                        IntStream.range(0, 10).mapToObj(seed -> random(octets, new Random(seed))))
                .flatMap(Function.identity());
    }

    static List<ByteBuffer> singles(String octets) {
        return pieces(octets, from -> 1);
    }

    /** Pieces of random length, empty ones among them. */
    static List<ByteBuffer> random(String octets, Random random) {
        return pieces(octets, from -> random.nextInt(9));
    }

    /** Windows of one buffer, so that their limits mean something. A piece that begins here is as long as this says. */
    private static List<ByteBuffer> pieces(String octets, IntUnaryOperator length) {
        ByteBuffer whole = buffer(octets);
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < octets.length(); ) {
            int to = Math.min(from + length.applyAsInt(from), octets.length());
            pieces.add(whole.duplicate().position(from).limit(to));
            from = to;
        }
        return pieces;
    }

    static ByteBuffer buffer(String octets) {
        return ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What stands between the buffer's position and its limit. */
    static String text(ByteBuffer buffer) {
        return StandardCharsets.ISO_8859_1.decode(buffer.duplicate()).toString();
    }
}
