package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Conversation.login;
import static io.github.pop3kit.testkit.Conversation.plays;
import static io.github.pop3kit.testkit.Conversation.playsAs;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pair of sockets in memory does what a pair over loopback does. */
@Timeout(60)
class MemorySocketTest {

    private Socket far;
    private final Socket near;

    MemorySocketTest() throws IOException {
        near = MemorySocket.reaching((farEnd, port) -> far = farEnd);
        near.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 110));
    }

    @Test
    void both_ends_are_connected_sockets() throws IOException {
        for (Socket end : List.of(near, far)) {
            assertTrue(end.isConnected() && !end.isClosed());
            assertEquals(110, end.getPort());
            assertTrue(end.getInetAddress().isLoopbackAddress());
            assertTrue(end.getLocalAddress().isLoopbackAddress());
            end.setTcpNoDelay(true);
            end.setKeepAlive(true);
            end.setSoTimeout(1000);
            assertTrue(end.getTcpNoDelay() && end.getKeepAlive());
            assertEquals(1000, end.getSoTimeout());
            assertEquals(-1, end.getSoLinger());
            assertTrue(end.getSendBufferSize() > 0 && end.getReceiveBufferSize() > 0);
            assertTrue(end.toString().contains("110"));
        }
        assertThrows(SocketException.class, () -> near.connect(new InetSocketAddress(110)));
    }

    @Test
    void octets_arrive_in_order_however_they_are_written_and_read() throws Exception {
        byte[] sent = new byte[1_000_000];
        new Random(1).nextBytes(sent);
        FutureTask<Void> writer = inThread(() -> {
            Random random = new Random(2);
            for (int from = 0; from < sent.length; ) {
                int length = Math.min(1 + random.nextInt(100_000), sent.length - from);
                near.getOutputStream().write(sent, from, length);
                from += length;
            }
            near.shutdownOutput();
            return null;
        });
        assertArrayEquals(sent, far.getInputStream().readAllBytes());
        writer.get();
    }

    @Test
    void a_reader_that_stalls_stalls_the_writer() throws Exception {
        byte[] more = new byte[MemoryPipe.CAPACITY + 1];
        FutureTask<Void> writer = inThread(() -> {
            near.getOutputStream().write(more);
            return null;
        });
        // All but one octet fit; the writer returns after that one was taken.
        for (int i = 0; i < more.length; i++) {
            assertFalse(i == 0 && writer.isDone());
            assertEquals(0, far.getInputStream().read());
        }
        writer.get();
        assertEquals(0, far.getInputStream().available());
    }

    @Test
    void a_half_that_is_closed_is_the_end_for_the_reader_and_the_other_half_stays_open() throws IOException {
        near.getOutputStream().write('a');
        near.shutdownOutput();
        assertEquals(1, far.getInputStream().available());
        assertEquals('a', far.getInputStream().read());
        assertEquals(-1, far.getInputStream().read());
        far.getOutputStream().write('b');
        assertEquals('b', near.getInputStream().read());
        assertThrows(IOException.class, () -> near.getOutputStream().write('c'));
    }

    @Test
    void what_was_written_before_a_close_can_be_read_and_nothing_can_be_written_to_who_is_gone() throws IOException {
        near.getOutputStream().write('a');
        near.close();
        assertEquals('a', far.getInputStream().read());
        assertEquals(-1, far.getInputStream().read());
        assertThrows(SocketException.class, () -> far.getOutputStream().write('b'));
        assertThrows(SocketException.class, () -> near.getInputStream().read());
    }

    @Test
    void a_close_without_linger_is_a_reset() throws IOException {
        near.getOutputStream().write('a');
        near.setSoLinger(true, 0);
        near.close();
        assertEquals(
                "Connection reset",
                assertThrows(SocketException.class, () -> far.getInputStream().read())
                        .getMessage());
        assertThrows(SocketException.class, () -> far.getOutputStream().write('b'));
    }

    @Test
    void a_read_that_takes_too_long_is_timed_out_and_can_be_tried_again() throws IOException {
        near.setSoTimeout(1);
        assertThrows(SocketTimeoutException.class, () -> near.getInputStream().read());
        far.getOutputStream().write('a');
        assertEquals('a', near.getInputStream().read());
    }

    @Test
    void a_close_wakes_who_reads_and_who_writes() throws Exception {
        SynchronousQueue<String> begun = new SynchronousQueue<>();
        FutureTask<Exception> reader = inThread(() -> {
            begun.put("reading");
            return assertThrows(
                    SocketException.class, () -> near.getInputStream().read());
        });
        FutureTask<Exception> writer = inThread(() -> {
            begun.put("writing");
            return assertThrows(
                    SocketException.class, () -> near.getOutputStream().write(new byte[2 * MemoryPipe.CAPACITY]));
        });
        begun.take();
        begun.take();
        near.close();
        reader.get();
        writer.get();
    }

    // ---- as the way to a server

    @Test
    void the_port_says_which_endpoint_is_meant() throws IOException {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            for (int port : List.of(server.port(), 110, 4711)) {
                try (Socket plain = server.socketFactory().createSocket("pop.example.org", port)) {
                    plays(plain, "S: +OK …\nC: STLS\nS: +OK …\n");
                    try (Socket tls = Pop3TestServerTest.tls(server, plain, "localhost")) {
                        plays(tls, "C: QUIT\nS: +OK …\nS closes\n");
                    }
                }
            }
            for (int port : List.of(server.tlsPort(), 995)) {
                Socket carrier = server.socketFactory().createSocket();
                carrier.connect(new InetSocketAddress("localhost", port), 1000);
                try (Socket tls = Pop3TestServerTest.tls(server, carrier, "localhost")) {
                    plays(tls, "S: +OK …\nC: QUIT\nS: +OK …\nS closes\n");
                }
            }
        }
    }

    @Test
    void a_thousand_sessions_one_after_the_other() {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", "secret").deliver("hello");
            for (int i = 0; i < 1000; i++) playsAs(server, "bob", "secret", "C: STAT\nS: +OK 1 7\n");
            server.awaitSessionEnd();
            assertEquals(1000, server.sessions().size());
        }
    }

    @Test
    void a_hundred_sessions_at_the_same_time() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                server.user("user" + i, "secret").deliver("hello");
                clients.add(server.connect());
                plays(clients.get(i), login("user" + i, "secret"));
            }
            ExecutorService threads = Executors.newFixedThreadPool(10);
            try {
                List<Callable<Void>> sessions = new ArrayList<>();
                for (Socket client : clients) {
                    sessions.add(() -> {
                        plays(
                                client,
                                "C: RETR 1\nS: +OK …\nS: hello\nS: .\nC: DELE 1\nS: +OK …\nC: QUIT\nS: +OK …\nS closes\n");
                        return null;
                    });
                }
                for (var session : threads.invokeAll(sessions)) session.get();
            } finally {
                threads.shutdown();
            }
            server.awaitSessionEnd();
            for (int i = 0; i < 100; i++)
                assertEquals(List.of(), server.user("user" + i).uniqueIds());
        }
    }

    private static <T> FutureTask<T> inThread(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(task).start();
        return task;
    }
}
