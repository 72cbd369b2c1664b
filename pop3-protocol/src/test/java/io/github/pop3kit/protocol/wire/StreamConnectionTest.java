package io.github.pop3kit.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.Loopback;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection over sockets that have no channel. */
@Timeout(20)
class StreamConnectionTest {

    private final Socket peer;
    private final Socket own;
    private final StreamConnection connection;

    StreamConnectionTest() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peer = new Socket(listener.getInetAddress(), listener.getLocalPort());
            own = listener.accept();
        }
        connection = new StreamConnection(own);
    }

    @AfterEach
    void close() throws IOException {
        peer.close();
        own.close();
    }

    @Test
    void it_reads_into_what_is_left_of_a_buffer_and_no_further() throws IOException {
        peer.getOutputStream().write(octets("+OK hello"));
        byte[] array = octets("..........");
        ByteBuffer buffer = ByteBuffer.wrap(array, 2, 6).slice();
        buffer.position(1).limit(5);
        while (buffer.hasRemaining()) assertTrue(connection.read(buffer) > 0);
        assertArrayEquals(octets("...+OK ..."), array);
        assertEquals(5, buffer.position());
    }

    @Test
    void it_writes_what_is_left_of_a_buffer_and_nothing_else() throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(octets("..+OK hello.."), 2, 9).slice();
        buffer.position(4);
        assertEquals(5, connection.write(buffer));
        assertFalse(buffer.hasRemaining());
        connection.endOutput();
        assertArrayEquals(octets("hello"), peer.getInputStream().readAllBytes());
    }

    @Test
    void it_knows_what_can_be_read_without_waiting() throws IOException {
        assertEquals(0, connection.available());
        peer.getOutputStream().write(octets("QUIT\r\n"));
        connection.read(ByteBuffer.allocate(1));
        assertTrue(connection.available() <= 5);
        assertSame(own, connection.socket());
    }

    @Test
    void the_end_of_the_output_leaves_the_input_open() throws IOException {
        connection.endOutput();
        assertEquals(-1, peer.getInputStream().read());
        peer.getOutputStream().write(octets("QUIT"));
        peer.shutdownOutput();
        ByteBuffer buffer = ByteBuffer.allocate(10);
        while (connection.read(buffer) >= 0) {}
        assertArrayEquals(octets("QUIT"), Arrays.copyOf(buffer.array(), buffer.position()));
    }

    @Test
    void abort_wakes_who_reads() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Void> reader = Loopback.meanwhile(() -> {
            begun.countDown();
            assertThrows(IOException.class, () -> connection.read(ByteBuffer.allocate(1)));
            return null;
        });
        begun.await();
        connection.abort();
        reader.get();
        assertFalse(connection.isOpen());
    }

    @Test
    void it_may_be_ended_more_than_once() throws IOException {
        assertTrue(connection.isOpen());
        connection.close();
        connection.close();
        connection.abort();
        assertFalse(connection.isOpen());
        assertEquals(-1, peer.getInputStream().read());
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
