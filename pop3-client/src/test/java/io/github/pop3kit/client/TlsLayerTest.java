package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.TlsFailure.Kind;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.TlsConnection;
import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom a client trusts, what it offers, and what it says when that is not enough (RFC 2595 section 2.4, RFC 9325). */
@Timeout(60)
class TlsLayerTest {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final ServerCertificate SELF_SIGNED = ServerCertificate.selfSigned("localhost", "127.0.0.1");
    private static final TlsTrust TRUSTED = TlsTrust.certificates(SELF_SIGNED.certificate());

    // ---- trust

    @AfterEach
    void no_thread_is_left() throws InterruptedException {
        Peer.noThreadIsLeft();
    }

    @Test
    void a_server_that_is_vouched_for_is_spoken_to_by_the_best_that_both_know() throws Exception {
        try (Pop3Server server = server(SELF_SIGNED);
                TlsConnection tls = handshake(server, layer(TRUSTED), "localhost")) {
            assertTrue(greeting(tls).startsWith("+OK "));
            assertEquals("TLSv1.3", tls.session().getProtocol());
            assertEquals("pop3", ((SSLSocket) tls.socket()).getApplicationProtocol());
        }
    }

    @Test
    void a_certificate_may_be_for_an_address() throws Exception {
        try (Pop3Server server = server(SELF_SIGNED);
                TlsConnection tls = handshake(server, layer(TRUSTED), "127.0.0.1")) {
            assertTrue(greeting(tls).startsWith("+OK "));
        }
    }

    @Test
    void the_dot_of_the_root_is_no_part_of_the_name() throws Exception {
        try (Pop3Server server = server(SELF_SIGNED);
                TlsConnection tls = handshake(server, layer(TRUSTED), "localhost.")) {
            assertTrue(greeting(tls).startsWith("+OK "));
        }
    }

    @Test
    void a_certificate_for_another_host_is_refused_and_its_names_are_told() throws Exception {
        try (Pop3Server server = server(SELF_SIGNED)) {
            assertFails(
                    Kind.WRONG_HOST,
                    "shows a certificate for localhost, 127.0.0.1, not for pop.example.org",
                    server,
                    layer(TRUSTED),
                    "pop.example.org");
            assertFails(
                    Kind.WRONG_HOST,
                    "shows a certificate for localhost, 127.0.0.1, not for ::1",
                    server,
                    layer(TRUSTED),
                    "::1");
        }
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused() throws Exception {
        try (Pop3Server server = server(SELF_SIGNED)) {
            assertFails(
                    Kind.UNTRUSTED,
                    "shows a certificate that only itself vouches for",
                    server,
                    layer(TlsTrust.system()),
                    "localhost");
        }
    }

    @Test
    void an_authority_that_is_not_trusted_is_refused() throws Exception {
        try (Pop3Server server = server(keystore("issued.p12"))) {
            assertFails(
                    Kind.UNTRUSTED,
                    "shows a certificate of an authority that is not trusted",
                    server,
                    layer(TlsTrust.caFile(resource("other.pem"))),
                    "localhost");
        }
    }

    @Test
    void the_authorities_of_a_file_are_trusted() throws Exception {
        try (Pop3Server server = server(keystore("issued.p12"));
                TlsConnection tls = handshake(server, layer(TlsTrust.caFile(resource("ca.pem"))), "localhost")) {
            assertTrue(greeting(tls).startsWith("+OK "));
        }
    }

    @Test
    void a_file_may_hold_many_authorities_with_text_between_them(@TempDir Path folder) throws Exception {
        String both = "another\n" + Files.readString(resource("other.pem")) + "\nours\n"
                + Files.readString(resource("ca.pem"));
        Path file = Files.writeString(folder.resolve("both.pem"), both);
        try (Pop3Server server = server(keystore("issued.p12"));
                TlsConnection tls = handshake(server, layer(TlsTrust.caFile(file)), "localhost")) {
            assertTrue(greeting(tls).startsWith("+OK "));
        }
    }

    @Test
    void a_file_without_a_certificate_is_named(@TempDir Path folder) throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        assertTrue(assertThrows(IOException.class, () -> TlsTrust.caFile(empty))
                .getMessage()
                .contains("empty.pem"));
        Path other = Files.writeString(folder.resolve("other.pem"), "something else");
        assertTrue(assertThrows(IOException.class, () -> TlsTrust.caFile(other))
                .getMessage()
                .contains("other.pem"));
        assertThrows(IOException.class, () -> TlsTrust.caFile(folder.resolve("absent.pem")));
    }

    @Test
    void a_certificate_that_has_expired_is_refused_with_its_last_day() throws Exception {
        try (Pop3Server server = server(keystore("expired.p12"))) {
            assertFails(
                    Kind.EXPIRED,
                    "shows a certificate that has expired, on 2020-01-31",
                    server,
                    layer(TlsTrust.caFile(resource("ca.pem"))),
                    "localhost");
        }
    }

    @Test
    void insecure_trusts_whoever_answers() throws Exception {
        try (Pop3Server server = server(keystore("expired.p12"));
                TlsConnection tls = handshake(server, layer(TlsTrust.insecure()), "pop.example.org")) {
            assertTrue(greeting(tls).startsWith("+OK "));
        }
    }

    @Test
    void with_a_context_of_the_callers_the_host_is_checked_all_the_same() throws Exception {
        SSLContext lenient = SSLContext.getInstance("TLS");
        lenient.init(null, new TrustManager[] {new Counting()}, null);
        try (Pop3Server server = server(SELF_SIGNED)) {
            assertFails(
                    Kind.WRONG_HOST,
                    "shows a certificate for other hosts, not for pop.example.org",
                    server,
                    layer(TlsTrust.context(lenient)),
                    "pop.example.org");
        }
    }

    // ---- pins

    @Test
    void a_pinned_key_is_needed_beside_the_authority() throws Exception {
        try (Pop3Server server = server(SELF_SIGNED)) {
            String own = Pins.of(SELF_SIGNED.certificate());
            TlsLayer right = new TlsLayer(new TlsOptions(TRUSTED, Pins.of(Pins.of(certificate("ca.pem")), own)));
            try (TlsConnection tls = handshake(server, right, "localhost")) {
                assertTrue(greeting(tls).startsWith("+OK "));
            }
            TlsLayer wrong = new TlsLayer(new TlsOptions(TRUSTED, Pins.of(Pins.of(certificate("ca.pem")))));
            assertFails(Kind.PIN, "shows none of the pinned keys; its own is " + own, server, wrong, "localhost");
            TlsLayer untrusted = new TlsLayer(new TlsOptions(TlsTrust.system(), Pins.of(own)));
            assertFails(
                    Kind.UNTRUSTED, "shows a certificate that only itself vouches for", server, untrusted, "localhost");
        }
    }

    @Test
    void the_key_of_the_authority_may_be_pinned() throws Exception {
        TlsOptions options =
                new TlsOptions(TlsTrust.caFile(resource("ca.pem")), Pins.of(Pins.of(certificate("ca.pem"))));
        try (Pop3Server server = server(keystore("issued.p12"));
                TlsConnection tls = handshake(server, new TlsLayer(options), "localhost")) {
            assertTrue(greeting(tls).startsWith("+OK "));
        }
    }

    @Test
    void a_pinned_certificate_that_is_only_shown_proves_nothing() throws Exception {
        X509Certificate pinned = certificate("other.pem");
        Pins pins = Pins.of(Pins.of(pinned));
        assertTrue(pins.allow(List.of(pinned)));
        assertFalse(pins.allow(List.of(SELF_SIGNED.certificate(), pinned)));
        assertFalse(pins.allow(List.of(SELF_SIGNED.certificate(), certificate("ca.pem"), pinned)));
    }

    @Test
    void a_pin_is_written_as_curl_writes_it() throws Exception {
        // openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64
        assertEquals("sha256//fAqGytZilS/8g1T120P+KJEhUCO/FdNNsIgbjQQAWc0=", Pins.of(certificate("ca.pem")));
        for (String wrong : new String[] {"", "sha256//", "sha256//AAAA", "sha1//AAAA", "sha256//?" + "A".repeat(43)}) {
            assertThrows(IllegalArgumentException.class, () -> Pins.of(wrong), wrong);
        }
    }

    // ---- what is offered

    @Test
    void a_server_with_cbc_suites_only_is_refused() throws Exception {
        try (Peer server = new Peer(socket -> {
            SSLSocket tls = serverSide(socket);
            tls.setEnabledProtocols(new String[] {"TLSv1.2"});
            tls.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"});
            assertThrows(IOException.class, tls::startHandshake);
        })) {
            TlsFailure failure = failure(server, layer(TlsTrust.caFile(resource("ca.pem"))));
            server.played();
            assertEquals(Kind.REFUSED, failure.kind());
            assertEquals("refused the TLS handshake: handshake_failure", failure.getMessage());
        }
    }

    @Test
    void tls_1_2_has_forward_secrecy_and_aead() throws Exception {
        try (Peer server = new Peer(socket -> {
            SSLSocket tls = serverSide(socket);
            tls.setEnabledProtocols(new String[] {"TLSv1.2"});
            tls.startHandshake();
            tls.close();
        })) {
            Connection carrier = connected(server.port());
            try (TlsConnection tls =
                    layer(TlsTrust.caFile(resource("ca.pem"))).handshake(carrier, "localhost", server.port(), soon())) {
                String suite = tls.session().getCipherSuite();
                assertTrue(suite.matches("TLS_ECDHE_.*(GCM|CHACHA20).*"), suite);
                assertEquals("TLSv1.2", tls.session().getProtocol());
            }
            server.played();
        }
    }

    @Test
    void a_server_that_speaks_another_application_protocol_only_is_refused() throws Exception {
        try (Peer server = new Peer(socket -> {
            SSLSocket tls = serverSide(socket);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            tls.setSSLParameters(parameters);
            assertThrows(IOException.class, tls::startHandshake);
        })) {
            TlsFailure failure = failure(server, layer(TlsTrust.caFile(resource("ca.pem"))));
            server.played();
            assertEquals("refused the TLS handshake: no_application_protocol", failure.getMessage());
        }
    }

    @Test
    void the_server_is_told_the_name_even_without_a_dot_but_no_address() throws Exception {
        assertEquals("localhost", nameSeen("localhost"));
        assertEquals("pop.example.org", nameSeen("pop.example.org."));
        assertEquals("", nameSeen("127.0.0.1"));
        assertEquals("", nameSeen("not_for_sni"));
    }

    @Test
    void the_second_connection_resumes_the_session_of_the_first() throws Exception {
        Counting counting = new Counting();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {counting}, null);
        TlsLayer layer = layer(TlsTrust.context(context));
        try (Pop3Server server = server(SELF_SIGNED)) {
            for (int i = 0; i < 3; i++) {
                try (TlsConnection tls = handshake(server, layer, "localhost")) {
                    assertTrue(greeting(tls).startsWith("+OK ")); // In 1.3 the ticket comes before it.
                }
            }
        }
        assertEquals(1, counting.checks.get(), "the certificate is shown and checked in a full handshake only");
    }

    // ---- what goes wrong

    @Test
    void a_server_that_does_not_speak_tls_is_told() throws Exception {
        try (Peer server = new Peer(socket -> {
            socket.getOutputStream().write("+OK ready\r\n".getBytes(StandardCharsets.US_ASCII));
            Peer.awaitEnd(socket);
        })) {
            TlsFailure failure = failure(server, layer(TRUSTED));
            server.played();
            assertEquals(Kind.NOT_TLS, failure.kind());
            assertEquals("does not speak TLS here", failure.getMessage());
        }
    }

    @Test
    void a_server_that_hangs_up_is_told() throws Exception {
        try (Peer server = new Peer(socket -> socket.getInputStream().read())) {
            TlsFailure failure = failure(server, layer(TRUSTED));
            assertEquals(Kind.LOST, failure.kind());
            assertEquals("ended the connection in the TLS handshake", failure.getMessage());
            server.played();
        }
    }

    @Test
    void a_server_that_stalls_is_left_at_the_deadline() throws Exception {
        AtomicLong now = new AtomicLong();
        Watchdog dog = new Watchdog(now::get);
        TlsLayer layer = new TlsLayer(new TlsOptions(TRUSTED, Pins.NONE), dog);
        try (Peer server = new Peer(socket -> {
            socket.getInputStream().read();
            now.addAndGet(Duration.ofSeconds(10).toNanos());
            dog.sweep();
            Peer.awaitEnd(socket);
        })) {
            Connection carrier = connected(server.port());
            Deadline deadline = Deadline.in(Duration.ofSeconds(10), now::get);
            TlsFailure failure = assertThrows(
                    TlsFailure.class, () -> layer.handshake(carrier, "localhost", server.port(), deadline));
            assertEquals(Kind.TIMED_OUT, failure.kind());
            assertFalse(carrier.isOpen());
            server.played();
        }
    }

    @Test
    void an_interrupt_ends_the_handshake() throws Exception {
        Thread self = Thread.currentThread();
        try (Peer server = new Peer(socket -> {
            socket.getInputStream().read();
            self.interrupt();
            Peer.awaitEnd(socket);
        })) {
            TlsFailure failure = failure(server, layer(TRUSTED));
            assertTrue(Thread.interrupted());
            assertEquals(Kind.INTERRUPTED, failure.kind());
            server.played();
        }
    }

    // ---- the stage

    private static TlsLayer layer(TlsTrust trust) {
        return new TlsLayer(new TlsOptions(trust, Pins.NONE));
    }

    private static Pop3Server server(ServerCertificate certificate) throws IOException {
        return Pop3Server.builder()
                .listen(Endpoint.implicitTls(0, certificate))
                .store(new MemoryMailStore())
                .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                .start();
    }

    private static TlsConnection handshake(Pop3Server server, TlsLayer layer, String host) throws IOException {
        return layer.handshake(connected(server.port()), host, server.port(), soon());
    }

    private static void assertFails(Kind kind, String message, Pop3Server server, TlsLayer layer, String host)
            throws IOException {
        Connection carrier = connected(server.port());
        TlsFailure failure =
                assertThrows(TlsFailure.class, () -> layer.handshake(carrier, host, server.port(), soon()));
        assertEquals(message, failure.getMessage());
        assertEquals(kind, failure.kind());
        assertFalse(carrier.isOpen());
    }

    private static TlsFailure failure(Peer server, TlsLayer layer) throws IOException {
        Connection carrier = connected(server.port());
        TlsFailure failure =
                assertThrows(TlsFailure.class, () -> layer.handshake(carrier, "localhost", server.port(), soon()));
        assertFalse(carrier.isOpen());
        return failure;
    }

    /** The name by which a server was asked for; empty if by none. */
    private static String nameSeen(String host) throws Exception {
        AtomicReference<String> seen = new AtomicReference<>("");
        try (Peer server = new Peer(socket -> {
            SSLSocket tls = serverSide(socket);
            tls.startHandshake();
            ((ExtendedSSLSession) tls.getSession())
                    .getRequestedServerNames()
                    .forEach(name -> seen.set(((SNIHostName) name).getAsciiName()));
            tls.close();
        })) {
            layer(TlsTrust.insecure())
                    .handshake(connected(server.port()), host, server.port(), soon())
                    .close();
            server.played();
        }
        return seen.get();
    }

    private static Connection connected(int port) throws IOException {
        return new Connector(ConnectOptions.to("127.0.0.1", port)).connect(soon());
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(30), System::nanoTime);
    }

    private static String greeting(Connection connection) throws IOException {
        ByteBuffer line = ByteBuffer.allocate(512);
        while (line.position() == 0 || line.get(line.position() - 1) != '\n') {
            if (connection.read(line) < 0) break;
        }
        return new String(line.array(), 0, line.position(), StandardCharsets.US_ASCII);
    }

    /** A server in the hands of the test, with the certificate that {@code ca.pem} issued. */
    private static SSLSocket serverSide(Socket socket) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(resource("issued.p12"))) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return (SSLSocket) context.getSocketFactory().createSocket(socket, InputStream.nullInputStream(), true);
    }

    private static ServerCertificate keystore(String name) throws Exception {
        return ServerCertificate.keystore(resource(name), PASSWORD);
    }

    private static X509Certificate certificate(String name) throws Exception {
        try (InputStream in = Files.newInputStream(resource(name))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(TlsLayerTest.class.getResource(name).toURI());
    }

    /** Trusts everybody, and counts how often it was asked. */
    private static final class Counting implements X509TrustManager {
        private final AtomicInteger checks = new AtomicInteger();

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            checks.incrementAndGet();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new AssertionError("not a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
