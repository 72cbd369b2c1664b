package io.github.pop3kit.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Looks for what RFC 6856 allows only clients that have said UTF8 to get. */
final class HeaderScan {

    private static final int STEP = 4096;

    private HeaderScan() {}

    /** Whether an octet of the header, up to the first empty line, is beyond ASCII. Reads no further than it has to, by steps. */
    static boolean findsEightBits(ReadableByteChannel message) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(STEP);
        boolean lineIsEmpty = true;
        while (message.read(buffer.clear()) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte octet = buffer.get();
                if (octet < 0) return true;
                if (octet == '\n') {
                    if (lineIsEmpty) return false;
                    lineIsEmpty = true;
                } else if (octet != '\r') {
                    lineIsEmpty = false;
                }
            }
        }
        return false;
    }
}
