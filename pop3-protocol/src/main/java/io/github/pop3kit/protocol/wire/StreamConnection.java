package io.github.pop3kit.protocol.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A connection over the streams of a socket that has no channel: one of a proxy's, of a socket factory, or in memory. */
public class StreamConnection implements Connection {

    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;

    /** A connection over a connected socket, which it owns from now on. */
    public StreamConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.input = socket.getInputStream();
        this.output = socket.getOutputStream();
    }

    @Override
    public final int read(ByteBuffer buffer) throws IOException {
        int read = input.read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        if (read > 0) buffer.position(buffer.position() + read);
        return read;
    }

    @Override
    public int write(ByteBuffer buffer) throws IOException {
        int length = buffer.remaining();
        output.write(buffer.array(), buffer.arrayOffset() + buffer.position(), length);
        buffer.position(buffer.limit());
        return length;
    }

    @Override
    public final int available() throws IOException {
        return input.available();
    }

    @Override
    public final void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public final Socket socket() {
        return socket;
    }

    @Override
    public final boolean isOpen() {
        return !socket.isClosed();
    }

    @Override
    public final void close() throws IOException {
        socket.close();
    }

    @Override
    public void abort() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // It was to be ended, and it is.
        }
    }
}
