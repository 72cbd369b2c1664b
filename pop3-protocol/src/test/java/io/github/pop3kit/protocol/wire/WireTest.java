package io.github.pop3kit.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.DotEncoder;
import io.github.pop3kit.protocol.DotFraming;
import io.github.pop3kit.protocol.LineDecoder;
import io.github.pop3kit.protocol.LineEnd;
import io.github.pop3kit.protocol.Loopback;
import io.github.pop3kit.protocol.ResponseCode;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class WireTest {

    private static final Duration STALLED = Duration.ofSeconds(60);

    private final AtomicLong clock = new AtomicLong(1_000_000);

    // ---- lines

    @Test
    void a_pipelined_batch_is_answered_in_one_write() throws IOException {
        ScriptedPeer peer = new ScriptedPeer("STAT\r\nNOOP\r\nQUIT\r\n");
        serveEach(server(peer), "");
        assertEquals(List.of("waits", "+OK\r\n+OK\r\n+OK\r\n", "waits"), peer.log);
    }

    @Test
    void a_batch_that_passes_the_buffer_is_answered_in_one_write_too() throws IOException {
        ScriptedPeer peer = new ScriptedPeer("NOOP\r\n".repeat(2_000));
        serveEach(server(peer), "");
        assertEquals(List.of("waits", "+OK\r\n".repeat(2_000), "waits"), peer.log);
    }

    @Test
    void what_was_said_is_written_before_the_wire_waits() throws IOException {
        ScriptedPeer peer = new ScriptedPeer("STAT\r\n", "QUIT\r\n");
        Wire wire = server(peer);
        wire.ok("hello");
        serveEach(wire, "");
        assertEquals(List.of("+OK hello\r\n", "waits", "+OK\r\n", "waits", "+OK\r\n", "waits"), peer.log);
    }

    @Test
    void it_is_written_although_part_of_the_next_line_is_here() throws IOException {
        ScriptedPeer peer = new ScriptedPeer("STAT\r\nQU", "I", "T\r\n");
        serveEach(server(peer), "");
        assertEquals(List.of("waits", "+OK\r\n", "waits", "waits", "+OK\r\n", "waits"), peer.log);
    }

    @Test
    void a_peer_that_never_pauses_is_answered_all_the_same() throws IOException {
        ScriptedPeer peer = new ScriptedPeer("NOOP\r\n".repeat(100_000));
        String answer = "x".repeat(100);
        serveEach(server(peer), answer);
        assertEquals(("+OK " + answer + "\r\n").repeat(100_000), peer.written());
        for (String write : peer.log) assertTrue(write.length() < 70_000, "a write of " + write.length());
    }

    @Test
    void a_long_listing_is_written_as_it_grows() throws IOException {
        ScriptedPeer peer = new ScriptedPeer();
        Wire wire = server(peer);
        wire.ok("100000 messages");
        StringBuilder expected = new StringBuilder("+OK 100000 messages\r\n");
        for (int number = 1; number <= 100_000; number++) {
            wire.listing(number + " 120");
            expected.append(number).append(" 120\r\n");
        }
        wire.endListing();
        wire.flush();
        assertEquals(expected + ".\r\n", peer.written());
        for (String write : peer.log) assertTrue(write.length() < 70_000, "a write of " + write.length());
    }

    @Test
    void each_way_of_speaking_appends_its_line() throws IOException {
        ScriptedPeer peer = new ScriptedPeer();
        Wire wire = server(peer);
        wire.ok("");
        wire.err("no such message");
        wire.err(ResponseCode.IN_USE, "locked");
        wire.challenge("aGk=");
        wire.command(new Command.Pass("J\u00fcrgen"));
        wire.command(new Command.Top(1, 2));
        assertEquals(List.of(), peer.log);
        wire.flush();
        wire.flush();
        String lines = """
                +OK
                -ERR no such message
                -ERR [IN-USE] locked
                + aGk=
                PASS J\u00c3\u00bcrgen
                TOP 1 2
                """;
        assertEquals(List.of(lines.replace("\n", "\r\n")), peer.log);
    }

    @Test
    void a_line_without_its_end_is_nothing_when_the_peer_is_gone() throws IOException {
        Wire wire = server(new ScriptedPeer("NOOP\r\nDELE 1"));
        assertEquals("NOOP", wire.readLine());
        assertNull(wire.readLine());
        assertNull(wire.readLine());
    }

    @Test
    void a_line_that_is_too_long_is_told_once_and_the_next_one_is_read() throws IOException {
        Wire wire = server(new ScriptedPeer("x".repeat(600), "x".repeat(5_000) + "\r\nNOOP\r\n"));
        assertThrows(LineTooLongException.class, wire::readLine);
        assertEquals("NOOP", wire.readLine());
    }

    @Test
    void a_response_may_be_longer_than_a_command() throws IOException {
        String response = "x".repeat(LineDecoder.SASL_LIMIT - 2);
        Wire wire = server(new ScriptedPeer("AUTH PLAIN\r\n", response + "\r\n" + response + "\r\n"));
        assertEquals("AUTH PLAIN", wire.readLine());
        wire.challenge("");
        assertEquals(response, wire.readResponse());
        assertThrows(LineTooLongException.class, wire::readLine);
    }

    @Test
    void a_client_reads_longer_lines_than_a_server() throws IOException {
        String reply = "+OK " + "x".repeat(8_000);
        assertEquals(reply, client(new ScriptedPeer(reply + "\r\n")).readLine());
    }

    @Test
    void input_that_is_here_can_be_seen() throws IOException {
        Wire wire = server(new ScriptedPeer("STLS\r\nUSER", " mrose\r\n"));
        assertFalse(wire.hasInput());
        wire.readLine();
        assertTrue(wire.hasInput());
        wire.readLine();
        assertFalse(wire.hasInput());
    }

    @Test
    void after_a_failure_nothing_is_read_a_second_time() throws IOException {
        Wire wire = server(new ScriptedPeer("DELE 1\r\n", ScriptedPeer.RESET, ScriptedPeer.RESET));
        assertEquals("DELE 1", wire.readLine());
        assertThrows(IOException.class, wire::readLine);
        assertFalse(wire.hasInput());
        assertThrows(IOException.class, wire::readLine);
    }

    @Test
    void a_wire_that_is_to_end_when_it_waits_ends_at_once_if_it_does() throws IOException {
        ScriptedPeer peer = new ScriptedPeer("NOOP\r\n");
        Wire wire = server(peer);
        peer.whileWaiting = wire::abortWhenWaiting;
        wire.readLine();
        assertFalse(peer.isOpen());
    }

    @Test
    void a_wire_that_is_to_end_when_it_waits_says_first_what_it_has_to_say() throws IOException {
        ScriptedPeer peer = new ScriptedPeer("NOOP\r\n");
        Wire wire = server(peer);
        wire.abortWhenWaiting();
        wire.ok("hello");
        assertThrows(IOException.class, wire::readLine);
        assertEquals("+OK hello\r\n", peer.written());
    }

    @Test
    void a_tap_sees_each_line_with_its_secrets_starred() throws IOException {
        Wire wire = server(new ScriptedPeer("PASS a secret\r\nAUTH PLAIN\r\nAHRpbQB0YW4=\r\n"));
        List<String> seen = new ArrayList<>();
        wire.tap(seen::add);
        wire.ok("hello");
        wire.readLine();
        wire.readLine();
        wire.challenge("aHVudGVyMg==");
        wire.readResponse();
        wire.body(channel("A: b\n\n.text\n"), DotEncoder.whole());
        assertEquals(
                List.of(
                        "S: +OK hello",
                        "C: PASS ****",
                        "C: AUTH PLAIN",
                        "S: + ****",
                        "C: ****",
                        "# a message, 15 octets",
                        "S: ."),
                seen);
    }

    @Test
    void a_response_is_never_shown_be_it_what_it_may() throws IOException {
        ScriptedPeer peer = new ScriptedPeer();
        Wire wire = client(peer);
        List<String> seen = new ArrayList<>();
        wire.tap(seen::add);
        wire.response("QUIT");
        wire.flush();
        assertEquals(List.of("QUIT\r\n"), peer.log);
        assertEquals(List.of("C: ****"), seen);
        assertThrows(IllegalArgumentException.class, () -> wire.response("a\nb"));
    }

    @Test
    void each_line_tells_how_it_ended() throws IOException {
        Wire wire = client(new ScriptedPeer("+OK\r\n+OK\n"));
        wire.readLine();
        assertEquals(LineEnd.CRLF, wire.lineEnd());
        wire.readLine();
        assertEquals(LineEnd.LF, wire.lineEnd());
    }

    @Test
    void another_connection_knows_nothing_of_what_came_over_the_first() throws IOException {
        Wire wire = server(new ScriptedPeer("STLS\r\nDELE 1\r\n"));
        wire.readLine();
        ScriptedPeer secured = new ScriptedPeer("CAPA\r\n");
        wire.upgrade(secured);
        assertFalse(wire.hasInput());
        assertEquals("CAPA", wire.readLine());
        wire.ok("");
        wire.flush();
        assertEquals("+OK\r\n", secured.written());
    }

    // ---- messages

    @Test
    void a_message_follows_what_was_said_before_it_in_the_same_write() throws IOException {
        ScriptedPeer peer = new ScriptedPeer();
        Wire wire = server(peer);
        wire.ok("15 octets");
        wire.body(channel("A: b\n\n.text\n"), DotEncoder.whole());
        wire.flush();
        assertEquals(List.of("+OK 15 octets\r\nA: b\r\n\r\n..text\r\n.\r\n"), peer.log);
    }

    @Test
    void the_closing_line_finds_room_however_long_the_message_is() throws IOException {
        for (int length = 1000; length < 1050; length++) {
            ScriptedPeer peer = new ScriptedPeer();
            Wire wire = server(peer);
            wire.body(channel("x".repeat(length)), DotEncoder.whole());
            wire.flush();
            assertEquals("x".repeat(length) + "\r\n.\r\n", peer.written());
        }
    }

    @Test
    void the_top_of_a_message_reads_no_more_of_it_than_it_must() throws IOException {
        ScriptedPeer peer = new ScriptedPeer();
        ByteArrayInputStream stored = new ByteArrayInputStream(
                ("A: b\r\n\r\n" + "text\r\n".repeat(100_000)).getBytes(StandardCharsets.ISO_8859_1));
        Wire wire = server(peer);
        wire.body(Channels.newChannel(stored), DotEncoder.top(1));
        wire.flush();
        assertEquals("A: b\r\n\r\ntext\r\n.\r\n", peer.written());
        assertTrue(stored.available() > 500_000);
    }

    @Test
    void content_that_fails_is_told_apart_from_a_connection_that_fails_and_has_no_closing_line() throws IOException {
        ScriptedPeer peer = new ScriptedPeer();
        Wire wire = server(peer);
        InputStream failing = new InputStream() {
            private int left = 10_000;

            @Override
            public int read() throws IOException {
                if (left-- == 0) throw new IOException("disk");
                return 'x';
            }

            @Override
            public int read(byte[] octets, int offset, int length) throws IOException {
                octets[offset] = (byte) read();
                return 1;
            }
        };
        ReadableByteChannel content = Channels.newChannel(failing);
        assertThrows(UncheckedIOException.class, () -> wire.body(content, DotEncoder.whole()));
        wire.flush();
        assertTrue(peer.written().matches("x*"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_large_message_arrives_intact_in_either_direction(boolean fromServer) throws Exception {
        byte[] stored = randomText(25 << 20);
        try (Loopback pair = Loopback.open();
                Wire server = server(new SocketConnection(pair.server()));
                Wire client = client(new SocketConnection(pair.client()))) {
            Wire from = fromServer ? server : client;
            Wire to = fromServer ? client : server;
            FutureTask<Void> sending = Loopback.meanwhile(() -> {
                from.ok(stored.length + " octets");
                from.body(Channels.newChannel(new ByteArrayInputStream(stored)), DotEncoder.whole());
                from.ok("bye");
                from.flush();
                return null;
            });
            assertEquals("+OK " + stored.length + " octets", to.readLine());
            try (InputStream message = to.message(DotFraming.ADAPTIVE)) {
                assertArrayEquals(stored, message.readAllBytes());
            }
            assertEquals("+OK bye", to.readLine());
            sending.get();
        }
    }

    /** Such a message goes past the arrays; lines that have to be changed after all may begin anywhere in it. */
    @Test
    void a_large_message_that_is_stored_nearly_as_it_goes_on_the_wire_arrives_intact() throws Exception {
        Random random = new Random(1939);
        byte[] stored = new byte[8 << 20];
        Arrays.fill(stored, (byte) 'x');
        for (int i = 78; i < stored.length - 4; i += 78) {
            stored[i] = '\r';
            stored[i + 1] = '\n';
            if (i < 100_000 || random.nextInt(200) > 0) continue;
            if (random.nextBoolean()) stored[i] = 'x';
            if (random.nextBoolean()) stored[i + 2] = '.';
        }
        String text = new String(stored, StandardCharsets.ISO_8859_1);
        byte[] canonical = (text.replaceAll("(?<!\r)\n", "\r\n") + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        try (Loopback pair = Loopback.open();
                Wire from = server(new SocketConnection(pair.server()));
                Wire to = client(new SocketConnection(pair.client()))) {
            FutureTask<Void> sending = Loopback.meanwhile(() -> {
                for (int i = 0; i < 6; i++) {
                    from.ok("message");
                    DotEncoder encoder = DotEncoder.whole();
                    from.body(Channels.newChannel(new ByteArrayInputStream(stored)), encoder);
                    assertEquals(canonical.length, encoder.octets());
                }
                from.flush();
                return null;
            });
            for (int i = 0; i < 6; i++) {
                assertEquals("+OK message", to.readLine());
                try (InputStream message = to.message(DotFraming.ADAPTIVE)) {
                    assertArrayEquals(canonical, message.readAllBytes());
                }
            }
            sending.get();
        }
    }

    @Test
    void a_message_that_is_closed_early_leaves_the_next_reply_to_be_read() throws IOException {
        Wire wire =
                client(new ScriptedPeer("+OK\r\nte", "xt\r\n..\r\n", "x".repeat(10_000), "\r\n.", "\r\n+OK bye\r\n"));
        assertEquals("+OK", wire.readLine());
        try (InputStream message = wire.message(DotFraming.ADAPTIVE)) {
            assertEquals('t', message.read());
        }
        assertEquals("+OK bye", wire.readLine());
    }

    @Test
    void a_message_ends_in_the_dialect_of_its_status_line() throws IOException {
        Wire wire = client(new ScriptedPeer("+OK\none\n.\n+OK\r\ntwo\n.\nthree\r\n.\r\n+OK\r\nfour\n.\n+OK bye\r\n"));
        assertEquals("one\n", message(wire, DotFraming.ADAPTIVE));
        assertEquals("two\n.\nthree\r\n", message(wire, DotFraming.ADAPTIVE));
        assertEquals("four\n", message(wire, DotFraming.LENIENT));
        assertEquals("+OK bye", wire.readLine());
    }

    @Test
    void a_connection_that_ends_within_a_message_is_an_error() throws IOException {
        Wire wire = client(new ScriptedPeer("+OK\r\ntext\r\n"));
        wire.readLine();
        assertThrows(EOFException.class, () -> wire.message(DotFraming.ADAPTIVE).readAllBytes());
    }

    // ---- time

    @Test
    void a_wire_is_late_when_its_deadline_is_past() {
        Wire wire = server(new ScriptedPeer());
        wire.deadlineIn(Duration.ofNanos(100));
        assertFalse(wire.late(1_000_100));
        assertTrue(wire.late(1_000_101));
    }

    @Test
    void a_clock_may_pass_the_largest_number() {
        clock.set(Long.MAX_VALUE - 10);
        Wire wire = server(new ScriptedPeer());
        wire.deadlineIn(Duration.ofNanos(100));
        assertFalse(wire.late(Long.MAX_VALUE));
        assertFalse(wire.late(Long.MIN_VALUE));
        assertTrue(wire.late(Long.MIN_VALUE + 100));
    }

    @Test
    void each_write_has_its_own_time_once_the_wire_idles() throws IOException {
        ScriptedPeer peer = new ScriptedPeer();
        Wire wire = server(peer);
        wire.idleAfter(Duration.ofMinutes(3));
        peer.whileWriting = () -> {
            assertFalse(wire.late(clock.get() + STALLED.toNanos()));
            assertTrue(wire.late(clock.get() + STALLED.toNanos() + 1));
            pass(Duration.ofSeconds(59));
        };
        wire.body(channel("text\r\n".repeat(200_000)), DotEncoder.whole());
        wire.flush();
        assertTrue(peer.log.size() > 3);
        assertFalse(wire.late(clock.get() + Duration.ofMinutes(3).toNanos()));
        assertTrue(wire.late(clock.get() + Duration.ofMinutes(3).toNanos() + 1));
    }

    @Test
    void an_absolute_deadline_stays_what_it_is_whatever_is_written() throws IOException {
        ScriptedPeer peer = new ScriptedPeer();
        Wire wire = server(peer);
        wire.deadlineIn(Duration.ofMinutes(3));
        peer.whileWriting =
                () -> assertTrue(wire.late(1_000_001 + Duration.ofMinutes(3).toNanos()));
        wire.ok("hello");
        wire.flush();
        assertFalse(wire.late(1_000_000 + Duration.ofMinutes(3).toNanos()));
        assertTrue(wire.late(1_000_001 + Duration.ofMinutes(3).toNanos()));
    }

    @Test
    void a_line_has_no_line_end_in_it() {
        Wire wire = server(new ScriptedPeer());
        assertThrows(IllegalArgumentException.class, () -> wire.command(new Command.User("a\r\nDELE 1")));
        assertThrows(IllegalArgumentException.class, () -> wire.ok("a\nb"));
    }

    @Test
    void each_line_has_its_own_time_once_the_wire_idles() throws IOException {
        ScriptedPeer peer = new ScriptedPeer("NOOP\r\n", "NO", "OP\r\n");
        Wire wire = server(peer);
        wire.idleAfter(Duration.ofMinutes(10));
        List<Boolean> late = new ArrayList<>();
        peer.whileWaiting = () -> {
            pass(Duration.ofSeconds(400));
            late.add(wire.late(clock.get()));
        };
        peer.whileWriting = () -> pass(Duration.ofSeconds(400));
        wire.readLine();
        wire.readLine();
        assertEquals(List.of(false, false, true), late, "the octets of a line gain it no time");
        assertFalse(wire.late(clock.get()), "what is done about a line does not count");
        wire.ok("");
        wire.flush();
        assertFalse(wire.late(clock.get() + Duration.ofMinutes(10).toNanos()));
        assertTrue(wire.late(clock.get() + Duration.ofSeconds(601).toNanos()));
    }

    @Test
    void abort_wakes_who_reads() throws Exception {
        try (Loopback pair = Loopback.open()) {
            CountDownLatch reads = new CountDownLatch(1);
            Wire wire = server(new Connected(pair.server()) {
                @Override
                public int read(ByteBuffer buffer) throws IOException {
                    reads.countDown();
                    return super.read(buffer);
                }
            });
            FutureTask<String> reader = Loopback.meanwhile(wire::readLine);
            reads.await();
            wire.abort();
            ExecutionException e = assertThrows(ExecutionException.class, reader::get);
            assertTrue(e.getCause() instanceof ClosedChannelException, e.toString());
            assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)));
            wire.close();
        }
    }

    @Test
    void abort_wakes_who_writes_to_a_peer_that_takes_nothing() throws Exception {
        try (Loopback pair = Loopback.open()) {
            CountDownLatch writes = new CountDownLatch(1);
            Wire wire = server(new Connected(pair.server()) {
                @Override
                public int write(ByteBuffer buffer) throws IOException {
                    writes.countDown();
                    return super.write(buffer);
                }
            });
            FutureTask<Void> writer = Loopback.meanwhile(() -> {
                wire.body(Channels.newChannel(new ForEver()), DotEncoder.whole());
                return null;
            });
            writes.await();
            wire.abort();
            ExecutionException e = assertThrows(ExecutionException.class, writer::get);
            assertTrue(e.getCause() instanceof ClosedChannelException, e.toString());
        }
    }

    // ---- the end

    @ParameterizedTest
    @ValueSource(strings = {"x", "NOOP\r\n"})
    void a_client_that_is_still_sending_gets_the_last_reply(String junk) throws Exception {
        byte[] octets = junk.repeat(200 * 1024 / junk.length()).getBytes(StandardCharsets.ISO_8859_1);
        try (Loopback pair = Loopback.open()) {
            FutureTask<Void> serving = Loopback.meanwhile(() -> {
                try (Wire wire = server(new SocketConnection(pair.server()))) {
                    if (junk.equals("x")) {
                        assertThrows(LineTooLongException.class, wire::readLine);
                    } else {
                        wire.readLine();
                    }
                    wire.err("enough");
                    wire.flush();
                }
                return null;
            });
            ByteBuffer sending = ByteBuffer.wrap(octets);
            while (sending.hasRemaining()) pair.client().write(sending);
            InputStream replies = pair.client().socket().getInputStream();
            assertEquals("-ERR enough\r\n", new String(replies.readAllBytes(), StandardCharsets.ISO_8859_1));
            pair.client().close();
            serving.get();
        }
    }

    @Test
    void a_wire_with_nothing_to_read_closes_without_waiting_for_the_peer() throws IOException {
        try (Loopback pair = Loopback.open()) {
            try (Wire wire = server(new SocketConnection(pair.server()))) {
                wire.ok("bye");
                wire.flush();
                wire.ok("never said");
            }
            InputStream replies = pair.client().socket().getInputStream();
            assertEquals("+OK bye\r\n", new String(replies.readAllBytes(), StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void a_peer_that_never_ends_is_waited_for_no_longer_than_the_deadline_says() throws Exception {
        try (Loopback pair = Loopback.open()) {
            Wire wire = server(new SocketConnection(pair.server()));
            pair.client().write(ByteBuffer.wrap("QUIT\r\njunk".getBytes(StandardCharsets.ISO_8859_1)));
            wire.readLine();
            wire.idleAfter(Duration.ofHours(1));
            FutureTask<Void> closing = Loopback.meanwhile(() -> {
                wire.close();
                return null;
            });
            assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)), "the output has ended, the wire still reads");
            assertTrue(wire.late(clock.get() + Duration.ofSeconds(10).toNanos()));
            wire.abort();
            closing.get();
        }
    }

    @Test
    void a_peer_that_never_stops_is_read_no_further_than_a_bound() throws Exception {
        try (Loopback pair = Loopback.open()) {
            FutureTask<Void> sending = Loopback.meanwhile(() -> {
                ByteBuffer junk = ByteBuffer.allocate(64 * 1024);
                while (true) pair.client().write(junk.clear());
            });
            try (Wire wire = server(new SocketConnection(pair.server()))) {
                assertThrows(LineTooLongException.class, wire::readLine);
            }
            assertThrows(ExecutionException.class, sending::get);
        }
    }

    @Test
    void closing_twice_is_closing_once() throws IOException {
        try (Loopback pair = Loopback.open()) {
            Wire wire = server(new SocketConnection(pair.server()));
            wire.close();
            wire.close();
            assertFalse(pair.server().isOpen());
        }
    }

    @Test
    void replies_are_not_held_back() throws IOException {
        try (Loopback pair = Loopback.open();
                SocketConnection connection = new SocketConnection(pair.server())) {
            assertTrue(connection.isOpen());
            assertTrue(pair.server().getOption(StandardSocketOptions.TCP_NODELAY));
        }
    }

    private Wire server(Connection connection) {
        return Wire.server(connection, LineDecoder.forCommands(), clock::get, STALLED);
    }

    private Wire client(Connection connection) {
        return Wire.client(connection, clock::get, STALLED);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    /** Answers every command alike until the client is gone. */
    private static void serveEach(Wire wire, String answer) throws IOException {
        while (wire.readLine() != null) wire.ok(answer);
    }

    private static String message(Wire wire, DotFraming framing) throws IOException {
        assertEquals("+OK", wire.readLine());
        try (InputStream message = wire.message(framing)) {
            return new String(message.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static ReadableByteChannel channel(String octets) {
        return Channels.newChannel(new ByteArrayInputStream(octets.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Lines of random length with CRLF, many of which begin with dots. */
    private static byte[] randomText(int octets) {
        Random random = new Random(25);
        byte[] text = new byte[octets];
        random.nextBytes(text);
        for (int i = 0; i < octets; i++) text[i] = (byte) ((text[i] & 0x3F) < 4 ? '.' : ' ' + (text[i] & 0x5F));
        for (int i = 0; i < octets - 2; i += 2 + random.nextInt(120)) {
            text[i] = '\r';
            text[i + 1] = '\n';
        }
        text[octets - 2] = '\r';
        text[octets - 1] = '\n';
        return text;
    }

    /** A connection over a socket, to be watched. */
    private static class Connected implements Connection {
        private final SocketConnection socket;

        Connected(SocketChannel channel) throws IOException {
            socket = new SocketConnection(channel);
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            return socket.read(buffer);
        }

        @Override
        public int write(ByteBuffer buffer) throws IOException {
            return socket.write(buffer);
        }

        @Override
        public int available() throws IOException {
            return socket.available();
        }

        @Override
        public Socket socket() {
            return socket.socket();
        }

        @Override
        public void endOutput() throws IOException {
            socket.endOutput();
        }

        @Override
        public void abort() {
            socket.abort();
        }

        @Override
        public boolean isOpen() {
            return socket.isOpen();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** A message without an end. */
    private static final class ForEver extends InputStream {
        @Override
        public int read() {
            return 'x';
        }

        @Override
        public int read(byte[] octets, int offset, int length) {
            return length;
        }
    }
}
