package io.github.pop3kit.client;

import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.wire.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The CONNECT method of HTTP/1.1 (RFC 9110 section 9.3.6), with the Basic scheme (RFC 7617) if there are credentials. */
final class HttpProxy extends ProxyServer {

    private static final int LONGEST_HEADER = 16 * 1024;
    private static final int LONGEST_REASON = 80;
    private static final Pattern STATUS =
            Pattern.compile("HTTP/1\\.[0-9] ([0-9]{3})(?: ([^\\r\\n]*))?\\r?\\n.*", Pattern.DOTALL);

    HttpProxy(String host, int port, @Nullable Credentials credentials) {
        super(host, port, credentials);
    }

    @Override
    public ProxyServer withCredentials(String user, String password) {
        if (user.indexOf(':') >= 0) throw new IllegalArgumentException("a user has no colon in it");
        return new HttpProxy(host(), port(), new Credentials(user, password));
    }

    @Override
    void open(Connection proxy, String toHost, int toPort) throws IOException {
        String target = (HostName.isIpv6(toHost) ? "[" + toHost + "]" : toHost) + ":" + toPort;
        StringBuilder request = new StringBuilder();
        request.append("CONNECT ")
                .append(target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(target)
                .append("\r\n");
        if (credentials != null) {
            String pair = credentials.user() + ":" + credentials.password();
            request.append("Proxy-Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
                    .append("\r\n");
        }
        write(proxy, request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        Matcher status = STATUS.matcher(header(proxy));
        if (!status.matches()) throw new Refusal("does not speak HTTP");
        int code = Integer.parseInt(status.group(1));
        if (code / 100 == 2) return;
        if (code == 407) {
            throw new Refusal(credentials == null ? "wants a user and a password" : "refused the user or the password");
        }
        String reason = status.group(2) == null ? "" : status.group(2);
        String shown = reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
        throw new Refusal(("answered " + code + " " + Transcript.escape(shown)).strip());
    }

    /** Reads octet by octet: the greeting of the server may be right behind the empty line. */
    private static String header(Connection proxy) throws IOException {
        StringBuilder header = new StringBuilder();
        while (header.length() < LONGEST_HEADER) {
            header.append((char) (read(proxy, 1)[0] & 0xFF));
            int end = header.length() - 1;
            if (header.charAt(end) != '\n' || end < 2) continue;
            int before = header.charAt(end - 1) == '\r' ? end - 2 : end - 1;
            if (header.charAt(before) == '\n') return header.toString();
        }
        throw new Refusal("answered with an endless header");
    }
}
