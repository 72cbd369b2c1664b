package io.github.pop3kit.protocol.wire;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** TLS over another connection. Closing it sends close_notify, so that the peer can tell the end from a cut. */
public final class TlsConnection extends StreamConnection {

    private final Connection carrier;
    private final SSLSocket tls;
    private final GatheringSocket gathering;

    private TlsConnection(Connection carrier, SSLSocket tls, GatheringSocket gathering) throws IOException {
        super(tls);
        this.carrier = carrier;
        this.tls = tls;
        this.gathering = gathering;
    }

    /**
     * Shakes hands as the server; {@link Connection#abort} of {@code carrier} ends the attempt.
     *
     * @param carrier without octets that were read from it already
     */
    public static TlsConnection accept(Connection carrier, SSLContext context, SSLParameters parameters)
            throws IOException {
        GatheringSocket socket = new GatheringSocket(carrier.socket());
        return handshake(carrier, socket, serverSocket(carrier, socket, context.getSocketFactory()), parameters);
    }

    private static SSLSocket serverSocket(Connection carrier, Socket socket, SSLSocketFactory sockets)
            throws IOException {
        try {
            return (SSLSocket) sockets.createSocket(socket, new GuardedHello(carrier), true);
        } catch (UnsupportedOperationException conscrypt) { // It needs no guard.
            SSLSocket tls = (SSLSocket) sockets.createSocket(socket, "", socket.getPort(), true);
            tls.setUseClientMode(false);
            giveTickets(tls);
            return tls;
        }
    }

    /** Without tickets there is no resumption in TLS 1.3, and Conscrypt has to be told by a method of its own to give any. */
    private static void giveTickets(SSLSocket tls) throws IOException {
        try {
            Class.forName("org.conscrypt.Conscrypt", true, tls.getClass().getClassLoader())
                    .getMethod("setUseSessionTickets", SSLSocket.class, boolean.class)
                    .invoke(null, tls, true);
        } catch (ClassNotFoundException another) {
            // What it resumes is its own affair.
        } catch (ReflectiveOperationException e) {
            throw new IOException("the provider of TLS refuses to resume sessions", e);
        }
    }

    /**
     * Shakes hands as the client; {@link Connection#abort} of {@code carrier} ends the attempt.
     *
     * @param host the name that the server is asked for (RFC 6066 section 3); whether its certificate has to be for it is said by
     *     {@code parameters}
     */
    public static TlsConnection connect(
            Connection carrier, SSLContext context, SSLParameters parameters, String host, int port)
            throws IOException {
        GatheringSocket socket = new GatheringSocket(carrier.socket());
        return handshake(
                carrier,
                socket,
                (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true),
                parameters);
    }

    private static TlsConnection handshake(
            Connection carrier, GatheringSocket socket, SSLSocket tls, SSLParameters parameters) throws IOException {
        tls.setSSLParameters(parameters);
        TlsConnection connection = new TlsConnection(carrier, tls, socket);
        tls.startHandshake();
        return connection;
    }

    @Override
    public int write(ByteBuffer buffer) throws IOException {
        int length = super.write(buffer);
        gathering.flush();
        return length;
    }

    /** What was agreed upon. */
    public SSLSession session() {
        return tls.getSession();
    }

    /** Ends what carries the TLS, not the TLS: {@link SSLSocket#close} would wait for a writer that is stuck. */
    @Override
    public void abort() {
        carrier.abort();
    }
}
