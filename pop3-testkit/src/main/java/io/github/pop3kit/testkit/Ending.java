package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.wire.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How a connection can be brought to a bad end. */
final class Ending {

    private Ending() {}

    /** RST. */
    static void reset(Connection connection) throws IOException {
        connection.socket().setSoLinger(true, 0);
        connection.abort();
    }

    /** Reads until the peer ends the connection, and keeps nothing. */
    static void discard(Connection connection) throws IOException {
        ByteBuffer unwanted = ByteBuffer.allocate(8 * 1024);
        while (connection.read(unwanted.clear()) >= 0) {
            // It is said to nobody.
        }
    }
}
