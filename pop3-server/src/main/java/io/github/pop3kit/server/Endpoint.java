package io.github.pop3kit.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where a server listens, and whether TLS is spoken there. The forms that take a port listen on the loopback interface; give an
 * address to be reached from elsewhere. Port 0 takes a free one.
 *
 * @param how present unless {@code tls} is {@link Tls#NONE}
 */
public record Endpoint(InetSocketAddress address, Tls tls, Optional<ServerTls> how) {

    /** When TLS begins. */
    public enum Tls {
        /** Never. */
        NONE,
        /** When the client asks for it by STLS (RFC 2595 section 4). */
        STLS,
        /** With the first octet (RFC 8314 section 3.1). */
        IMPLICIT
    }

    public Endpoint {
        if (how.isPresent() == (tls == Tls.NONE)) {
            throw new IllegalArgumentException("TLS needs a certificate, and a certificate needs TLS");
        }
    }

    /** Without TLS, on loopback. */
    public static Endpoint plain(int port) {
        return plain(loopback(port));
    }

    /** Without TLS. */
    public static Endpoint plain(InetSocketAddress address) {
        return new Endpoint(address, Tls.NONE, Optional.empty());
    }

    /** With STLS, on loopback. */
    public static Endpoint stls(int port, ServerCertificate certificate) {
        return stls(loopback(port), ServerTls.of(certificate));
    }

    /** With STLS. */
    public static Endpoint stls(InetSocketAddress address, ServerTls tls) {
        return new Endpoint(address, Tls.STLS, Optional.of(tls));
    }

    /** With implicit TLS, on loopback. */
    public static Endpoint implicitTls(int port, ServerCertificate certificate) {
        return implicitTls(loopback(port), ServerTls.of(certificate));
    }

    /** With implicit TLS. */
    public static Endpoint implicitTls(InetSocketAddress address, ServerTls tls) {
        return new Endpoint(address, Tls.IMPLICIT, Optional.of(tls));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
