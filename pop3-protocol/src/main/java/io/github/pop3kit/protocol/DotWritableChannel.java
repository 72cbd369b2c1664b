package io.github.pop3kit.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;

/**
 * One message, written to a connection: stuffs dots, makes CRLF of LF, and ends the message when it is closed. Not safe for use by
 * several threads.
 */
public final class DotWritableChannel implements WritableByteChannel {

    private final WritableByteChannel out;
    private final DotEncoder encoder = DotEncoder.whole();
    private final ByteBuffer buffer = ByteBuffer.allocate(8192);
    private boolean open = true;

    /** A channel for one message; {@code out} is never closed here. */
    public DotWritableChannel(WritableByteChannel out) {
        this.out = out;
    }

    @Override
    public int write(ByteBuffer in) throws IOException {
        if (!open) throw new ClosedChannelException();
        int length = in.remaining();
        while (encoder.encode(in, buffer) == CodecResult.NEED_OUTPUT) flush();
        return length;
    }

    /** Passes on what is encoded so far. */
    public void flush() throws IOException {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) out.write(buffer);
        } finally {
            buffer.compact(); // After a failure, too: close() follows, and what was written must not be written again.
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** Writes the closing line and leaves the connection open. */
    @Override
    public void close() throws IOException {
        if (!open) return;
        open = false;
        if (encoder.finish(buffer) == CodecResult.NEED_OUTPUT) {
            flush();
            encoder.finish(buffer);
        }
        flush();
    }
}
