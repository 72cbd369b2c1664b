package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.SocketConnection;
import io.github.pop3kit.protocol.wire.StreamConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections to loopback; what a race decides is in {@link AddressRaceTest}. */
@Timeout(30)
class ConnectorTest {

    @AfterEach
    void no_thread_is_left() throws InterruptedException {
        Peer.noThreadIsLeft();
    }

    @Test
    void an_address_is_connected_to_without_the_resolver() throws Exception {
        try (Peer server = new Peer(ConnectorTest::saysX)) {
            ConnectOptions options = ConnectOptions.to("127.0.0.1", server.port());
            try (Connection connection = new Connector(options).connect(soon())) {
                assertInstanceOf(SocketConnection.class, connection);
                assertEquals('x', octet(connection));
            }
            server.played();
        }
    }

    @Test
    void behind_a_dead_address_a_living_one_is_found() throws Exception {
        try (Peer server = new Peer("127.0.0.2", 0, ConnectorTest::saysX)) {
            ConnectOptions options = ConnectOptions.to("pop.example.org", server.port())
                    .withResolver(addresses("127.0.0.1", "127.0.0.2"));
            try (Connection connection = new Connector(options).connect(soon())) {
                assertEquals('x', octet(connection));
            }
            server.played();
        }
    }

    @Test
    void a_socket_factory_makes_the_socket_and_it_is_connected_with_a_time_out() throws Exception {
        AtomicInteger timeOut = new AtomicInteger();
        try (Peer server = new Peer(ConnectorTest::saysX)) {
            ConnectOptions options = ConnectOptions.to("127.0.0.1", server.port())
                    .withSockets(new Made() {
                        @Override
                        public Socket createSocket() {
                            return new Socket() {
                                @Override
                                public void connect(SocketAddress endpoint, int millis) throws IOException {
                                    timeOut.set(millis);
                                    super.connect(endpoint, millis);
                                }
                            };
                        }
                    });
            try (Connection connection = new Connector(options).connect(soon())) {
                assertInstanceOf(StreamConnection.class, connection);
                assertEquals('x', octet(connection));
            }
            server.played();
        }
        assertTrue(timeOut.get() > 0 && timeOut.get() <= 20_000, "was " + timeOut);
    }

    @Test
    void a_socket_factory_that_makes_connected_sockets_only_is_good_enough() throws Exception {
        try (Peer server = new Peer(ConnectorTest::saysX)) {
            ConnectOptions options =
                    ConnectOptions.to("127.0.0.1", server.port()).withSockets(new Made());
            try (Connection connection = new Connector(options).connect(soon())) {
                assertEquals('x', octet(connection));
            }
            server.played();
        }
    }

    @Test
    void a_host_without_an_address_is_not_known() {
        ConnectOptions options = ConnectOptions.to("pop.example.org", 995).withResolver(host -> {
            throw new UnknownHostException("from the resolver");
        });
        ConnectFailure failure = assertThrows(ConnectFailure.class, () -> new Connector(options).connect(soon()));
        assertEquals(ConnectFailure.Kind.UNKNOWN_HOST, failure.kind());
        assertEquals("is not known: there is no address for pop.example.org", failure.getMessage());
    }

    @Test
    void a_resolver_that_never_answers_is_left_at_the_deadline() throws Exception {
        AtomicLong now = new AtomicLong();
        CountDownLatch left = new CountDownLatch(1);
        ConnectOptions options = ConnectOptions.to("pop.example.org", 995)
                .withClock(now::get, new Watchdog(now::get))
                .withResolver(host -> {
                    now.addAndGet(Duration.ofSeconds(30).toNanos());
                    return never(left);
                });
        Deadline deadline = Deadline.in(Duration.ofSeconds(30), now::get);
        ConnectFailure failure = assertThrows(ConnectFailure.class, () -> new Connector(options).connect(deadline));
        assertEquals(ConnectFailure.Kind.TIMED_OUT, failure.kind());
        left.await(); // Its thread was told.
    }

    @Test
    void an_interrupt_ends_the_wait_for_the_resolver() throws Exception {
        Thread self = Thread.currentThread();
        CountDownLatch left = new CountDownLatch(1);
        ConnectOptions options = ConnectOptions.to("pop.example.org", 995).withResolver(host -> {
            self.interrupt();
            return never(left);
        });
        ConnectFailure failure = assertThrows(ConnectFailure.class, () -> new Connector(options).connect(soon()));
        assertTrue(Thread.interrupted());
        assertEquals(ConnectFailure.Kind.INTERRUPTED, failure.kind());
        left.await();
    }

    @Test
    void names_and_addresses_are_taken_as_people_write_them() {
        assertEquals("2001:db8::1", ConnectOptions.to("[2001:db8::1]", 995).host());
        assertEquals("fe80::1%eth0", ConnectOptions.to("fe80::1%eth0", 995).host());
        assertEquals(
                "xn--pst-sna.example", ConnectOptions.to("pöst.example", 995).host());
        assertTrue(HostName.isAddress("192.0.2.1"));
        assertFalse(HostName.isAddress("192.0.2.256"));
        assertFalse(HostName.isAddress("pop.example.org"));
    }

    @Test
    void what_could_end_a_line_is_not_a_name() {
        for (String host :
                new String[] {"", "a b", "a\r\nb", "a\0b", "a/b", "user@host", "-x", "[pop.example.org]", "."}) {
            assertThrows(IllegalArgumentException.class, () -> ConnectOptions.to(host, 995), host);
        }
        assertThrows(IllegalArgumentException.class, () -> ConnectOptions.to("host", 0));
        assertThrows(IllegalArgumentException.class, () -> ConnectOptions.to("host", 65_536));
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20), System::nanoTime);
    }

    private static Resolver addresses(String... literals) {
        return host -> {
            InetAddress[] all = new InetAddress[literals.length];
            for (int i = 0; i < all.length; i++) all[i] = InetAddress.getByName(literals[i]);
            return List.of(all);
        };
    }

    private static List<InetAddress> never(CountDownLatch left) throws UnknownHostException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException told) {
            left.countDown();
        }
        throw new UnknownHostException();
    }

    private static void saysX(Socket socket) throws IOException {
        socket.getOutputStream().write('x');
        Peer.awaitEnd(socket);
    }

    private static int octet(Connection connection) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return connection.read(one) < 0 ? -1 : one.get(0);
    }

    /** Knows only sockets that are connected, as {@link SocketFactory} itself. */
    private static class Made extends SocketFactory {
        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return new Socket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
            return new Socket(host, port, from, fromPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return new Socket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
            return new Socket(host, port, from, fromPort);
        }
    }
}
