package io.github.pop3kit.server;

import io.github.pop3kit.protocol.wire.SocketConnection;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on one endpoint and hands each connection that is within the limits to a session. */
final class Acceptor implements Runnable, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    /** Clients come in crowds: who finds no room is dropped, and tries again after a second. The kernel cuts this to what it allows. */
    private static final int BACKLOG = 4096;

    private static final long BACK_OFF = TimeUnit.MILLISECONDS.toNanos(100);
    private static final ByteBuffer BUSY = StandardCharsets.US_ASCII
            .encode("-ERR [SYS/TEMP] " + Refusal.FULL + "\r\n")
            .asReadOnlyBuffer();

    private final Endpoint endpoint;
    private final ServerSocketChannel channel;
    private final Sessions sessions;
    private final Complaint complaint;

    private Acceptor(Endpoint endpoint, ServerSocketChannel channel, Sessions sessions, Complaint complaint) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.sessions = sessions;
        this.complaint = complaint;
    }

    /**
     * Binds the endpoint's address. Nobody is served before {@link #run}.
     *
     * @param complaint about a lack of descriptors, which all endpoints have in common
     */
    static Acceptor bind(Endpoint endpoint, Sessions sessions, Complaint complaint) throws IOException {
        // Who asks for 0.0.0.0 does not ask for IPv6.
        ServerSocketChannel channel = endpoint.address().getAddress() instanceof Inet4Address
                ? ServerSocketChannel.open(StandardProtocolFamily.INET)
                : ServerSocketChannel.open();
        try {
            channel.bind(endpoint.address(), BACKLOG);
            return new Acceptor(endpoint, channel, sessions, complaint);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen on " + printed(endpoint.address()) + ": " + e.getMessage(), e);
        } catch (UnresolvedAddressException unresolved) {
            channel.close();
            throw new IOException("cannot listen on " + printed(endpoint.address()) + ": no such host", unresolved);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(
                channel.socket().getInetAddress(), channel.socket().getLocalPort());
    }

    @Override
    public void run() {
        while (channel.isOpen()) {
            try {
                serve(channel.accept());
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                // No descriptor or no thread is left: those who are served will give theirs back.
                if (complaint.isDue()) log.error("connections cannot be accepted; trying on", e);
                LockSupport.parkNanos(BACK_OFF);
            }
        }
    }

    /** What goes wrong with one client's socket is that client's trouble, and no reason to pause. */
    private void serve(SocketChannel client) {
        boolean served = false;
        try {
            Peer peer =
                    Peer.of(client.socket().getInetAddress(), client.socket().getLocalAddress());
            served = sessions.serve(new SocketConnection(client), endpoint, peer);
            if (!served) refuse(client);
        } catch (IOException gone) {
            log.debug("a client left before it was served: {}", gone.toString());
        } finally {
            if (!served) close(client);
        }
    }

    private static void close(SocketChannel client) {
        try {
            client.close();
        } catch (IOException gone) {
            log.debug("a socket cannot be closed: {}", gone.toString());
        }
    }

    /** In the clear it can be said; under TLS nothing can be before a handshake, which is not worth it. */
    private void refuse(SocketChannel client) throws IOException {
        if (endpoint.tls() == Endpoint.Tls.IMPLICIT) return;
        client.configureBlocking(false);
        client.write(BUSY.duplicate());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static String printed(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
