package io.github.pop3kit.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The server's end of TLS. With a linger time of 0 it is cut: an {@link SSLSocket} would still say close_notify. */
final class TlsSocket extends Socket {

    private final Socket clear;
    private final SSLSocket tls;
    private boolean cut;

    private TlsSocket(Socket clear, SSLSocket tls) {
        this.clear = clear;
        this.tls = tls;
    }

    /** Shakes hands as the server. */
    static TlsSocket accept(Socket clear, SSLContext context) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(clear, InputStream.nullInputStream(), true);
        tls.startHandshake();
        return new TlsSocket(clear, tls);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return tls.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return tls.getOutputStream();
    }

    @Override
    public void shutdownOutput() throws IOException {
        tls.shutdownOutput();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        clear.setTcpNoDelay(on);
    }

    @Override
    public void setSoLinger(boolean on, int linger) throws SocketException {
        clear.setSoLinger(on, linger);
        cut = on && linger == 0;
    }

    /** Not synchronized as {@link Socket}'s: another thread may close it at any time. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void close() throws IOException {
        if (cut) {
            clear.close();
        } else {
            tls.close();
        }
    }
}
