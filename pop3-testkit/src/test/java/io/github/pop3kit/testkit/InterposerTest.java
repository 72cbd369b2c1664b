package io.github.pop3kit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.bench.Bench;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where nothing is to go wrong, clients cannot tell a server with an interposer from one without. */
@Timeout(60)
class InterposerTest {

    /** A bench that changes nothing but what lies between session and client. */
    private static final Bench INTERPOSED = new Bench() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Fixture connected() {
            return new Interposer(new Faults(), Personality.PLAIN, 1);
        }
    };

    static List<String> conversations() {
        String login = "USER mrose\r\nPASS a secret\r\n";
        return List.of(
                "",
                "QUIT\r\n",
                "QUIT\r\nNOOP\r\n",
                login + "STAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nTOP 1 1\r\nRETR 2\r\nDELE 1\r\nQUIT\r\n",
                login + "RETR 1\nRETR 3\nRETR 3\nRETR 1\nQUIT\n",
                login + "NOOP\r\nNOO",
                login + "DELE 1\r\nDELE 1\r\nRSET\r\nSTAT\r\n",
                "AUTH PLAIN\r\nAG1yb3NlAGEgc2VjcmV0\r\nSTAT\r\nQUIT\r\n",
                "AUTH PLAIN\r\n*\r\nQUIT\r\n",
                "AUTH PLAIN " + "A".repeat(12_000) + "\r\nAUTH PLAIN\r\n" + "A".repeat(12_000) + "\r\nQUIT\r\n",
                "AUTH PLAIN " + "A".repeat(13_000) + "\r\nQUIT\r\n",
                "NOOP " + "A".repeat(505) + "\r\nQUIT\r\n",
                "NOOP " + "A".repeat(506) + "\r\nQUIT\r\n",
                "A".repeat(512),
                "A".repeat(513),
                "\r\n\r\n\n \r\nQUIT\r\n",
                "AUTH\r\nCAPA\r\nFOO\r\nQUIT\r\n",
                "FOO\r\n".repeat(100));
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void no_octet_is_another_whatever_the_client_says_and_in_whatever_pieces(String conversation) throws IOException {
        for (Pace pace : List.of(new Pace.Pipelined(), new Pace.Octets(), new Pace.Splits(1))) {
            if (pace instanceof Pace.Octets && conversation.length() > 2000) continue; // A second for nothing new.
            for (boolean tls : List.of(false, true)) {
                assertEquals(
                        answers(plain, conversation, pace, tls),
                        answers(interposed, conversation, pace, tls),
                        pace.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void octets_behind_stls_are_seen_as_without(String conversation) throws IOException {
        String stls = "STLS\r\n" + conversation;
        assertEquals(
                answers(plain, "NOOP\r\n" + stls + "X", new Pace.Pipelined(), false),
                answers(interposed, "NOOP\r\n" + stls + "X", new Pace.Pipelined(), false));
    }

    @Test
    void a_line_never_fills_the_buffer_of_a_session_that_would_then_hold_back_its_reply() throws IOException {
        Interposer interposer = new Interposer(new Faults(), Personality.PLAIN, 1);
        try (Connection seen = interposer.carry(new NotedConnection("NOOP\r\nNOOP\r\n"))) {
            assertEquals(5, seen.read(ByteBuffer.allocate(6)));
            assertEquals(7, seen.available());
            assertEquals(1, seen.read(ByteBuffer.allocate(6)));
            assertEquals(6, seen.read(ByteBuffer.allocate(100)));
        }
    }

    private static Pop3Server plain;
    private static Pop3Server interposed;

    @BeforeAll
    static void start() throws IOException {
        plain = start(System::nanoTime);
        interposed = start(INTERPOSED);
    }

    @AfterAll
    static void stop() {
        plain.close();
        interposed.close();
    }

    /** A server that has a fresh maildrop for every session. */
    private static Pop3Server start(Bench bench) throws IOException {
        byte[] large = "a line of thirty octets, more\r\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
        return Pop3Server.builder()
                .listen(Endpoint.stls(0, TestCertificate.CERTIFICATE))
                .listen(Endpoint.implicitTls(0, TestCertificate.CERTIFICATE))
                .store(account -> {
                    MemoryMailStore store = new MemoryMailStore();
                    store.deliver("mrose", "Subject: one\n\n.hidden\nbye\n");
                    store.deliver("mrose", "Subject: two\r\n\r\nhi");
                    store.deliver("mrose", large);
                    return store.open(account);
                })
                .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                .allowCleartextLogin()
                .mechanisms("PLAIN", "LOGIN", "USER") // As the kit's own servers without a word.
                .bench(bench)
                .start();
    }

    /** All that a server says until it ends the connection. */
    private static String answers(Pop3Server server, String conversation, Pace pace, boolean tls) throws IOException {
        try (Socket client = connect(server.addresses().get(tls ? 1 : 0).getPort(), tls)) {
            Thread writer = new Thread(() -> write(client, conversation, pace));
            writer.start();
            try {
                return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } finally {
                join(writer);
            }
        }
    }

    private static void write(Socket client, String conversation, Pace pace) {
        try {
            OutputStream out = client.getOutputStream();
            for (String piece : pace.pieces(conversation)) out.write(piece.getBytes(StandardCharsets.ISO_8859_1));
            client.shutdownOutput();
        } catch (SocketException ended) {
            // The server may end when it likes.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Socket connect(int port, boolean tls) throws IOException {
        if (!tls) return new Socket("localhost", port);
        SSLSocket socket =
                (SSLSocket) TestCertificate.TRUSTING.getSocketFactory().createSocket("localhost", port);
        socket.startHandshake();
        return socket;
    }
}
