package io.github.pop3kit.protocol.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * What a proxy says at the start of a connection: whom it speaks for (HAProxy's PROXY protocol, versions 1 and 2). Anybody can say
 * it, so it is worth what the proxy is worth.
 *
 * @param source the client; absent where the proxy speaks for itself, as in its health checks, or does not know
 * @param destination where the client connected to; present if {@code source} is
 */
public record ProxyHeader(Optional<InetAddress> source, Optional<InetAddress> destination) {

    /** Both versions have at least that many octets, so that reading them takes nothing of what follows. */
    private static final int SHORTEST = "PROXY UNKNOWN\r\n".length();

    /** With its line end, as section 2.1 of the specification has it. */
    private static final int LONGEST_LINE = 107;

    private static final byte[] WORD = {'P', 'R', 'O', 'X', 'Y', ' '};
    private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    private static final int FIXED = 16;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int CHECKSUM = 0x03;

    private static final Pattern LINE = Pattern.compile("PROXY (TCP[46]) (\\S+) (\\S+) (\\d{1,5}) (\\d{1,5})");
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:][0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private static final ProxyHeader NOBODY = new ProxyHeader(Optional.empty(), Optional.empty());

    /**
     * Reads the header, and nothing of what follows it.
     *
     * @param channel blocking
     * @throws ProtocolException if there is none, or not a valid one
     * @throws EOFException if the connection ends within it
     */
    public static ProxyHeader read(ReadableByteChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(SHORTEST);
        while (start.hasRemaining()) {
            if (channel.read(start) < 0) throw new EOFException("the connection ended before its PROXY header");
            // Whoever begins with something else may wait for our greeting before it says more.
            if (!beginsLike(WORD, start) && !beginsLike(SIGNATURE, start))
                throw new ProtocolException("no PROXY header");
        }
        return beginsLike(SIGNATURE, start) ? binary(channel, start.flip()) : line(channel, start.flip());
    }

    private static boolean beginsLike(byte[] word, ByteBuffer start) {
        int known = Math.min(word.length, start.position());
        return start.slice(0, known).equals(ByteBuffer.wrap(word, 0, known));
    }

    /** Version 1. Its length is not known beforehand, so it is read octet by octet. */
    private static ProxyHeader line(ReadableByteChannel channel, ByteBuffer start) throws IOException {
        StringBuilder line = new StringBuilder(StandardCharsets.ISO_8859_1.decode(start));
        ByteBuffer octet = ByteBuffer.allocate(1);
        while (line.charAt(line.length() - 1) != '\n') {
            if (line.length() == LONGEST_LINE) throw new ProtocolException("PROXY header too long");
            line.append((char) (take(channel, octet.clear()).get() & 0xFF));
        }
        if (line.charAt(line.length() - 2) != '\r') throw new ProtocolException("PROXY header without CRLF");
        line.setLength(line.length() - 2);
        if (line.toString().matches("PROXY UNKNOWN( .*)?")) return NOBODY;
        Matcher said = LINE.matcher(line);
        if (!said.matches() || !isPort(said.group(4)) || !isPort(said.group(5))) {
            throw new ProtocolException("not a PROXY header");
        }
        Pattern family = said.group(1).equals("TCP4") ? IPV4 : IPV6;
        return of(address(said.group(2), family), address(said.group(3), family));
    }

    private static boolean isPort(String digits) {
        return Integer.parseInt(digits) <= 0xFFFF;
    }

    /** Only what looks like a number gets here: no name is looked up. */
    private static InetAddress address(String literal, Pattern family) throws ProtocolException {
        try {
            if (family.matcher(literal).matches()) return InetAddress.getByName(literal);
        } catch (UnknownHostException notOne) {
            // As below.
        }
        throw new ProtocolException("no address in a PROXY header");
    }

    /** Version 2. */
    private static ProxyHeader binary(ReadableByteChannel channel, ByteBuffer start) throws IOException {
        ByteBuffer fixed = ByteBuffer.allocate(FIXED).put(start);
        take(channel, fixed);
        int length = fixed.getShort(FIXED - 2) & 0xFFFF;
        ByteBuffer header = ByteBuffer.allocate(FIXED + length).put(fixed);
        take(channel, header);
        int command = header.get(SIGNATURE.length);
        if (command == LOCAL) return NOBODY; // Whatever else it says is to be ignored.
        if (command != PROXY) throw new ProtocolException("a PROXY header of another version");
        int family = header.get(SIGNATURE.length + 1);
        ByteBuffer addresses = header.position(FIXED);
        int octets = addressOctets(family);
        if (addresses.remaining() < 2 * octets) throw new ProtocolException("PROXY header cut short");
        byte[] source = new byte[family >> 4 == 3 ? 0 : Math.max(0, octets - 2)];
        byte[] destination = new byte[source.length];
        int behind = FIXED + 2 * octets;
        addresses.get(source).get(destination);
        checkExtensions(header.position(behind));
        if (source.length == 0) return NOBODY;
        return of(InetAddress.getByAddress(source), InetAddress.getByAddress(destination));
    }

    /** Of one end: its address and, for TCP, its port. */
    private static int addressOctets(int family) throws ProtocolException {
        return switch (family) {
            case 0x00 -> 0;
            case 0x11 -> 4 + 2;
            case 0x21 -> 16 + 2;
            case 0x31 -> 108; // a path: a client of the proxy's own host
            default -> throw new ProtocolException("a PROXY header for no stream");
        };
    }

    /** Type, length, value, again and again; who sends a checksum wants it to be checked. */
    private static void checkExtensions(ByteBuffer header) throws ProtocolException {
        while (header.hasRemaining()) {
            if (header.remaining() < 3) throw new ProtocolException("PROXY header with a broken extension");
            int type = header.get();
            int length = header.getShort() & 0xFFFF;
            if (length > header.remaining()) throw new ProtocolException("PROXY header with a broken extension");
            if (type == CHECKSUM) checkSum(header, length);
            header.position(header.position() + length);
        }
    }

    private static void checkSum(ByteBuffer header, int length) throws ProtocolException {
        if (length != Integer.BYTES) throw new ProtocolException("PROXY header with a broken checksum");
        byte[] octets = new byte[header.limit()];
        header.duplicate().rewind().get(octets);
        ByteBuffer.wrap(octets).putInt(header.position(), 0);
        CRC32C sum = new CRC32C();
        sum.update(octets, 0, octets.length);
        if ((int) sum.getValue() != header.getInt(header.position())) {
            throw new ProtocolException("PROXY header with a wrong checksum");
        }
    }

    private static ProxyHeader of(InetAddress source, InetAddress destination) {
        return new ProxyHeader(Optional.of(source), Optional.of(destination));
    }

    /** Fills the buffer, and turns it for reading. */
    private static ByteBuffer take(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) throw new EOFException("the connection ends before the PROXY header does");
        }
        return buffer.flip();
    }
}
