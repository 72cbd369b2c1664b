package io.github.pop3kit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong with a TLS handshake, implicit and behind STLS, over TCP and in memory. */
@Timeout(30)
class HandshakeFaultsTest {

    private Pop3TestServer server;

    @BeforeEach
    void start() {
        server = Ways.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_server_hangs_up(boolean stls) throws IOException {
        server.faults().onHandshake().hangUp();
        try (SSLSocket client = client(stls)) {
            assertThrows(IOException.class, client::startHandshake);
        }
        server.faults().assertAllFired();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_server_resets_once_and_is_good_then(boolean stls) throws IOException {
        server.faults().onHandshake().reset().once();
        try (SSLSocket client = client(stls)) {
            IOException reset = assertThrows(IOException.class, client::startHandshake);
            assertTrue(reset.toString().contains("reset"), reset::toString);
        }
        try (SSLSocket client = client(stls)) {
            client.startHandshake();
        }
        server.faults().assertAllFired();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_server_speaks_garbage(boolean stls) throws IOException {
        server.faults().onHandshake().connection(1).garbage(100);
        try (SSLSocket client = client(stls)) {
            assertThrows(SSLException.class, client::startHandshake);
        }
        server.faults().assertAllFired();
    }

    @Test
    void a_server_speaks_in_the_clear() throws IOException {
        server.faults().onHandshake().plaintext("-ERR [SYS/TEMP] no TLS today");
        try (Socket client = new Socket("localhost", server.tlsPort())) {
            client.getOutputStream().write(1);
            byte[] said = client.getInputStream().readAllBytes();
            assertEquals("-ERR [SYS/TEMP] no TLS today\r\n", new String(said, StandardCharsets.US_ASCII));
        }
        try (SSLSocket client = client(false)) {
            assertThrows(SSLException.class, client::startHandshake);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_server_says_nothing_until_the_client_gives_up(boolean stls) throws IOException {
        server.faults().onHandshake().mute();
        try (SSLSocket client = client(stls)) {
            client.setSoTimeout(20);
            IOException late = assertThrows(IOException.class, client::startHandshake);
            assertTrue(late instanceof SocketTimeoutException || late.getCause() instanceof SocketTimeoutException);
        }
        server.awaitSessionEnd();
        server.faults().assertAllFired();
    }

    @Test
    void a_handshake_waits_for_the_test_and_a_delay() throws Exception {
        Hold hold = server.faults().onHandshake().hold();
        server.faults().onHandshake().delay(Duration.ofMillis(5));
        try (SSLSocket client = client(false)) {
            Thread releaser = new Thread(() -> {
                try {
                    hold.awaitReached();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                hold.release();
            });
            releaser.start();
            client.startHandshake();
            releaser.join();
            Transcript.parse("S: +OK …\n").playClient(client, new Pace.Lines());
        }
        server.faults().assertAllFired();
    }

    @Test
    void a_server_in_memory_fails_in_the_same_way() throws IOException {
        server.faults().onHandshake().connection(1).garbage(10);
        server.faults().onHandshake().connection(2).hangUp();
        server.faults().onHandshake().connection(3).reset();
        for (int i = 1; i <= 3; i++) {
            Socket clear = server.socketFactory().createSocket("localhost", server.tlsPort());
            try (SSLSocket client = over(clear)) {
                assertThrows(IOException.class, client::startHandshake);
            }
        }
        server.faults().assertAllFired();
    }

    /** Connected, and before its handshake. */
    private SSLSocket client(boolean stls) throws IOException {
        Socket clear = new Socket("localhost", stls ? server.port() : server.tlsPort());
        if (stls) Transcript.parse("S: +OK …\nC: STLS\nS: +OK …\n").playClient(clear, new Pace.Lines());
        return over(clear);
    }

    private SSLSocket over(Socket clear) throws IOException {
        return (SSLSocket)
                server.sslContext().getSocketFactory().createSocket(clear, "localhost", clear.getPort(), true);
    }
}
