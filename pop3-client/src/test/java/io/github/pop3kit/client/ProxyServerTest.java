package io.github.pop3kit.client;

import static io.github.pop3kit.client.Peer.octets;
import static io.github.pop3kit.client.Peer.read;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.wire.Connection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SOCKS 5 (RFC 1928, RFC 1929), SOCKS 4a, and CONNECT (RFC 9110 section 9.3.6), against proxies that follow a script. */
@Timeout(30)
class ProxyServerTest {

    private static final String GREETING = "+OK ready\r\n";

    // ---- SOCKS 5

    @AfterEach
    void no_thread_is_left() throws InterruptedException {
        Peer.noThreadIsLeft();
    }

    @Test
    void socks5_is_given_the_name_of_the_server_and_looks_it_up_itself() throws Exception {
        try (Peer proxy = new Peer(socket -> {
            expects(socket, octets("5 1 0"));
            says(socket, octets("5 0"));
            expects(socket, octets("5 1 0 3 15", "'pop.example.org", "3 227"));
            // The greeting is in the same packet as the reply.
            says(socket, octets("5 0 0 1 127 0 0 1 4 210", "'" + GREETING));
            socket.getInputStream().read();
        })) {
            greeted(proxy, ProxyServer.socks5("127.0.0.1", proxy.port()), "pop.example.org");
        }
    }

    @Test
    void socks5_is_given_an_address_as_one() throws Exception {
        try (Peer proxy = new Peer(socket -> {
            expects(socket, octets("5 1 0"));
            says(socket, octets("5 0"));
            expects(socket, octets("5 1 0 4 32 1 13 184 0 0 0 0 0 0 0 0 0 0 0 1 3 227"));
            says(socket, octets("5 0 0 3 4", "'here", "4 210", "'" + GREETING));
            socket.getInputStream().read();
        })) {
            greeted(proxy, ProxyServer.socks5("127.0.0.1", proxy.port()), "[2001:db8::1]");
        }
    }

    @Test
    void socks5_takes_a_user_and_a_password_if_it_asks_for_them() throws Exception {
        try (Peer proxy = new Peer(socket -> {
            expects(socket, octets("5 2 0 2"));
            says(socket, octets("5 2"));
            expects(socket, octets("1 5", "'mrose", "6", "'secret"));
            says(socket, octets("1 0"));
            expects(socket, octets("5 1 0 3 15", "'pop.example.org", "3 227"));
            says(socket, octets("5 0 0 1 127 0 0 1 4 210", "'" + GREETING));
            socket.getInputStream().read();
        })) {
            ProxyServer server = ProxyServer.socks5("127.0.0.1", proxy.port()).withCredentials("mrose", "secret");
            greeted(proxy, server, "pop.example.org");
        }
    }

    @Test
    void socks5_that_refuses_the_password_says_so() throws Exception {
        refused("refused the user or the password", "mrose", socket -> {
            expects(socket, octets("5 2 0 2"));
            says(socket, octets("5 2"));
            expects(socket, octets("1 5", "'mrose", "6", "'secret"));
            says(socket, octets("1 1"));
        });
    }

    @Test
    void socks5_that_wants_a_password_which_is_not_there_says_so() throws Exception {
        refused("wants a user and a password", null, socket -> {
            expects(socket, octets("5 1 0"));
            says(socket, octets("5 255"));
        });
    }

    @Test
    void socks5_that_takes_a_login_which_was_not_offered_is_left() throws Exception {
        refused("chose a kind of login that was not offered", null, socket -> {
            expects(socket, octets("5 1 0"));
            says(socket, octets("5 2"));
        });
    }

    @Test
    void the_reason_of_a_socks5_proxy_is_told_in_words() throws Exception {
        refused("says that the server refused the connection", null, socket -> {
            expects(socket, octets("5 1 0"));
            says(socket, octets("5 0"));
            read(socket, 22);
            says(socket, octets("5 5 0 1 0 0 0 0 0 0"));
        });
    }

    @Test
    void a_pop3_server_in_the_place_of_a_proxy_is_noticed() throws Exception {
        refused("does not speak SOCKS 5", null, socket -> says(socket, octets("'" + GREETING)));
    }

    @Test
    void a_proxy_that_hangs_up_is_told() throws Exception {
        refused("ended the connection", null, socket -> expects(socket, octets("5 1 0")));
    }

    // ---- SOCKS 4a

    @Test
    void socks4a_is_given_the_name_behind_an_impossible_address() throws Exception {
        try (Peer proxy = new Peer(socket -> {
            expects(socket, octets("4 1 3 227 0 0 0 1 0", "'pop.example.org", "0"));
            says(socket, octets("0 90 0 0 0 0 0 0", "'" + GREETING));
            socket.getInputStream().read();
        })) {
            greeted(proxy, ProxyServer.socks4a("127.0.0.1", proxy.port()), "pop.example.org");
        }
    }

    @Test
    void socks4a_that_refuses_is_told() throws Exception {
        try (Peer proxy = new Peer(socket -> {
            read(socket, 25);
            says(socket, octets("0 91 0 0 0 0 0 0"));
        })) {
            assertEquals(
                    "is behind the proxy 127.0.0.1, which could not connect (code 91)",
                    failure(ProxyServer.socks4a("127.0.0.1", proxy.port())).getMessage());
            proxy.played();
        }
    }

    // ---- HTTP

    @Test
    void connect_names_the_server_and_leaves_its_greeting_alone() throws Exception {
        try (Peer proxy = new Peer(socket -> {
            expects(socket, text("CONNECT pop.example.org:995 HTTP/1.1\r\nHost: pop.example.org:995\r\n\r\n"));
            says(socket, text("HTTP/1.1 200 Connection established\r\nVia: 1.1 here\r\n\r\n" + GREETING));
            socket.getInputStream().read();
        })) {
            greeted(proxy, ProxyServer.httpConnect("127.0.0.1", proxy.port()), "pop.example.org");
        }
    }

    @Test
    void connect_puts_an_ipv6_address_into_brackets() throws Exception {
        try (Peer proxy = new Peer(socket -> {
            expects(socket, text("CONNECT [2001:db8::1]:995 HTTP/1.1\r\nHost: [2001:db8::1]:995\r\n\r\n"));
            says(socket, text("HTTP/1.0 200\n\n" + GREETING));
            socket.getInputStream().read();
        })) {
            greeted(proxy, ProxyServer.httpConnect("127.0.0.1", proxy.port()), "2001:db8::1");
        }
    }

    @Test
    void connect_carries_basic_credentials() throws Exception {
        try (Peer proxy = new Peer(socket -> {
            expects(socket, text("""
                            CONNECT pop.example.org:995 HTTP/1.1\r
                            Host: pop.example.org:995\r
                            Proxy-Authorization: Basic bXJvc2U6c2VjcmV0\r
                            \r
                            """));
            says(socket, text("HTTP/1.1 200 OK\r\n\r\n" + GREETING));
            socket.getInputStream().read();
        })) {
            ProxyServer server =
                    ProxyServer.httpConnect("127.0.0.1", proxy.port()).withCredentials("mrose", "secret");
            greeted(proxy, server, "pop.example.org");
        }
    }

    @Test
    void a_407_says_what_is_missing() throws Exception {
        assertEquals("wants a user and a password", connectAnswered("HTTP/1.1 407 Log in\r\n\r\n", null));
        assertEquals("refused the user or the password", connectAnswered("HTTP/1.1 407 Log in\r\n\r\n", "mrose"));
    }

    @Test
    void another_code_is_told_with_its_reason_escaped() throws Exception {
        assertEquals(
                "answered 403 no \\x1B[2Jmail",
                connectAnswered("HTTP/1.1 403 no \u001b[2Jmail\r\nContent-Length: 3\r\n\r\nsee", null));
        assertEquals("answered 502", connectAnswered("HTTP/1.1 502\r\n\r\n", null));
    }

    @Test
    void what_is_not_http_is_noticed() throws Exception {
        assertEquals("does not speak HTTP", connectAnswered("+OK ready\r\n\r\n", null));
    }

    @Test
    void a_header_without_an_end_is_left() throws Exception {
        assertEquals(
                "answered with an endless header",
                connectAnswered("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(5_000), null));
    }

    // ---- all of them

    @Test
    void a_proxy_that_stalls_is_left_at_the_deadline() throws Exception {
        AtomicLong now = new AtomicLong();
        Watchdog dog = new Watchdog(now::get);
        try (Peer proxy = new Peer(socket -> {
            expects(socket, octets("5 1 0"));
            now.addAndGet(Duration.ofSeconds(30).toNanos());
            dog.sweep();
            Peer.awaitEnd(socket);
        })) {
            ConnectOptions options = ConnectOptions.to("pop.example.org", 995)
                    .withProxy(ProxyServer.socks5("127.0.0.1", proxy.port()))
                    .withClock(now::get, dog);
            Deadline deadline = Deadline.in(Duration.ofSeconds(30), now::get);
            ConnectFailure failure = assertThrows(ConnectFailure.class, () -> new Connector(options).connect(deadline));
            assertEquals(ConnectFailure.Kind.TIMED_OUT, failure.kind());
            proxy.played();
        }
    }

    @Test
    void an_interrupt_while_a_proxy_is_asked_is_told_as_one() throws Exception {
        Thread self = Thread.currentThread();
        try (Peer proxy = new Peer(socket -> {
            expects(socket, octets("5 1 0"));
            self.interrupt();
            Peer.awaitEnd(socket);
        })) {
            ConnectFailure failure = failure(ProxyServer.socks5("127.0.0.1", proxy.port()));
            assertTrue(Thread.interrupted());
            assertEquals(ConnectFailure.Kind.INTERRUPTED, failure.kind());
            proxy.played();
        }
    }

    @Test
    void a_proxy_that_is_not_there_is_told_apart_from_the_server() throws Exception {
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), 0)); // Nobody else has the port, and nobody listens.
            ConnectFailure failure = failure(ProxyServer.socks5("127.0.0.1", bound.getLocalPort()));
            assertEquals(ConnectFailure.Kind.UNREACHABLE, failure.kind());
            assertEquals(
                    "is behind the proxy 127.0.0.1, which could not be reached: 127.0.0.1 port " + bound.getLocalPort()
                            + " Connection refused",
                    failure.getMessage());
        }
    }

    @Test
    void secrets_are_not_printed() {
        String shown = ProxyServer.socks5("proxy.example.org", 1080)
                .withCredentials("mrose", "secret")
                .toString();
        assertEquals("Socks5Proxy[proxy.example.org:1080]", shown);
        assertFalse(new ProxyServer.Credentials("mrose", "secret").toString().contains("secret"));
    }

    @Test
    void credentials_that_cannot_be_sent_are_refused_at_once() {
        ProxyServer socks = ProxyServer.socks5("proxy", 1080);
        assertThrows(IllegalArgumentException.class, () -> socks.withCredentials("", "secret"));
        assertThrows(IllegalArgumentException.class, () -> socks.withCredentials("mrose", "é".repeat(128)));
        ProxyServer http = ProxyServer.httpConnect("proxy", 8080);
        assertThrows(IllegalArgumentException.class, () -> http.withCredentials("a:b", "secret"));
        ProxyServer old = ProxyServer.socks4a("proxy", 1080);
        assertThrows(IllegalArgumentException.class, () -> old.withCredentials("mrose", "secret"));
    }

    /** Connects through the proxy and reads the greeting, all of it and nothing else. */
    private static void greeted(Peer proxy, ProxyServer server, String host) throws Exception {
        Connector connector = new Connector(ConnectOptions.to(host, 995).withProxy(server));
        try (Connection connection = connector.connect(soon())) {
            ByteBuffer greeting = ByteBuffer.allocate(GREETING.length());
            while (greeting.hasRemaining() && connection.read(greeting) >= 0) {}
            assertEquals(GREETING, new String(greeting.array(), StandardCharsets.US_ASCII));
        }
        proxy.played();
    }

    private static void refused(String why, String user, Peer.Part part) throws Exception {
        try (Peer proxy = new Peer(part)) {
            ProxyServer server = ProxyServer.socks5("127.0.0.1", proxy.port());
            ConnectFailure failure = failure(user == null ? server : server.withCredentials(user, "secret"));
            assertEquals(ConnectFailure.Kind.PROXY, failure.kind());
            assertEquals("is behind the proxy 127.0.0.1, which " + why, failure.getMessage());
            proxy.played();
        }
    }

    /** What the client makes of an answer to CONNECT. */
    private static String connectAnswered(String answer, String user) throws Exception {
        try (Peer proxy = new Peer(socket -> {
            awaitEmptyLine(socket);
            says(socket, text(answer));
            Peer.awaitEnd(socket);
        })) {
            ProxyServer server = ProxyServer.httpConnect("127.0.0.1", proxy.port());
            ConnectFailure failure = failure(user == null ? server : server.withCredentials(user, "secret"));
            proxy.played();
            assertEquals(ConnectFailure.Kind.PROXY, failure.kind());
            return failure.getMessage().replaceFirst("^is behind the proxy 127.0.0.1, which ", "");
        }
    }

    private static void awaitEmptyLine(Socket socket) throws IOException {
        int matched = 0;
        while (matched < 4) matched = read(socket, 1)[0] == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
    }

    private static ConnectFailure failure(ProxyServer server) {
        Connector connector =
                new Connector(ConnectOptions.to("pop.example.org", 995).withProxy(server));
        return assertThrows(ConnectFailure.class, () -> connector.connect(soon()));
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20), System::nanoTime);
    }

    private static void expects(Socket socket, byte[] octets) throws IOException {
        assertArrayEquals(octets, read(socket, octets.length));
    }

    private static void says(Socket socket, byte[] octets) throws IOException {
        socket.getOutputStream().write(octets);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
