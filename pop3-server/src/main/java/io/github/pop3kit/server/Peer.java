package io.github.pop3kit.server;

import io.github.pop3kit.protocol.wire.ProxyHeader;
import java.net.InetAddress;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLSession;

/**
 * Who is at the other end, as the lines of the log name it.
 *
 * @param name by which the lines of one session are found
 * @param tls protocol and cipher suite, where there is TLS
 */
record Peer(InetAddress remote, InetAddress local, String name, Optional<String> tls) {

    static Peer of(InetAddress remote, InetAddress local) {
        byte[] octets = new byte[9];
        ThreadLocalRandom.current().nextBytes(octets); // Lines of a log are to be found by it, no more.
        return new Peer(remote, local, Base64.getEncoder().encodeToString(octets), Optional.empty());
    }

    /** Whom a proxy speaks for; the proxy itself, where it says so or does not know. */
    Peer introducedBy(ProxyHeader header) {
        return new Peer(header.source().orElse(remote), header.destination().orElse(local), name, tls);
    }

    Peer secured(SSLSession session) {
        return new Peer(
                remote, local, name, Optional.of(session.getProtocol() + " with cipher " + session.getCipherSuite()));
    }

    boolean secure() {
        return tls.isPresent();
    }

    /** The fields that Dovecot's log lines end in; fail2ban and CrowdSec read them. With the cipher (RFC 8314 section 4). */
    String fields() {
        return "rip=" + remote.getHostAddress() + ", lip=" + local.getHostAddress()
                + tls.map(cipher -> ", TLS, " + cipher).orElse("") + ", session=<" + name + ">";
    }
}
