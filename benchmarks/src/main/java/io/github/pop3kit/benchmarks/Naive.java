package io.github.pop3kit.benchmarks;

import io.github.pop3kit.protocol.LineEnd;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The codecs as one writes them first, octet by octet. */
final class Naive {

    private Naive() {}

    /** Takes a message off the wire. */
    static void decode(ByteBuffer wire, LineEnd lineEnd, OutputStream message) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(Decoder.BLOCK);
        boolean lineFeedEnds = lineEnd == LineEnd.LF;
        boolean lineStart = true;
        byte last = 0;
        while (wire.hasRemaining()) {
            byte octet = wire.get();
            if (octet == '.' && lineStart) {
                if (isNext(wire, '\n') && lineFeedEnds) break;
                if (isNext(wire, '\r') && isBehindNext(wire, '\n')) break;
                if (isNext(wire, '.')) octet = wire.get();
            }
            block.put(octet);
            lineStart = octet == '\n' && (lineFeedEnds || last == '\r');
            last = octet;
            if (!block.hasRemaining()) write(block, message);
        }
        write(block, message);
    }

    private static boolean isNext(ByteBuffer wire, char octet) {
        return wire.hasRemaining() && wire.get(wire.position()) == octet;
    }

    private static boolean isBehindNext(ByteBuffer wire, char octet) {
        return wire.remaining() > 1 && wire.get(wire.position() + 1) == octet;
    }

    /** Puts a message on the wire, its closing line included. */
    static void encode(ByteBuffer stored, OutputStream wire) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(Decoder.BLOCK);
        byte last = '\n';
        while (stored.hasRemaining()) {
            if (block.remaining() < 3) write(block, wire);
            byte octet = stored.get();
            if (octet == '.' && last == '\n') block.put((byte) '.');
            if (octet == '\n' && last != '\r') block.put((byte) '\r');
            block.put(octet);
            last = octet;
        }
        if (block.remaining() < 5) write(block, wire);
        if (last != '\n') block.put((byte) '\r').put((byte) '\n');
        write(block.put((byte) '.').put((byte) '\r').put((byte) '\n'), wire);
    }

    private static void write(ByteBuffer block, OutputStream sink) throws IOException {
        sink.write(block.array(), block.arrayOffset(), block.position());
        block.clear();
    }

    /** The lines, their ends taken off. */
    static void lines(ByteBuffer in, Consumer<String> lines) {
        StringBuilder line = new StringBuilder();
        while (in.hasRemaining()) {
            char octet = (char) (in.get() & 0xFF);
            if (octet != '\n') {
                line.append(octet);
                continue;
            }
            if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') line.setLength(line.length() - 1);
            lines.accept(line.toString());
            line.setLength(0);
        }
    }
}
