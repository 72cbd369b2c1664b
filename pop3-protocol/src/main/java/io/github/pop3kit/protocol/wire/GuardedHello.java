package io.github.pop3kit.protocol.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLHandshakeException;

/**
 * The first record of a client that shakes hands, looked at on its way to the JDK, which lacks two rules: a ClientHello has a
 * bound, and a client that says it falls back from the newest version, as only somebody on the way can make it do, is refused
 * (TLS_FALLBACK_SCSV, RFC 7507 section 3). Everything else, and whatever is not understood here, is for the JDK to judge.
 */
final class GuardedHello extends InputStream {

    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int LONGEST = 16 * 1024;
    private static final int FALLBACK_SCSV = 0x5600;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int TLS_1_3 = 0x0304;

    private static final int DECODE_ERROR = 50;
    private static final int INAPPROPRIATE_FALLBACK = 86;

    private final Connection carrier;
    private ByteBuffer record = ByteBuffer.allocate(RECORD_HEADER);
    private boolean begun;

    GuardedHello(Connection carrier) {
        this.carrier = carrier;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (!begun) begin();
        if (!record.hasRemaining()) return -1;
        int taken = Math.min(length, record.remaining());
        record.get(octets, offset, taken);
        return taken;
    }

    /** With what can be read behind the first record, for the JDK takes that off the socket before it closes it after a failure. */
    @Override
    public int available() throws IOException {
        return (begun ? record.remaining() : 0) + carrier.available();
    }

    private void begin() throws IOException {
        begun = true;
        if (fill() && record.get(0) == HANDSHAKE) {
            int length = record.getShort(3) & 0xFFFF;
            if (length <= LONGEST) {
                record = ByteBuffer.allocate(RECORD_HEADER + length).put(record.flip());
                if (fill()) check(record.duplicate().position(RECORD_HEADER).limit(RECORD_HEADER + length));
            }
        }
        record.flip();
    }

    /** False if the connection ends before. */
    private boolean fill() throws IOException {
        while (record.hasRemaining()) {
            if (carrier.read(record) < 0) return false;
        }
        return true;
    }

    private void check(ByteBuffer handshake) throws IOException {
        if (handshake.remaining() < 4 || handshake.get() != CLIENT_HELLO) return;
        int length = ((handshake.get() & 0xFF) << 16) | (handshake.getShort() & 0xFFFF);
        if (length > LONGEST) refuse(DECODE_ERROR, "a ClientHello of " + length + " octets");
        // One in several records is nobody's who falls back: it is long because it is new.
        if (length == handshake.remaining() && fallsBack(handshake)) refuse(INAPPROPRIATE_FALLBACK, "a fallback");
    }

    /** Reads a ClientHello (RFC 8446 section 4.1.2); one that is malformed does not fall back, as far as is known. */
    private static boolean fallsBack(ByteBuffer hello) {
        ByteBuffer rest = part(hello, 2 + 32, 0); // version and random
        rest = part(rest, 0, 1); // session
        int suites = length(rest, 2);
        boolean says = false;
        for (int i = 0; i + 1 < suites; i += 2)
            says |= (rest.getShort(rest.position() + 2 + i) & 0xFFFF) == FALLBACK_SCSV;
        rest = part(part(rest, 0, 2), 0, 1); // suites, compression
        if (rest.remaining() >= 2) rest = rest.slice(rest.position() + 2, rest.remaining() - 2);
        while (says && rest.remaining() >= 4) {
            int type = rest.getShort(rest.position()) & 0xFFFF;
            int octets = Math.min(rest.getShort(rest.position() + 2) & 0xFFFF, rest.remaining() - 4);
            for (int i = 1; type == SUPPORTED_VERSIONS && i + 1 < octets; i += 2) {
                if (rest.getShort(rest.position() + 4 + i) == TLS_1_3) return false;
            }
            rest = part(rest, 4 + octets, 0);
        }
        return says;
    }

    /** What follows so many octets and a vector whose length has so many octets; nothing if there is less. */
    private static ByteBuffer part(ByteBuffer from, int octets, int lengthOctets) {
        int skipped = octets + lengthOctets + (lengthOctets == 0 ? 0 : length(from, lengthOctets));
        int left = Math.max(0, from.remaining() - skipped);
        return from.slice(from.limit() - left, left);
    }

    /** The length in front of a vector, as far as there is so much. */
    private static int length(ByteBuffer vector, int lengthOctets) {
        if (vector.remaining() < lengthOctets) return 0;
        int said =
                lengthOctets == 1 ? vector.get(vector.position()) & 0xFF : vector.getShort(vector.position()) & 0xFFFF;
        return Math.min(said, vector.remaining() - lengthOctets);
    }

    private void refuse(int alert, String why) throws IOException {
        carrier.write(ByteBuffer.wrap(new byte[] {21, 3, 3, 0, 2, 2, (byte) alert}));
        throw new SSLHandshakeException("refused: " + why);
    }
}
