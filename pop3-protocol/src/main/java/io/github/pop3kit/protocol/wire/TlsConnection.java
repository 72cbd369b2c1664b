package io.github.pop3kit.protocol.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** TLS over a TCP connection. */
public final class TlsConnection implements Connection {

    private final SocketConnection socket;
    private final SSLSocket tls;
    private final InputStream input;
    private final OutputStream output;

    private TlsConnection(SocketConnection socket, SSLSocket tls) throws IOException {
        this.socket = socket;
        this.tls = tls;
        this.input = tls.getInputStream();
        this.output = tls.getOutputStream();
    }

    /** Shakes hands as the server; {@link Connection#abort} of {@code socket} ends the attempt. */
    public static TlsConnection accept(SocketConnection socket, SSLContext context, SSLParameters parameters)
            throws IOException {
        SSLSocket tls = (SSLSocket)
                context.getSocketFactory().createSocket(socket.socket(), InputStream.nullInputStream(), true);
        tls.setSSLParameters(parameters);
        TlsConnection connection = new TlsConnection(socket, tls);
        tls.startHandshake();
        return connection;
    }

    /** What was agreed upon. */
    public SSLSession session() {
        return tls.getSession();
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
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
    public int available() throws IOException {
        return input.available();
    }

    @Override
    public void endOutput() throws IOException {
        tls.shutdownOutput();
    }

    @Override
    public boolean isOpen() {
        return !tls.isClosed();
    }

    /** Sends close_notify, so that the peer can tell the end from a cut, and ends the socket. */
    @Override
    public void close() throws IOException {
        tls.close();
    }

    /** Ends the socket, not the TLS: {@link SSLSocket#close} would wait for a writer that is stuck. */
    @Override
    public void abort() {
        socket.abort();
    }
}
