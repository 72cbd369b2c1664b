package io.github.pop3kit.server;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The few forms of DER (X.690) that keys and a small certificate need; the JDK reads most of them but does not write them. */
final class Der {

    static final int BOOLEAN = 0x01;
    static final int OCTET_STRING = 0x04;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0C;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return tagged(SEQUENCE, parts);
    }

    static byte[] set(byte[]... parts) {
        return tagged(SET, parts);
    }

    static byte[] integer(BigInteger value) {
        return tagged(INTEGER, value.toByteArray());
    }

    static byte[] text(String value) {
        return tagged(UTF8_STRING, value.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bits(byte[] whole) {
        return tagged(BIT_STRING, new byte[1], whole);
    }

    /** An object identifier written with dots. */
    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.", -1);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        octets.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            int arc = Integer.parseInt(arcs[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arc >> shift > 0) octets.write(0x80 | (arc >> shift & 0x7F));
            }
            octets.write(arc & 0x7F);
        }
        return tagged(OBJECT_IDENTIFIER, octets.toByteArray());
    }

    /** A value that is not made of others; its octets behind tag and length. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Value(int tag, byte[] octets) {

        boolean is(byte[] whole) {
            return Arrays.equals(tagged(tag, octets), whole);
        }
    }

    /** The values in these sequences and those within them, in the order in which they stand; none if something is damaged. */
    static List<Value> values(byte[] sequences) {
        List<Value> values = new ArrayList<>();
        try {
            collect(ByteBuffer.wrap(sequences), values);
            return values;
        } catch (BufferUnderflowException cutShort) {
            return List.of();
        }
    }

    private static void collect(ByteBuffer from, List<Value> values) {
        while (from.hasRemaining()) {
            int tag = from.get();
            int length = from.get();
            if (length < 0) {
                int octets = length & 0x7F;
                for (length = 0; octets > 0; octets--) length = length << 8 | (from.get() & 0xFF);
            }
            if (length < 0 || length > from.remaining()) throw new BufferUnderflowException();
            ByteBuffer content = from.slice(from.position(), length);
            from.position(from.position() + length);
            if (tag == SEQUENCE) {
                collect(content, values);
            } else {
                byte[] octets = new byte[length];
                content.get(octets);
                values.add(new Value(tag, octets));
            }
        }
    }

    static byte[] tagged(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) content.writeBytes(part);
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        octets.write(tag);
        int length = content.size();
        if (length < 0x80) {
            octets.write(length);
        } else {
            byte[] big = BigInteger.valueOf(length).toByteArray();
            int skip = big[0] == 0 ? 1 : 0;
            octets.write(0x80 | (big.length - skip));
            octets.write(big, skip, big.length - skip);
        }
        octets.writeBytes(content.toByteArray());
        return octets.toByteArray();
    }
}
