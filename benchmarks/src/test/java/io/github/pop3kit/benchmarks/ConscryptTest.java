package io.github.pop3kit.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerTls;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose TLS is Conscrypt's does what the JDK's does. */
@Timeout(60)
class ConscryptTest {

    private static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned("localhost");
    private static final ServerCertificate OTHER = ServerCertificate.selfSigned("pop3.example.org");

    @Test
    void a_session_is_held_and_ends_by_close_notify() throws Exception {
        try (Pop3Server server = start();
                SSLSocket client = connect(server, "localhost")) {
            client.startHandshake();
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            client.getOutputStream()
                    .write("USER mrose\r\nPASS secret\r\nRETR 1\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            for (String line : new String[] {
                "+OK pop3kit ready",
                "+OK password required",
                "+OK maildrop has 1 message (7 octets)",
                "+OK 7 octets",
                "hello",
                ".",
                "+OK pop3kit signing off",
                null
            }) {
                assertEquals(line, replies.readLine());
            }
        }
    }

    @Test
    void the_certificate_is_the_one_for_the_name() throws Exception {
        try (Pop3Server server = start();
                SSLSocket client = connect(server, "pop3.example.org")) {
            client.startHandshake();
            assertEquals(OTHER.certificate(), client.getSession().getPeerCertificates()[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void a_client_that_comes_back_resumes_its_session(String version) throws Exception {
        try (Pop3Server server = start()) {
            SSLContext context = client(Optional.empty());
            long first = greeted(context, server, version);
            assertEquals(first, greeted(context, server, version));
        }
    }

    /** When the session began that the client has, once it has the greeting, which comes behind what it resumes with. */
    private static long greeted(SSLContext context, Pop3Server server, String version) throws IOException {
        try (SSLSocket client = connect(context, server, "localhost")) {
            client.setEnabledProtocols(new String[] {version});
            client.startHandshake();
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            assertEquals("+OK pop3kit ready", replies.readLine());
            return client.getSession().getCreationTime();
        }
    }

    /** A session that is resumed is the client's whose certificate began it. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void a_client_that_comes_back_is_known_by_its_certificate(String version, @TempDir Path folder) throws Exception {
        KeyStore own = keyOf("mrose", folder);
        Authenticator byCertificate = new Authenticator() {
            @Override
            public Optional<Account> password(String user, String password) {
                return Optional.empty();
            }

            @Override
            public Optional<Account> certificate(List<X509Certificate> chain) {
                String subject = chain.get(0).getSubjectX500Principal().getName();
                return Optional.of(Account.of(subject.replace("CN=", "")));
            }

            @Override
            public Set<String> mechanisms() {
                return Set.of("EXTERNAL");
            }
        };
        ServerTls tls = ServerTls.of(CERTIFICATE)
                .withOptionalClientCertificates(List.of((X509Certificate) own.getCertificate("mrose")))
                .withProvider(Conscrypt.newProvider());
        try (Pop3Server server = start(tls, byCertificate)) {
            SSLContext mrose = client(Optional.of(own));
            long first = external(mrose, server, version, "+OK maildrop has 1 message (7 octets)");
            assertEquals(first, external(mrose, server, version, "+OK maildrop has 1 message (7 octets)"));
            SSLContext nobody = client(Optional.empty());
            long other = external(nobody, server, version, "-ERR no such SASL mechanism here");
            assertEquals(other, external(nobody, server, version, "-ERR no such SASL mechanism here"));
        }
    }

    /** What EXTERNAL is answered, and when the TLS session began. */
    private static long external(SSLContext context, Pop3Server server, String version, String answer)
            throws IOException {
        try (SSLSocket client = connect(context, server, "localhost")) {
            client.setEnabledProtocols(new String[] {version});
            client.getOutputStream().write("AUTH EXTERNAL =\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader replies =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            assertEquals("+OK pop3kit ready", replies.readLine());
            assertEquals(answer, replies.readLine());
            assertEquals("+OK pop3kit signing off", replies.readLine());
            return client.getSession().getCreationTime();
        }
    }

    /** A fresh key, whose certificate is its own authority. */
    private static KeyStore keyOf(String name, Path folder) throws Exception {
        Path file = folder.resolve("own.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        String[] options = ("-genkeypair -keyalg EC -storetype PKCS12 -storepass secret -alias " + name + " -dname CN="
                        + name)
                .split(" ");
        List<String> command = new ArrayList<>(List.of(options));
        command.add(0, keytool.toString());
        command.addAll(List.of("-keystore", file.toString()));
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertEquals(0, made.waitFor(), new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        return KeyStore.getInstance(file.toFile(), "secret".toCharArray());
    }

    /** The JDK's refuses the handshake: of all that is asked of TLS, this is missing. */
    @Test
    void an_offer_of_other_protocols_is_not_taken() throws Exception {
        try (Pop3Server server = start();
                SSLSocket client = connect(server, "localhost")) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            client.setSSLParameters(parameters);
            client.startHandshake();
            assertEquals("", client.getApplicationProtocol());
        }
    }

    @ParameterizedTest
    @CsvSource({"JSSE, TLSv1.3, true", "JSSE, TLSv1.2, true", "CONSCRYPT, TLSv1.3, true", "CONSCRYPT, TLSv1.2, true"})
    void the_benchmark_shakes_hands(Handshakes.Speaker speaker, String version, boolean resumes) throws Exception {
        Handshakes handshakes = new Handshakes();
        handshakes.server = speaker;
        handshakes.version = version;
        handshakes.resumed = true;
        handshakes.prepare();
        assertTrue(handshakes.handshake(new Handshakes.Share()).contains("_GCM_"));
        assertEquals(resumes, handshakes.isResumed());
    }

    private static Pop3Server start() throws IOException {
        return start(
                ServerTls.of(CERTIFICATE, OTHER).withProvider(Conscrypt.newProvider()),
                Authenticator.passwords(Map.of("mrose", "secret")));
    }

    private static Pop3Server start(ServerTls tls, Authenticator authenticator) throws IOException {
        MemoryMailStore store = new MemoryMailStore();
        store.deliver("mrose", "hello\r\n");
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return Pop3Server.builder()
                .listen(Endpoint.implicitTls(loopback, tls))
                .store(store)
                .authenticator(authenticator)
                .start();
    }

    private static SSLSocket connect(Pop3Server server, String name) throws Exception {
        return connect(client(Optional.empty()), server, name);
    }

    private static SSLSocket connect(SSLContext context, Pop3Server server, String name) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        return (SSLSocket) context.getSocketFactory().createSocket(socket, name, server.port(), true);
    }

    private static SSLContext client(Optional<KeyStore> own) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("one", CERTIFICATE.certificate());
        trusted.setCertificateEntry("other", OTHER.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own.orElse(null), "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
