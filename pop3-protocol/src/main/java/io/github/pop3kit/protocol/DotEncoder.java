package io.github.pop3kit.protocol;

import java.nio.ByteBuffer;

/**
 * Turns a stored message into what follows {@code +OK} on the wire: a bare LF becomes CRLF, a last line without its end is given
 * one, a line that begins with a dot is given another (RFC 1939 section 3), and {@link #finish} adds the closing line. A CR
 * alone stays as it is. No I/O, no allocation; any split of the input gives the same output. For one message; not safe for use
 * by several threads.
 */
public final class DotEncoder {

    private static final int WHOLE_MESSAGE = -1;

    private final boolean verbatim;
    private final int bodyLines;

    private boolean inBody;
    private int linesLeft;
    /** Octets of the line so far, CR included; no more than 2 are of interest. */
    private int column;

    private boolean afterCr;
    private boolean dotStuffed;
    private boolean complete;
    private long octets;

    private DotEncoder(boolean verbatim, int bodyLines) {
        this.verbatim = verbatim;
        this.bodyLines = bodyLines;
        this.linesLeft = bodyLines;
    }

    /** An encoder of a whole message, as for RETR. */
    public static DotEncoder whole() {
        return new DotEncoder(false, WHOLE_MESSAGE);
    }

    /** An encoder of the header, the blank line and this many lines of the body, as for TOP (RFC 1939 section 7). */
    public static DotEncoder top(int lines) {
        return new DotEncoder(false, lines);
    }

    /** An encoder of a whole message that has CRLF line ends throughout and no line that begins with a dot: it only copies. */
    public static DotEncoder verbatim() {
        return new DotEncoder(true, WHOLE_MESSAGE);
    }

    /**
     * How many of the octets at the front of the input would come out of {@link #encode} as they went in. Who can send those without a copy
     * does so, and says it by {@link #copied}.
     */
    public int unchanged(ByteBuffer in) {
        if (verbatim) return in.remaining();
        if (bodyLines != WHOLE_MESSAGE || !in.hasRemaining()) return 0;
        int start = in.position();
        byte first = in.get(start);
        boolean changes = first == '.' ? column == 0 && !dotStuffed : first == '\n' && !afterCr;
        return changes ? 0 : Octets.firstToChange(in, start, in.limit()) - start;
    }

    /** So many octets of the input were sent as they are: no more than are {@link #unchanged}. The input's position stays. */
    public void copied(ByteBuffer in, int length) {
        if (length == 0) return;
        int last = in.position() + length - 1;
        octets += length;
        column = in.get(last) == '\n'
                ? 0
                : 2; // Of a whole message's lines no more matters than whether they have begun.
        afterCr = in.get(last) == '\r';
        dotStuffed = false;
    }

    /** Encodes what it can. {@link CodecResult#DONE} means that TOP needs no more of the message. */
    public CodecResult encode(ByteBuffer in, ByteBuffer out) {
        if (verbatim) return copy(in, out);
        boolean byLines = bodyLines == WHOLE_MESSAGE && in.hasArray() && out.hasArray();
        while (!complete && in.hasRemaining()) {
            if (byLines && column == 0 && !dotStuffed) {
                wholeLines(in, out);
                if (!in.hasRemaining()) break;
            }
            if (column == 0 && !stuff(in, out)) return CodecResult.NEED_OUTPUT;
            int start = in.position();
            int lineFeed = Octets.lineFeed(in, start, in.limit());
            int length = Math.min(lineFeed - start, out.remaining());
            if (length > 0) {
                afterCr = in.get(start + length - 1) == '\r';
                column = Math.min(column + length, 2);
                octets += length;
                Octets.move(in, out, length);
            }
            if (in.position() < lineFeed) return CodecResult.NEED_OUTPUT;
            if (!in.hasRemaining()) return CodecResult.NEED_INPUT;
            if (!endLine(out)) return CodecResult.NEED_OUTPUT;
            in.get();
        }
        return complete ? CodecResult.DONE : CodecResult.NEED_INPUT;
    }

    /**
     * Encodes lines that are whole and for which there is room; the first that is not is left. Most mail passes here, from array to
     * array with nothing to remember between lines, at twice the speed.
     */
    private void wholeLines(ByteBuffer in, ByteBuffer out) {
        byte[] from = in.array();
        byte[] to = out.array();
        int start = in.arrayOffset() + in.position();
        int end = in.arrayOffset() + in.limit();
        int written = out.arrayOffset() + out.position();
        int room = out.arrayOffset() + out.limit() - 3; // A dot, CR and LF may come in addition.
        while (true) {
            int lineFeed = Octets.lineFeed(from, start, end);
            int length = lineFeed - start;
            if (lineFeed == end || length > room - written) break;
            if (from[start] == '.') {
                to[written++] = '.';
                octets--;
            }
            System.arraycopy(from, start, to, written, length);
            written += length;
            if (length == 0 || from[lineFeed - 1] != '\r') to[written++] = '\r';
            to[written++] = '\n';
            start = lineFeed + 1;
        }
        octets += written - out.arrayOffset() - out.position();
        in.position(start - in.arrayOffset());
        out.position(written - out.arrayOffset());
    }

    /**
     * Writes what is due at the end of the message: a missing line end, and the line of one dot.
     *
     * @return {@link CodecResult#NEED_OUTPUT} if there is no room for all of it (five octets), and then nothing is written
     */
    public CodecResult finish(ByteBuffer out) {
        boolean open = column > 0;
        if (out.remaining() < (open ? 5 : 3)) return CodecResult.NEED_OUTPUT;
        if (open) {
            out.put((byte) '\r').put((byte) '\n');
            octets += 2;
            column = 0;
        }
        out.put((byte) '.').put((byte) '\r').put((byte) '\n');
        return CodecResult.DONE;
    }

    /** How many octets were written so far, stuffed dots and the closing line left out: what LIST shows of a whole message. */
    public long octets() {
        return octets;
    }

    /** Gives a line that begins with a dot its second one; false if there is no room for it. */
    private boolean stuff(ByteBuffer in, ByteBuffer out) {
        if (in.get(in.position()) != '.' || dotStuffed) return true;
        if (!out.hasRemaining()) return false;
        out.put((byte) '.');
        dotStuffed = true; // The line's own dot may have to wait for room, and must not be stuffed twice.
        return true;
    }

    private boolean endLine(ByteBuffer out) {
        if (out.remaining() < (afterCr ? 1 : 2)) return false;
        if (!afterCr) {
            out.put((byte) '\r');
            octets++;
        }
        out.put((byte) '\n');
        octets++;
        boolean blank = column == 0 || (column == 1 && afterCr);
        if (inBody) {
            linesLeft--;
        } else if (blank && bodyLines != WHOLE_MESSAGE) {
            inBody = true;
        }
        complete = inBody && linesLeft == 0;
        column = 0;
        afterCr = false;
        dotStuffed = false;
        return true;
    }

    /** A store that breaks its promise of CRLF at the end must not make the closing line part of the message: the column is kept. */
    private CodecResult copy(ByteBuffer in, ByteBuffer out) {
        int length = Math.min(in.remaining(), out.remaining());
        copied(in, length);
        Octets.move(in, out, length);
        return in.hasRemaining() ? CodecResult.NEED_OUTPUT : CodecResult.NEED_INPUT;
    }
}
