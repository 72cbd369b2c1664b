package io.github.pop3kit.client;

import io.github.pop3kit.protocol.wire.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** SOCKS 5 (RFC 1928) with user and password (RFC 1929), if there are any. */
final class Socks5Proxy extends ProxyServer {

    private static final int VERSION = 5;
    private static final int PASSWORD_VERSION = 1;
    private static final int NO_AUTHENTICATION = 0;
    private static final int PASSWORD = 2;
    private static final int NOTHING_ACCEPTABLE = 0xFF;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    Socks5Proxy(String host, int port, @Nullable Credentials credentials) {
        super(host, port, credentials);
    }

    @Override
    public ProxyServer withCredentials(String user, String password) {
        for (String each : new String[] {user, password}) {
            int length = each.getBytes(StandardCharsets.UTF_8).length;
            if (length < 1 || length > 255) throw new IllegalArgumentException("SOCKS wants 1 to 255 octets each");
        }
        return new Socks5Proxy(host(), port(), new Credentials(user, password));
    }

    @Override
    void open(Connection proxy, String toHost, int toPort) throws IOException {
        write(
                proxy,
                credentials == null
                        ? new byte[] {VERSION, 1, NO_AUTHENTICATION}
                        : new byte[] {VERSION, 2, NO_AUTHENTICATION, PASSWORD});
        byte[] choice = read(proxy, 2);
        if (choice[0] != VERSION) throw new Refusal("does not speak SOCKS 5");
        int method = choice[1] & 0xFF;
        if (method == PASSWORD && credentials != null) {
            authenticate(proxy, credentials);
        } else if (method == NOTHING_ACCEPTABLE) {
            throw new Refusal(credentials == null ? "wants a user and a password" : "wants another kind of login");
        } else if (method != NO_AUTHENTICATION) {
            throw new Refusal("chose a kind of login that was not offered");
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {VERSION, CONNECT, 0});
        if (HostName.isAddress(toHost)) {
            byte[] address = InetAddress.getByName(toHost).getAddress(); // An address is not looked up.
            request.write(address.length == 4 ? IPV4 : IPV6);
            request.writeBytes(address);
        } else {
            request.write(NAME);
            writeShort(request, toHost);
        }
        request.write(toPort >> 8);
        request.write(toPort);
        write(proxy, request.toByteArray());
        byte[] reply = read(proxy, 4);
        if (reply[0] != VERSION) throw new Refusal("does not speak SOCKS 5");
        if (reply[1] != 0) throw new Refusal(reason(reply[1] & 0xFF));
        // Where the proxy connects from is of no use, but has to be read.
        int addressLength = switch (reply[3]) {
            case IPV4 -> 4;
            case IPV6 -> 16;
            case NAME -> read(proxy, 1)[0] & 0xFF;
            default -> throw new Refusal("does not speak SOCKS 5");
        };
        read(proxy, addressLength + 2);
    }

    private static void authenticate(Connection proxy, Credentials credentials) throws IOException {
        ByteArrayOutputStream login = new ByteArrayOutputStream();
        login.write(PASSWORD_VERSION);
        writeShort(login, credentials.user());
        writeShort(login, credentials.password());
        write(proxy, login.toByteArray());
        if (read(proxy, 2)[1] != 0) throw new Refusal("refused the user or the password");
    }

    private static void writeShort(ByteArrayOutputStream out, String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        out.write(octets.length);
        out.writeBytes(octets);
    }

    private static String reason(int code) {
        return switch (code) {
            case 2 -> "does not allow this connection";
            case 3 -> "cannot reach the network of the server";
            case 4 -> "cannot reach the server";
            case 5 -> "says that the server refused the connection";
            case 6 -> "had no answer of the server in time";
            case 7 -> "cannot do CONNECT";
            case 8 -> "does not know this kind of address";
            default -> "could not connect (code " + code + ")";
        };
    }
}
