package io.github.pop3kit.client;

import io.github.pop3kit.protocol.wire.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** SOCKS 4a: an impossible address stands for a name behind it. */
final class Socks4Proxy extends ProxyServer {

    private static final int VERSION = 4;
    private static final int CONNECT = 1;
    private static final int GRANTED = 90;

    Socks4Proxy(String host, int port) {
        super(host, port, null);
    }

    @Override
    public ProxyServer withCredentials(String user, String password) {
        throw new IllegalArgumentException("SOCKS 4a has no passwords");
    }

    @Override
    void open(Connection proxy, String toHost, int toPort) throws IOException {
        if (HostName.isIpv6(toHost)) throw new Refusal("cannot reach an IPv6 address");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {VERSION, CONNECT, (byte) (toPort >> 8), (byte) toPort});
        request.writeBytes(new byte[] {0, 0, 0, 1});
        request.write(0); // The user, whom nobody asks for.
        request.writeBytes(toHost.getBytes(StandardCharsets.US_ASCII));
        request.write(0);
        write(proxy, request.toByteArray());
        byte[] reply = read(proxy, 8);
        if (reply[0] != 0) throw new Refusal("does not speak SOCKS 4");
        if (reply[1] != GRANTED) throw new Refusal("could not connect (code " + (reply[1] & 0xFF) + ")");
    }
}
