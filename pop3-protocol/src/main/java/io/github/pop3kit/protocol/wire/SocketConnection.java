package io.github.pop3kit.protocol.wire;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A TCP connection over a channel: it reads into and writes from the caller's buffers, and a thread that waits can be interrupted. */
public final class SocketConnection implements Connection {

    private final SocketChannel channel;
    private final InputStream input;

    /** A connection over a channel in blocking mode, which it owns from now on. */
    public SocketConnection(SocketChannel channel) throws IOException {
        // Replies are written whole: holding back the last segment for an ACK costs 40 ms each and gains nothing.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        this.channel = channel;
        this.input = channel.socket().getInputStream();
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
        return channel.read(buffer);
    }

    @Override
    public int write(ByteBuffer buffer) throws IOException {
        return channel.write(buffer);
    }

    @Override
    public int available() throws IOException {
        return input.available();
    }

    @Override
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public Socket socket() {
        return channel.socket();
    }

    @Override
    public boolean takesDirectBuffers() {
        return true;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void abort() {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // It was to be ended, and it is.
        }
    }
}
