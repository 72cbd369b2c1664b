package io.github.pop3kit.testkit.conformance;

import io.github.pop3kit.protocol.transcript.Transcript;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;

/** Which server is checked, with whose account. */
record Target(
        String host,
        OptionalInt plainPort,
        OptionalInt tlsPort,
        String user,
        String password,
        Optional<SSLContext> trust,
        boolean cleartext,
        Duration patience) {

    /** The same, of which these certificates are believed. */
    Target trusting(SSLContext context) {
        return new Target(host, plainPort, tlsPort, user, password, Optional.of(context), cleartext, patience);
    }

    /** Without the password, in whatever form somebody may have echoed it. Shorter ones than three characters cannot be told. */
    String starred(String text) {
        if (password.length() < 3) return text;
        String octets = Visit.octets(password);
        String starred = text;
        for (String form : List.of(
                Visit.plain("", user, password), Visit.base64(password), Transcript.escape(octets), octets, password)) {
            starred = starred.replace(form, "****");
        }
        return starred;
    }

    /** Whether nobody can listen in between. */
    boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    int port(Channel channel) {
        return (channel == Channel.TLS ? tlsPort : plainPort).orElseThrow();
    }

    String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + plainPort.orElseGet(tlsPort::getAsInt);
    }

    @Override
    public String toString() {
        return address()
                + tlsPort.stream()
                        .mapToObj(port -> ", TLS at port " + port)
                        .findFirst()
                        .orElse("");
    }
}
