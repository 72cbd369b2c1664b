package io.github.pop3kit.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;

/** A {@link DotWritableChannel} as a stream. */
public final class DotOutputStream extends OutputStream {

    private final OutputStream out;
    private final DotWritableChannel message;

    /** A stream for one message; {@code out} is never closed here. */
    public DotOutputStream(OutputStream out) {
        this.out = out;
        this.message = new DotWritableChannel(Channels.newChannel(out));
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        message.write(ByteBuffer.wrap(octets, offset, length));
    }

    @Override
    public void flush() throws IOException {
        message.flush();
        out.flush();
    }

    /** Writes the closing line, flushes, and leaves {@code out} open. */
    @Override
    public void close() throws IOException {
        message.close();
        out.flush();
    }
}
