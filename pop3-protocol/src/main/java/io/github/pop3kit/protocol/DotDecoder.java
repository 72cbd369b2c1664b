package io.github.pop3kit.protocol;

import java.nio.ByteBuffer;

/**
 * Takes a message off the wire: undoes the dot-stuffing and ends at the line of one dot (RFC 1939 section 3). Line ends stay as
 * they came. No I/O, no allocation; any split of the input gives the same output, and the input is left exactly behind the
 * closing line, where a pipelined reply begins. For one message; not safe for use by several threads.
 *
 * <p>Of two dots that begin a line the first is taken away; one dot before other text stays, since only a server that does not
 * stuff sends it.
 */
public final class DotDecoder {

    private enum State {
        LINE_START,
        /** A dot began the line and is held back. */
        DOT,
        /** A dot and a CR began the line and are held back. */
        DOT_CR,
        TEXT,
        /** The last octet was a CR within the text. */
        CR,
        DONE
    }

    private final boolean bareLineFeed;
    private State state = State.LINE_START;

    /**
     * A decoder for a message whose lines end like this; see {@link DotFraming} for which to take.
     *
     * @param lineEnd {@link LineEnd#LF} lets a LF end a line with and without a CR before it
     */
    public DotDecoder(LineEnd lineEnd) {
        this.bareLineFeed = lineEnd == LineEnd.LF;
    }

    /** Decodes what it can. */
    public CodecResult decode(ByteBuffer in, ByteBuffer out) {
        while (in.hasRemaining() && state != State.DONE) {
            if (out.remaining() < room(in.get(in.position()))) return CodecResult.NEED_OUTPUT;
            if (state == State.TEXT || (state == State.LINE_START && in.get(in.position()) != '.')) {
                text(in, out);
            } else {
                octet(in.get(), out);
            }
        }
        return state == State.DONE ? CodecResult.DONE : CodecResult.NEED_INPUT;
    }

    /** How many octets this one makes: what was held back may turn out to be text. */
    private int room(byte octet) {
        return switch (state) {
            case LINE_START -> octet == '.' ? 0 : 1;
            case DOT -> octet == '\r' || (octet == '\n' && bareLineFeed) ? 0 : octet == '.' ? 1 : 2;
            case DOT_CR -> octet == '\n' ? 0 : 3;
            default -> 1;
        };
    }

    /** Copies up to a line that begins with a dot, or to the end of the input or of the room. */
    private void text(ByteBuffer in, ByteBuffer out) {
        int start = in.position();
        int end = start + Math.min(in.remaining(), out.remaining());
        int dot = start;
        do {
            dot = Octets.dotBehindLineFeed(in, dot, end);
        } while (dot < end && !endsLine(in, start, dot));
        Octets.move(in, out, dot - start);
        byte last = in.get(dot - 1);
        state = last == '\r' ? State.CR : last == '\n' && endsLine(in, start, dot) ? State.LINE_START : State.TEXT;
    }

    /** Whether the LF before this place ends a line; what came before {@code start} was no CR. */
    private boolean endsLine(ByteBuffer in, int start, int behind) {
        return bareLineFeed || (behind - 2 >= start && in.get(behind - 2) == '\r');
    }

    private void octet(byte octet, ByteBuffer out) {
        switch (state) {
            case LINE_START -> state = State.DOT;
            case DOT -> {
                if (octet == '\r') {
                    state = State.DOT_CR;
                } else if (octet == '\n' && bareLineFeed) {
                    state = State.DONE;
                } else {
                    out.put((byte) '.');
                    // Of two dots one is taken away: the second one counts as the text's own.
                    state = State.TEXT;
                    if (octet != '.') plain(octet, out);
                }
            }
            case DOT_CR -> {
                if (octet == '\n') {
                    state = State.DONE;
                } else {
                    out.put((byte) '.').put((byte) '\r');
                    plain(octet, out);
                }
            }
            case CR -> {
                out.put(octet);
                state = octet == '\n' ? State.LINE_START : octet == '\r' ? State.CR : State.TEXT;
            }
            default -> throw new IllegalStateException(state.name());
        }
    }

    /** An octet of text that follows neither a CR nor a dot held back. */
    private void plain(byte octet, ByteBuffer out) {
        out.put(octet);
        state = octet == '\r' ? State.CR : octet == '\n' && bareLineFeed ? State.LINE_START : State.TEXT;
    }
}
