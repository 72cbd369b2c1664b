package io.github.pop3kit.server;

import io.github.pop3kit.protocol.wire.ProxyHeader;
import java.net.InetAddress;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who is at the other end, as the lines of the log name it.
 *
 * @param name by which the lines of one session are found
 */
record Peer(InetAddress remote, InetAddress local, String name, boolean secure) {

    static Peer of(InetAddress remote, InetAddress local) {
        byte[] octets = new byte[9];
        ThreadLocalRandom.current().nextBytes(octets); // Lines of a log are to be found by it, no more.
        return new Peer(remote, local, Base64.getEncoder().encodeToString(octets), false);
    }

    /** Whom a proxy speaks for; the proxy itself, where it says so or does not know. */
    Peer introducedBy(ProxyHeader header) {
        return new Peer(header.source().orElse(remote), header.destination().orElse(local), name, secure);
    }

    Peer secured() {
        return new Peer(remote, local, name, true);
    }

    /** The fields that Dovecot's log lines end in; fail2ban and CrowdSec read them. */
    String fields() {
        return "rip=" + remote.getHostAddress() + ", lip=" + local.getHostAddress() + (secure ? ", TLS" : "")
                + ", session=<" + name + ">";
    }
}
