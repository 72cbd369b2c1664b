package io.github.pop3kit.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HAProxy's doc/proxy-protocol.txt, sections 2.1 and 2.2. */
class ProxyHeaderTest {

    private static final String SIGNATURE = "0D0A0D0A000D0A515549540A";
    private static final String TCP4 = "C0000201" + "C6336401" + "D431" + "006E";
    private static final String TCP6 =
            "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002" + "D431" + "03E3";
    private static final String FOLLOWS = "CAPA\r\n";

    @Test
    void version_1_names_client_and_server() throws IOException {
        assertSays("192.0.2.1", "198.51.100.1", text("PROXY TCP4 192.0.2.1 198.51.100.1 54321 110\r\n"));
        assertSays("2001:db8::1", "2001:db8::2", text("PROXY TCP6 2001:db8::1 2001:db8::2 0 65535\r\n"));
        assertSays("192.0.2.1", "::1", text("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n"));
    }

    @Test
    void version_1_may_not_know_whatever_else_it_says() throws IOException {
        assertSays(null, null, text("PROXY UNKNOWN\r\n"));
        assertSays(null, null, text("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n"));
        assertSays(null, null, text("PROXY UNKNOWN " + "x".repeat(107 - 16) + "\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CAPA\r\nUSER mrose\r\n",
                "proxy TCP4 192.0.2.1 198.51.100.1 54321 110\r\n",
                "PROXY  TCP4 192.0.2.1 198.51.100.1 54321 110\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 54321 110\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 54321 110 \r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 54321 65536\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 54321 -1\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 54321\r\n",
                "PROXY TCP4 192.0.2.256 198.51.100.1 54321 110\r\n",
                "PROXY TCP4 192.0.2.01 198.51.100.1 54321 110\r\n",
                "PROXY TCP4 192.0.2 198.51.100.1 54321 110\r\n",
                "PROXY TCP4 localhost 198.51.100.1 54321 110\r\n",
                "PROXY TCP4 2001:db8::1 2001:db8::2 54321 110\r\n",
                "PROXY TCP6 192.0.2.1 198.51.100.1 54321 110\r\n",
                "PROXY TCP6 2001:db8::1%eth0 2001:db8::2 54321 110\r\n",
                "PROXY TCP6 ::1::2 2001:db8::2 54321 110\r\n",
                "PROXY UDP4 192.0.2.1 198.51.100.1 54321 110\r\n",
                "PROXY UNKNOWNISH\r\n",
            })
    void what_is_not_version_1_to_the_letter_is_refused(String line) {
        assertThrows(ProtocolException.class, () -> read(text(line)));
    }

    @Timeout(30)
    @ParameterizedTest
    @ValueSource(strings = {"U", "PROXO", "\r\n\r\nX", "CAPA\r\n"})
    void whoever_waits_for_a_greeting_is_not_waited_for(String start) throws IOException {
        Pipe pipe = Pipe.open();
        try (Pipe.SinkChannel client = pipe.sink();
                Pipe.SourceChannel connection = pipe.source()) {
            client.write(ByteBuffer.wrap(text(start)));
            assertThrows(ProtocolException.class, () -> ProxyHeader.read(connection));
        }
    }

    @Test
    void no_line_is_read_beyond_107_octets() {
        ByteArrayInputStream endless = new ByteArrayInputStream(text("PROXY UNKNOWN " + "x".repeat(100_000)));
        assertThrows(ProtocolException.class, () -> ProxyHeader.read(Channels.newChannel(endless)));
        assertEquals("PROXY UNKNOWN ".length() + 100_000 - 107, endless.available());
    }

    @Test
    void version_2_names_client_and_server() throws IOException {
        assertSays("192.0.2.1", "198.51.100.1", binary("21", "11", TCP4));
        assertSays("2001:db8::1", "2001:db8::2", binary("21", "21", TCP6));
    }

    @Test
    void version_2_speaks_for_itself_in_health_checks() throws IOException {
        assertSays(null, null, binary("20", "00", ""));
        assertSays(null, null, binary("20", "11", TCP4));
        assertSays(null, null, binary("20", "FF", "0102"));
    }

    @Test
    void version_2_knows_no_address_of_a_local_client() throws IOException {
        assertSays(null, null, binary("21", "00", ""));
        assertSays(null, null, binary("21", "31", "2F".repeat(216)));
    }

    @Test
    void extensions_are_passed_over() throws IOException {
        String authority = "02" + "0010" + HexFormat.of().formatHex(text("pop3.example.org"));
        String noop = "04" + "0000";
        String tls = "20" + "0008" + "0700000000" + "210000";
        String future = "EE" + "0001" + "2A";
        assertSays("192.0.2.1", "198.51.100.1", binary("21", "11", TCP4 + authority + noop + tls + future));
        assertSays(null, null, binary("21", "00", noop));
    }

    @Test
    void a_checksum_is_checked() throws IOException {
        byte[] right = binary("21", "21", TCP6 + "040001FF" + "03000400000000");
        CRC32C sum = new CRC32C();
        sum.update(right);
        ByteBuffer.wrap(right).putInt(right.length - 4, (int) sum.getValue());
        assertSays("2001:db8::1", "2001:db8::2", right);
        right[20]++;
        assertThrows(ProtocolException.class, () -> read(right));
    }

    @Test
    void what_is_not_version_2_to_the_bit_is_refused() {
        for (byte[] wrong : new byte[][] {
            binary("11", "11", TCP4), // of version 1
            binary("22", "11", TCP4), // no such command
            binary("21", "12", TCP4), // over UDP
            binary("21", "41", TCP4), // no such family
            binary("21", "11", TCP4.substring(2)),
            binary("21", "21", TCP4),
            binary("21", "11", TCP4 + "04"),
            binary("21", "11", TCP4 + "040001"),
            binary("21", "11", TCP4 + "04FFFF00"),
            binary("21", "11", TCP4 + "03000100"),
        }) {
            assertThrows(
                    ProtocolException.class, () -> read(wrong), HexFormat.of().formatHex(wrong));
        }
    }

    @Test
    void an_end_within_the_header_is_one() {
        for (byte[] whole :
                new byte[][] {text("PROXY TCP4 192.0.2.1 198.51.100.1 54321 110\r\n"), binary("21", "11", TCP4)}) {
            for (int length = 0; length < whole.length; length++) {
                ByteArrayInputStream octets = new ByteArrayInputStream(whole, 0, length);
                assertThrows(
                        EOFException.class, () -> ProxyHeader.read(Channels.newChannel(octets)), length + " octets");
            }
        }
    }

    /** Whatever comes: a header or a refusal, no name is looked up, and what follows a header stays for the session. */
    @FuzzTest(maxDuration = "1m")
    void fuzz(byte[] octets) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(octets);
        ProxyHeader header;
        try {
            header = ProxyHeader.read(Channels.newChannel(in));
        } catch (ProtocolException | EOFException refused) {
            return;
        }
        assertEquals(header.source().isPresent(), header.destination().isPresent());
        int taken = octets.length - in.available();
        boolean line = octets[0] == 'P';
        assertEquals(line ? lineEnd(octets) : 16 + (ByteBuffer.wrap(octets).getShort(14) & 0xFFFF), taken);
        assertTrue(!line || taken <= 107);
    }

    private static int lineEnd(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
    }

    private static void assertSays(String source, String destination, byte[] octets) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(octets.length + FOLLOWS.length())
                .put(octets)
                .put(text(FOLLOWS));
        ByteArrayInputStream in = new ByteArrayInputStream(all.array());
        ProxyHeader header = ProxyHeader.read(Channels.newChannel(in));
        assertEquals(address(source), header.source());
        assertEquals(address(destination), header.destination());
        assertArrayEquals(text(FOLLOWS), in.readAllBytes(), "what follows is the session's");
    }

    private static Optional<InetAddress> address(String literal) throws IOException {
        return literal == null ? Optional.empty() : Optional.of(InetAddress.getByName(literal));
    }

    private static ProxyHeader read(byte[] octets) throws IOException {
        return ProxyHeader.read(Channels.newChannel(new ByteArrayInputStream(octets)));
    }

    private static byte[] text(String octets) {
        return octets.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] binary(String command, String family, String rest) {
        byte[] header = HexFormat.of().parseHex(SIGNATURE + command + family + "0000" + rest);
        ByteBuffer.wrap(header).putShort(14, (short) (header.length - 16));
        return header;
    }
}
