package io.github.pop3kit.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;

/** A {@link DotReadableChannel} as a stream. */
public final class DotInputStream extends InputStream {

    private final DotReadableChannel message;
    private final byte[] one = new byte[1];

    /** A stream over the next message; the arguments are those of {@link DotReadableChannel}. */
    public DotInputStream(ReadableByteChannel in, ByteBuffer buffer, LineEnd lineEnd) {
        this.message = new DotReadableChannel(in, buffer, lineEnd);
    }

    /**
     * A stream over the next message of a source that is read by nobody else: octets behind the message may be read and lost.
     *
     * @param in never closed here
     */
    public DotInputStream(InputStream in, LineEnd lineEnd) {
        this(Channels.newChannel(in), ByteBuffer.allocate(8192).flip(), lineEnd);
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] octets, int offset, int length) throws IOException {
        return message.read(ByteBuffer.wrap(octets, offset, length));
    }

    @Override
    public void close() throws IOException {
        message.close();
    }
}
