package io.github.pop3kit.protocol.transcript;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** In what pieces a {@link Transcript} is sent. What the other side answers must not depend on it. */
public sealed interface Pace {

    /** Line by line, each when the lines before it are answered. */
    record Lines() implements Pace {}

    /** Octet by octet, each in a write of its own. */
    record Octets() implements Pace {}

    /** Everything in as few writes as possible, before the first answer is read. */
    record Pipelined() implements Pace {}

    /** In pieces of random length; the same seed makes the same pieces. */
    record Splits(long seed) implements Pace {}

    /** The pieces in which this text is written, in order. */
    default List<String> pieces(String octets) {
        List<String> pieces = new ArrayList<>();
        Random random = new Random(this instanceof Splits splits ? splits.seed : 0);
        for (int from = 0; from < octets.length(); ) {
            int length = this instanceof Octets ? 1 : this instanceof Splits ? 1 + random.nextInt(7) : octets.length();
            int to = Math.min(from + length, octets.length());
            pieces.add(octets.substring(from, to));
            from = to;
        }
        return pieces;
    }
}
