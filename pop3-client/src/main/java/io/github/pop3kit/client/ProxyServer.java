package io.github.pop3kit.client;

import io.github.pop3kit.protocol.wire.Connection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between a client and its server. It is given the name of the server and looks it up itself. Immutable.
 */
public abstract sealed class ProxyServer permits Socks5Proxy, Socks4Proxy, HttpProxy {

    private final String host;
    private final int port;
    final @Nullable Credentials credentials;

    ProxyServer(String host, int port, @Nullable Credentials credentials) {
        this.host = HostName.of(host);
        this.port = port;
        this.credentials = credentials;
        HostName.checkPort(port);
    }

    /** SOCKS version 5 (RFC 1928). */
    public static ProxyServer socks5(String host, int port) {
        return new Socks5Proxy(host, port, null);
    }

    /** SOCKS version 4a. It knows no passwords and no IPv6 addresses. */
    public static ProxyServer socks4a(String host, int port) {
        return new Socks4Proxy(host, port);
    }

    /** A web proxy that lets the CONNECT method (RFC 9110 section 9.3.6) through to the port of the server. Spoken to without TLS. */
    public static ProxyServer httpConnect(String host, int port) {
        return new HttpProxy(host, port, null);
    }

    /**
     * The same proxy, which wants to know who asks. They go to the proxy in clear.
     *
     * @throws IllegalArgumentException if they are longer than the protocol allows, the proxy is SOCKS 4a, or the user of a web
     *     proxy has a colon in it
     */
    public abstract ProxyServer withCredentials(String user, String password);

    final String host() {
        return host;
    }

    final int port() {
        return port;
    }

    /** The kind and the place; no credentials. */
    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + host + ":" + port + "]";
    }

    /**
     * Has the proxy connect to a server. Reads no octet of what the server says.
     *
     * @throws Refusal if the proxy does not do it; its message goes on behind the name of the proxy
     */
    abstract void open(Connection proxy, String toHost, int toPort) throws IOException;

    static void write(Connection proxy, byte[] octets) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        while (buffer.hasRemaining()) proxy.write(buffer);
    }

    static byte[] read(Connection proxy, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (proxy.read(buffer) < 0) throw new EOFException();
        }
        return buffer.array();
    }

    record Credentials(String user, String password) {
        @Override
        public String toString() {
            return "Credentials[****]";
        }
    }

    /** The proxy has said no, or something else. */
    static final class Refusal extends IOException {

        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }
}
