package io.github.pop3kit.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns octets into lines that end in LF or CRLF; a CR alone ends nothing and stays in the line. Bounded: no line makes it keep
 * more octets than its limit. Not safe for use by several threads.
 */
public final class LineDecoder {

    /** A command, its line end included: twice what RFC 2449 section 4 asks for. */
    public static final int COMMAND_LIMIT = 512;

    /** An AUTH command or a SASL response, its line end included: RFC 4954 section 4 has 12,288 octets of it for SMTP. */
    public static final int SASL_LIMIT = 12_288 + 2;

    /** Why {@link #decode} returned. */
    public enum Result {
        /** All input is taken and no line is complete. */
        NEED_INPUT,
        /** {@link #line()} is complete; the input stands behind its line end. */
        LINE,
        /** The line passes the limit. What comes of it until its end is skipped by the calls that follow. */
        TOO_LONG
    }

    private final int limit;
    private final int saslLimit;
    private byte[] octets = new byte[64];
    private int length;
    private boolean response;
    private boolean skipping;
    private String line = "";
    private LineEnd lineEnd = LineEnd.CRLF;

    /** A decoder whose lines, their line ends included, have at most {@code limit} octets. */
    public LineDecoder(int limit) {
        this(limit, limit);
    }

    private LineDecoder(int limit, int saslLimit) {
        this.limit = limit;
        this.saslLimit = saslLimit;
    }

    /**
     * A decoder for the commands of a client: {@link #COMMAND_LIMIT}, and {@link #SASL_LIMIT} for a line that begins with AUTH and
     * after {@link #expectResponse()}.
     */
    public static LineDecoder forCommands() {
        return forCommands(COMMAND_LIMIT, SASL_LIMIT);
    }

    /** The same with other limits. */
    public static LineDecoder forCommands(int limit, int saslLimit) {
        return new LineDecoder(limit, saslLimit);
    }

    /** Says that the next line is no command but the response to a SASL challenge. */
    public void expectResponse() {
        response = true;
    }

    /** Takes octets until a line is complete, too long, or the input is used up. */
    public Result decode(ByteBuffer in) {
        int end = in.limit();
        int lineFeed = Octets.lineFeed(in, in.position(), end);
        boolean complete = lineFeed < end;
        int taken = (complete ? lineFeed + 1 : end) - in.position();
        if (skipping) {
            in.position(in.position() + taken);
            skipping = !complete;
            return complete ? decode(in) : Result.NEED_INPUT;
        }
        if (!fits(in, taken)) {
            in.position(in.position() + taken);
            skipping = !complete;
            length = 0;
            response = false;
            return Result.TOO_LONG;
        }
        if (length + taken > octets.length) {
            octets = Arrays.copyOf(octets, Math.max(length + taken, 2 * octets.length));
        }
        in.get(octets, length, taken);
        length += taken;
        if (!complete) return Result.NEED_INPUT;
        takeLine();
        return Result.LINE;
    }

    /** The line that {@link Result#LINE} reported, without its line end, one character per octet. */
    public String line() {
        return line;
    }

    /** How that line ended. */
    public LineEnd lineEnd() {
        return lineEnd;
    }

    /** Whether part of a line was taken and its end has not come. */
    public boolean inLine() {
        return length > 0 || skipping;
    }

    private boolean fits(ByteBuffer in, int taken) {
        if (length + taken <= limit) return true;
        return length + taken <= saslLimit && (response || isAuth(in));
    }

    private boolean isAuth(ByteBuffer in) {
        for (int i = 0; i < 5; i++) {
            int octet = i < length ? octets[i] : in.get(in.position() + i - length);
            if (octet != "AUTH ".charAt(i) && octet != "auth ".charAt(i)) return false;
        }
        return true;
    }

    private void takeLine() {
        boolean crlf = length >= 2 && octets[length - 2] == '\r';
        lineEnd = crlf ? LineEnd.CRLF : LineEnd.LF;
        line = new String(octets, 0, length - (crlf ? 2 : 1), StandardCharsets.ISO_8859_1);
        length = 0;
        response = false;
        if (octets.length > limit) octets = new byte[64];
    }
}
