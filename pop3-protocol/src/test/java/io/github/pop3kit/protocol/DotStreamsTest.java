package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DotInputStream, DotReadableChannel, DotOutputStream and DotWritableChannel. */
class DotStreamsTest {

    @ParameterizedTest
    @EnumSource
    void a_message_comes_back_as_it_was_written_however_little_is_read_at_once(Nasty message) throws IOException {
        String wire = written(message.stored);
        assertEquals(Nasty.onTheWire(message.stored), wire);
        String expected = Nasty.canonical(message.stored);
        for (int size : List.of(1, 2, 3, 4, 100)) {
            try (DotReadableChannel in = new DotReadableChannel(channel(wire), empty(64), LineEnd.CRLF)) {
                assertEquals(expected, read(in, size));
            }
        }
        try (InputStream in = stream(wire)) {
            StringBuilder octets = new StringBuilder();
            for (int octet = in.read(); octet >= 0; octet = in.read()) octets.append((char) octet);
            assertEquals(expected, octets.toString());
            assertEquals(-1, in.read());
            assertEquals(-1, in.read(new byte[5]));
        }
    }

    @Test
    void a_message_larger_than_every_buffer_comes_back_with_dots_at_the_edges() throws IOException {
        for (int edge : List.of(1024, 4096, 8192, 16_384)) {
            for (int before = edge - 4; before <= edge + 4; before++) {
                String stored = "x".repeat(before) + "\r\n.\r\n..\n." + "y".repeat(20_000) + "\n.";
                String wire = written(stored);
                assertEquals(Nasty.onTheWire(stored), wire);
                try (InputStream in = stream(wire)) {
                    assertEquals(Nasty.canonical(stored), text(in.readAllBytes()));
                }
            }
        }
    }

    @Test
    void the_closing_line_finds_room_however_long_the_message_is() throws IOException {
        for (int length = 8180; length < 8200; length++) {
            assertEquals("x".repeat(length) + "\r\n.\r\n", written("x".repeat(length)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 100})
    void dots_that_were_held_back_come_through_little_room(int size) throws IOException {
        String unstuffed = ".x\r\n.\rX\r\n.\r\r\n..\r\n.\ry.\r\n";
        for (List<ByteBuffer> pieces : Splits.of(unstuffed + ".\r\n").toList()) {
            Deque<ByteBuffer> arrivals = new ArrayDeque<>(pieces);
            ReadableByteChannel connection = channel(buffer -> {
                ByteBuffer arrival = arrivals.remove();
                buffer.put(arrival.duplicate());
                return arrival.remaining();
            });
            try (DotReadableChannel in = new DotReadableChannel(connection, empty(64), LineEnd.CRLF)) {
                assertEquals(unstuffed.replace("..", "."), read(in, size));
            }
        }
    }

    @Test
    void octets_are_unsigned() throws IOException {
        try (InputStream in = stream("\u00ff\r\n.\r\n")) {
            assertEquals(0xFF, in.read());
        }
    }

    @Test
    void reading_nothing_takes_nothing() throws IOException {
        try (InputStream in = stream("a\r\n.\r\n")) {
            assertEquals(0, in.read(new byte[0]));
            assertEquals('a', in.read());
        }
    }

    @Test
    void what_follows_a_message_stays_in_the_shared_buffer() throws IOException {
        ByteBuffer shared = empty(64);
        try (DotReadableChannel in =
                new DotReadableChannel(channel("text\r\n.\r\n+OK next\r\n"), shared, LineEnd.CRLF)) {
            assertEquals("text\r\n", read(in, 10));
        }
        assertEquals("+OK next\r\n", Splits.text(shared));
    }

    @Test
    void what_was_read_before_a_message_begins_it() throws IOException {
        ByteBuffer shared = Splits.buffer("+OK\r\nte").position(5);
        try (DotReadableChannel in = new DotReadableChannel(channel("xt\r\n.\r\n"), shared, LineEnd.CRLF)) {
            assertEquals("text\r\n", read(in, 10));
        }
    }

    @Test
    void close_reads_on_to_the_end_of_the_message() throws IOException {
        ByteBuffer shared = empty(64);
        ReadableByteChannel connection = channel("x".repeat(10_000) + "\r\n.\r\n+OK\r\n");
        DotReadableChannel in = new DotReadableChannel(connection, shared, LineEnd.CRLF);
        assertEquals(3, in.read(ByteBuffer.allocate(3)));
        assertTrue(in.isOpen());
        in.close();
        assertFalse(in.isOpen());
        in.close();
        assertEquals("+OK\r\n", Splits.text(shared));
        assertTrue(connection.isOpen());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "text\r\n", "text\r\n.", "text\r\n.\r", "..\r\n"})
    void the_end_of_the_connection_within_a_message_is_no_end_of_the_message(String wire) throws IOException {
        InputStream in = stream(wire);
        assertThrows(EOFException.class, in::readAllBytes);
        assertThrows(EOFException.class, in::read);
        assertThrows(EOFException.class, in::close);
        in.close();
    }

    @Test
    void after_a_failure_nothing_is_read_a_second_time() throws IOException {
        ByteBuffer shared = empty(64);
        Deque<String> arrivals = new ArrayDeque<>(List.of("text\r\n.\r", "reset", "reset"));
        DotReadableChannel in = new DotReadableChannel(
                channel(buffer -> {
                    String arrival = arrivals.remove();
                    if (arrival.equals("reset")) throw new IOException("reset");
                    buffer.put(Splits.buffer(arrival));
                    return arrival.length();
                }),
                shared,
                LineEnd.CRLF);
        assertThrows(IOException.class, () -> read(in, 10));
        assertEquals(0, shared.remaining());
        assertThrows(IOException.class, in::close);
        assertEquals(0, shared.remaining());
    }

    @Test
    void a_message_ends_when_the_stream_is_closed_and_only_once() throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        DotOutputStream out = new DotOutputStream(wire);
        out.write('.');
        out.flush();
        assertEquals("..", wire.toString(StandardCharsets.ISO_8859_1));
        out.close();
        out.close();
        assertEquals("..\r\n.\r\n", wire.toString(StandardCharsets.ISO_8859_1));
        assertThrows(ClosedChannelException.class, () -> out.write('x'));
    }

    @Test
    void two_messages_follow_each_other_on_one_connection() throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (String message : List.of("one\n", "two\n")) {
            try (DotOutputStream out = new DotOutputStream(wire)) {
                out.write(message.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        ByteBuffer shared = empty(5);
        ReadableByteChannel connection = channel(wire.toString(StandardCharsets.ISO_8859_1));
        for (String message : List.of("one\r\n", "two\r\n")) {
            try (InputStream in = new DotInputStream(connection, shared, LineEnd.CRLF)) {
                assertEquals(message, text(in.readAllBytes()));
            }
        }
    }

    @Test
    void a_connection_that_takes_little_at_once_gets_everything_in_the_end() throws IOException {
        Random random = new Random(1);
        String stored = DotEncoderTest.randomMessage(random).repeat(500);
        TakesLittle connection = new TakesLittle();
        try (DotWritableChannel out = new DotWritableChannel(connection)) {
            for (ByteBuffer piece : Splits.random(stored, random)) out.write(piece);
        }
        assertEquals(Nasty.onTheWire(stored), connection.taken.toString());
        assertTrue(connection.isOpen());
    }

    @Test
    void after_a_failure_nothing_is_written_a_second_time() throws IOException {
        TakesLittle connection = new TakesLittle();
        DotWritableChannel out = new DotWritableChannel(connection);
        out.write(Splits.buffer("0123456789"));
        connection.failsAt = 7;
        assertThrows(IOException.class, out::flush);
        connection.failsAt = Integer.MAX_VALUE;
        out.close();
        assertEquals("0123456789\r\n.\r\n", connection.taken.toString());
    }

    @Test
    void a_whole_message_passes_through_both_streams() throws IOException {
        byte[] stored = new byte[1 << 20];
        new Random(2).nextBytes(stored);
        String canonical = Nasty.canonical(text(stored));
        try (InputStream in = stream(written(text(stored)))) {
            assertArrayEquals(canonical.getBytes(StandardCharsets.ISO_8859_1), in.readAllBytes());
        }
    }

    private static String written(String stored) throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        try (DotOutputStream out = new DotOutputStream(wire)) {
            out.write(stored.getBytes(StandardCharsets.ISO_8859_1));
        }
        return wire.toString(StandardCharsets.ISO_8859_1);
    }

    private static InputStream stream(String wire) {
        return new DotInputStream(new ByteArrayInputStream(wire.getBytes(StandardCharsets.ISO_8859_1)), LineEnd.CRLF);
    }

    private static String read(ReadableByteChannel in, int size) throws IOException {
        StringBuilder octets = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(size);
        while (in.read(buffer.clear()) >= 0) octets.append(Splits.text(buffer.flip()));
        return octets.toString();
    }

    private static ReadableByteChannel channel(String octets) {
        return Channels.newChannel(new ByteArrayInputStream(octets.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @FunctionalInterface
    private interface Source {
        int read(ByteBuffer buffer) throws IOException;
    }

    private static ReadableByteChannel channel(Source source) {
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer buffer) throws IOException {
                return source.read(buffer);
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    private static ByteBuffer empty(int capacity) {
        return ByteBuffer.allocate(capacity).flip();
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    /** Takes five octets at a time, and fails once it has taken enough. */
    private static final class TakesLittle implements WritableByteChannel {
        private final StringBuilder taken = new StringBuilder();
        private int failsAt = Integer.MAX_VALUE;
        private boolean open = true;

        @Override
        public int write(ByteBuffer octets) throws IOException {
            if (taken.length() >= failsAt) throw new IOException("broken pipe");
            int length = Math.min(Math.min(5, octets.remaining()), failsAt - taken.length());
            taken.append(Splits.text(octets.slice(octets.position(), length)));
            octets.position(octets.position() + length);
            return length;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
