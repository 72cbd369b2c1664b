package io.github.pop3kit.protocol.wire;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ByteChannel;

/**
 * What carries a {@link Wire}: a socket, TLS over it, or a pair in memory. Reading and writing block, and the buffers are backed by
 * arrays unless it says that they need not be. One thread reads and writes; {@link #abort} alone may be called by another.
 */
public interface Connection extends ByteChannel {

    /** How many octets can be read without waiting, at least. */
    int available() throws IOException;

    /** Says that nothing more will be written, where the transport can say so; what the peer sends can still be read. */
    void endOutput() throws IOException;

    /** The same octets as a socket, to put TLS over it. */
    Socket socket();

    /** Whether it writes buffers without an array, too, and with fewer copies. */
    default boolean takesDirectBuffers() {
        return false;
    }

    /** Ends the connection at once, from any thread, whatever it is doing; waits for nothing. */
    void abort();
}
