package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.SaslBase64;
import io.github.pop3kit.protocol.sasl.ScramClient;
import io.github.pop3kit.protocol.sasl.ScramHash;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** STLS (RFC 2595 section 4) and implicit TLS (RFC 8314 section 3.2). */
@Timeout(30)
class TlsTest {

    private static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned("localhost", "127.0.0.1");

    private Pop3Server server;

    @BeforeEach
    void start() throws IOException {
        MemoryMailStore store = new MemoryMailStore();
        store.deliver("mrose", "hello\r\n");
        server = Pop3Server.builder()
                .listen(Endpoint.stls(0, CERTIFICATE))
                .listen(Endpoint.implicitTls(0, CERTIFICATE))
                .store(store)
                .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void over_implicit_tls_a_password_is_accepted_and_stls_is_not() throws Exception {
        try (Client client = new Client(tls(connect(1)))) {
            client.expects("+OK pop3kit ready");
            client.says("STLS").expects("-ERR TLS is active already");
            client.says("CAPA").expects("+OK capability list follows");
            assertEquals(
                    List.of(
                            "TOP",
                            "UIDL",
                            "RESP-CODES",
                            "AUTH-RESP-CODE",
                            "PIPELINING",
                            "USER",
                            "SASL SCRAM-SHA-512-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS"
                                    + " SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN",
                            "IMPLEMENTATION pop3kit"),
                    client.listing());
            client.says("USER mrose").expects("+OK password required");
            client.says("PASS a secret").expects("+OK maildrop has 1 message (7 octets)");
            client.says("RETR 1").expects("+OK 7 octets");
            assertEquals(List.of("hello"), client.listing());
            client.says("QUIT").expects("+OK pop3kit signing off");
            assertEquals(null, client.reader.readLine(), "ended by close_notify, not by a cut");
        }
    }

    @Test
    void after_stls_there_is_no_second_greeting_and_nothing_is_remembered() throws Exception {
        Socket plain = connect(0);
        Client clear = new Client(plain);
        clear.expects("+OK pop3kit ready");
        clear.says("USER mrose").expects("-ERR passwords are accepted over TLS only");
        clear.says("STLS").expects("+OK begin TLS negotiation");
        try (Client client = new Client(tls(plain))) {
            client.says("PASS a secret").expects("-ERR USER comes first");
            client.says("CAPA").expects("+OK capability list follows");
            assertTrue(client.listing().contains("USER"));
            client.says("USER mrose").expects("+OK password required");
            client.says("PASS a secret").expects("+OK maildrop has 1 message (7 octets)");
            client.says("STLS").expects("-ERR not available after login");
        }
    }

    @Test
    void stls_brings_no_guesses_more() throws Exception {
        ServerLimits quick =
                ServerLimits.defaults().with("login-failure-delay", "0").with("login-penalty", "0");
        try (Pop3Server lax = Pop3Server.builder()
                .listen(Endpoint.stls(0, CERTIFICATE))
                .store(new MemoryMailStore())
                .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                .allowCleartextLogin()
                .limits(quick)
                .start()) {
            Socket plain = new Socket(InetAddress.getLoopbackAddress(), lax.port());
            Client clear = new Client(plain);
            clear.expects("+OK pop3kit ready");
            for (int guess = 1; guess <= 2; guess++) {
                clear.says("USER mrose").expects("+OK password required");
                clear.says("PASS guess").expects("-ERR [AUTH] authentication failed");
            }
            clear.says("STLS").expects("+OK begin TLS negotiation");
            try (Client client = new Client(tls(plain))) {
                client.says("USER mrose").expects("+OK password required");
                client.says("PASS guess").expects("-ERR [AUTH] authentication failed");
                assertEquals(null, client.reader.readLine(), "three in all");
            }
        }
    }

    @Test
    void stls_does_not_come_behind_utf8() throws Exception {
        try (Pop3Server utf8 = Pop3Server.builder()
                .listen(Endpoint.stls(0, CERTIFICATE))
                .store(new MemoryMailStore())
                .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                .utf8()
                .start()) {
            Socket plain = new Socket(InetAddress.getLoopbackAddress(), utf8.port());
            try (Client clear = new Client(plain)) {
                clear.expects("+OK pop3kit ready");
                clear.says("UTF8").expects("+OK UTF8 enabled");
                clear.says("STLS").expects("-ERR STLS comes before UTF8");
                clear.says("QUIT").expects("+OK pop3kit signing off");
            }
            Socket other = new Socket(InetAddress.getLoopbackAddress(), utf8.port());
            Client again = new Client(other);
            again.expects("+OK pop3kit ready");
            again.says("STLS").expects("+OK begin TLS negotiation");
            try (Client client = new Client(tls(other))) {
                client.says("UTF8").expects("+OK UTF8 enabled");
            }
        }
    }

    /** Clients that know one type of binding and not the other. */
    @Test
    void scram_binds_to_each_type_by_itself() throws Exception {
        boolean exports = Arrays.stream(ExtendedSSLSession.class.getMethods())
                .anyMatch(method -> method.getName().equals("exportKeyingMaterialData"));
        for (String type : List.of(ChannelBinding.END_POINT, ChannelBinding.EXPORTER)) {
            SSLSocket socket = tls(connect(1));
            Optional<ChannelBinding> binding = ChannelBinding.of(socket.getSession(), false).stream()
                    .filter(known -> known.type().equals(type))
                    .findFirst();
            assertEquals(exports || type.equals(ChannelBinding.END_POINT), binding.isPresent(), type);
            if (binding.isEmpty()) continue;
            ScramClient scram = new ScramClient(ScramHash.SHA_256, binding.get(), true, "", "mrose", "a secret");
            try (Client client = new Client(socket)) {
                client.expects("+OK pop3kit ready");
                client.says("AUTH SCRAM-SHA-256-PLUS " + SaslBase64.encode(scram.first()));
                client.says(SaslBase64.encode(scram.answer(client.challenge()).orElseThrow()));
                assertTrue(scram.answer(client.challenge()).isPresent(), "the server knows the password");
                client.says("").expects("+OK maildrop has 1 message (7 octets)");
            }
        }
    }

    /** Somebody in between who has another TLS connection to each of the two. */
    @Test
    void scram_that_is_bound_to_another_connection_is_refused() throws Exception {
        ChannelBinding elsewhere = new ChannelBinding(ChannelBinding.END_POINT, new byte[32]);
        ScramClient scram = new ScramClient(ScramHash.SHA_256, elsewhere, true, "", "mrose", "a secret");
        try (Client client = new Client(tls(connect(1)))) {
            client.expects("+OK pop3kit ready");
            client.says("AUTH SCRAM-SHA-256-PLUS " + SaslBase64.encode(scram.first()));
            client.says(SaslBase64.encode(scram.answer(client.challenge()).orElseThrow()));
            client.expects("-ERR [AUTH] authentication failed");
        }
    }

    @Test
    void octets_behind_stls_end_the_session_without_a_reply() throws Exception {
        try (Client client = new Client(connect(0))) {
            client.expects("+OK pop3kit ready");
            client.says("STLS\r\nUSER mrose");
            assertEquals(null, client.reader.readLine());
        }
    }

    @Test
    void tls_older_than_1_2_and_ciphers_without_forward_secrecy_are_refused() throws Exception {
        SSLSocket old = tls(connect(1), false);
        old.setEnabledCipherSuites(new String[] {"TLS_RSA_WITH_AES_128_GCM_SHA256"});
        old.setEnabledProtocols(new String[] {"TLSv1.2"});
        assertThrows(SSLException.class, old::startHandshake);
        SSLSocket good = tls(connect(1), false);
        good.setEnabledProtocols(new String[] {"TLSv1.2"});
        good.startHandshake();
        assertTrue(good.getSession().getCipherSuite().startsWith("TLS_ECDHE_"));
        good.close();
    }

    @Test
    void a_client_that_offers_alpn_must_offer_pop3() throws Exception {
        SSLSocket http = tls(connect(1), false);
        offer(http, "http/1.1");
        assertThrows(SSLException.class, http::startHandshake);
        SSLSocket pop3 = tls(connect(1), false);
        offer(pop3, "pop3");
        pop3.startHandshake();
        assertEquals("pop3", pop3.getApplicationProtocol());
        pop3.close();
    }

    @Test
    void a_client_that_says_it_falls_back_is_refused() throws Exception {
        byte[] inappropriateFallback = {21, 3, 3, 0, 2, 2, 86};
        assertArrayEquals(inappropriateFallback, Arrays.copyOf(answerTo(hello("C02B5600", "")), 7));
        assertArrayEquals(inappropriateFallback, Arrays.copyOf(answerTo(hello("C02B5600", "002B0003020303")), 7));
        byte handshake = 22;
        assertEquals(handshake, answerTo(hello("C02B", ""))[0], "TLS 1.2 alone is no fallback");
        assertEquals(handshake, answerTo(hello("13015600", "002B0003020304"))[0], "it speaks the newest");
    }

    @Test
    void a_client_hello_has_at_most_16_kib() throws Exception {
        byte[] decodeError = {21, 3, 3, 0, 2, 2, 50};
        byte[] announced = HexFormat.of().parseHex("16030100080100400100000000");
        assertArrayEquals(decodeError, Arrays.copyOf(answerTo(announced), 7));
    }

    @Test
    void a_client_hello_that_is_none_is_the_jdks_to_refuse() throws Exception {
        byte[] whole = hello("C02B5600", "002B0003020303");
        for (int length = 0; length < whole.length; length++) {
            byte[] broken = Arrays.copyOf(whole, length);
            if (length > 5) broken[4] = (byte) (length - 5);
            byte[] answer = answerTo(broken);
            assertTrue(
                    answer.length == 0 || answer[0] == 21,
                    length + " octets: " + HexFormat.of().formatHex(answer));
        }
    }

    /** A ClientHello of TLS 1.2 with these suites, and these extensions behind groups and signature algorithms. */
    private static byte[] hello(String suites, String more) {
        String extensions = "000A00060004001D0017" + "000D000400020403" + more
                + (more.endsWith("0304") ? "00330026" + "0024001D0020" + "09".repeat(32) : "");
        String body = "0303" + "07".repeat(32) + "00" + vector(suites) + "0100" + vector(extensions);
        String handshake = "0100" + vector(body);
        return HexFormat.of().parseHex("160301" + vector(handshake));
    }

    private static String vector(String hex) {
        return String.format("%04X", hex.length() / 2) + hex;
    }

    /** All that comes of the server after octets behind which nothing follows. */
    private byte[] answerTo(byte[] octets) throws IOException {
        try (Socket client = connect(1)) {
            client.getOutputStream().write(octets);
            client.shutdownOutput();
            return client.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    @Test
    void a_handshake_that_fails_costs_only_its_own_session() throws Exception {
        try (Socket garbage = connect(1)) {
            garbage.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            garbage.getInputStream().readAllBytes();
        }
        try (Client client = new Client(tls(connect(1)))) {
            client.expects("+OK pop3kit ready");
        }
    }

    private Socket connect(int endpoint) throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(),
                server.addresses().get(endpoint).getPort());
    }

    private static void offer(SSLSocket socket, String protocol) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
    }

    private static SSLSocket tls(Socket plain) throws Exception {
        return tls(plain, true);
    }

    /** As a client that trusts the certificate and checks that it is localhost's. */
    private static SSLSocket tls(Socket plain, boolean handshake) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", CERTIFICATE.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        if (handshake) socket.startHandshake();
        return socket;
    }

    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader reader;

        Client(Socket socket) throws IOException {
            this.socket = socket;
            InputStream in = socket.getInputStream();
            this.reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1));
        }

        Client says(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        void expects(String line) throws IOException {
            assertEquals(line, reader.readLine());
        }

        byte[] challenge() throws IOException {
            String line = reader.readLine();
            assertTrue(line.startsWith("+ "), line);
            return SaslBase64.decode(line.substring(2)).orElseThrow();
        }

        List<String> listing() {
            return reader.lines().takeWhile(line -> !line.equals(".")).toList();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
