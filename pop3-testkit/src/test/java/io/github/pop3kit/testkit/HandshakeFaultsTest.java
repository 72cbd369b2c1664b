package io.github.pop3kit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.server.ServerCertificate;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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

    /** A fault, and a word of what a client says that looks. */
    private record Certificate(String complaint, Function<HandshakeOccasion, FaultRule> fault) {}

    static List<Certificate> certificates() {
        ServerCertificate another = ServerCertificate.selfSigned("127.0.0.1", "localhost");
        return List.of(
                new Certificate("NotAfter", HandshakeOccasion::expiredCertificate),
                new Certificate("NotBefore", HandshakeOccasion::certificateNotYetValid),
                new Certificate("No subject alternative DNS name", HandshakeOccasion::certificateForAnotherHost),
                new Certificate("unable to find valid certification path", HandshakeOccasion::unknownCertificate),
                new Certificate("unable to find valid certification path", on -> on.certificate(another)));
    }

    @ParameterizedTest
    @MethodSource("certificates")
    void a_certificate_is_one_that_a_client_refuses_and_the_next_is_good(Certificate certificate) throws IOException {
        for (boolean stls : List.of(false, true)) {
            certificate.fault.apply(server.faults().onHandshake()).once();
            try (SSLSocket client = client(stls)) {
                SSLException refused = assertThrows(SSLException.class, client::startHandshake);
                Throwable reason = refused;
                while (reason.getCause() != null) reason = reason.getCause();
                assertTrue(String.valueOf(reason.getMessage()).contains(certificate.complaint), reason.toString());
            }
            try (SSLSocket client = client(stls)) {
                client.startHandshake();
            }
        }
        server.faults().assertAllFired();
    }

    @Test
    void what_a_client_says_that_does_not_look_at_certificates_is_in_the_transcript() throws Exception {
        server.faults().onHandshake().expiredCertificate();
        SSLContext careless = SSLContext.getInstance("TLS");
        careless.init(null, new TrustManager[] {new Careless()}, null);
        try (Socket client = careless.getSocketFactory().createSocket("localhost", server.tlsPort())) {
            Transcript.parse(Ways.LOGIN).playClient(client, new Pace.Lines());
        }
        Pop3Assertions.assertThat(server).received("PASS ****");
    }

    private static final class Careless implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
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
        SSLSocket socket = (SSLSocket)
                server.sslContext().getSocketFactory().createSocket(clear, "localhost", clear.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }
}
