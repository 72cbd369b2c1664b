package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ServeTest {

    private static final String MESSAGE = "mail/mrose/new/1791234567.M1P1.host";

    @TempDir
    Path folder;

    private Path users;

    @BeforeEach
    void write() throws IOException {
        users = Files.writeString(folder.resolve("users"), "mrose:{PLAIN}a secret\n");
        Files.createDirectories(folder.resolve("mail/mrose/new"));
        Files.writeString(folder.resolve(MESSAGE), "Subject: one\n\n1\n");
    }

    @Test
    void the_maildir_of_each_user_is_served_where_the_options_say() throws IOException {
        try (Serving serving = serve("--listen=127.0.0.1:0", "--allow-cleartext-login")) {
            Serving.plays(serving.port("no TLS"), """
                    S: +OK pop3kit ready
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: +OK …
                    C: LIST
                    S: +OK …
                    S: 1 19
                    S: .
                    C: DELE 1
                    S: +OK …
                    C: QUIT
                    S: +OK …
                    S closes
                    """);
            assertFalse(Files.exists(folder.resolve(MESSAGE)));
            assertEquals(0, serving.stop());
        }
    }

    @Test
    void without_allow_cleartext_login_a_password_is_refused_before_tls_on_loopback_too() throws Exception {
        try (Serving serving = serve(
                "--listen=127.0.0.1:0",
                "--listen-tls=[::1]:0",
                "--cert",
                localhost().toString())) {
            int port = serving.port("STLS");
            serving.port("TLS");
            Serving.plays(port, """
                    S: +OK …
                    C: USER mrose
                    S: -ERR …
                    C: PASS a secret
                    S: -ERR …
                    C: AUTH PLAIN
                    S: -ERR …
                    C: STLS
                    S: +OK …
                    """);
        }
    }

    @Test
    void with_a_certificate_cleartext_can_still_be_allowed() throws Exception {
        try (Serving serving = serve(
                "--listen=127.0.0.1:0",
                "--allow-cleartext-login",
                "--cert",
                localhost().toString())) {
            Serving.plays(serving.port("STLS"), """
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: +OK …
                    """);
        }
    }

    /** Made by {@code openssl req -x509 -newkey ec -passout pass:geheim}. */
    @Test
    void a_second_certificate_with_an_encrypted_key_is_for_those_who_ask_for_its_name() throws Exception {
        Path password = Files.writeString(folder.resolve("key-password"), "geheim\n");
        try (Serving serving = serve(
                "--listen-tls=127.0.0.1:0",
                "--cert=" + localhost(),
                "--cert=" + resource("two-encrypted.pem"),
                "--key-password-file=" + password)) {
            int port = serving.port("TLS");
            assertEquals("CN=localhost", shown(port, "localhost"));
            assertEquals("CN=two.example", shown(port, "two.example"));
        }
    }

    /** The subject of the certificate that a client gets which asks for this host. */
    private static String shown(int port, String host) throws Exception {
        AtomicReference<String> subject = new AtomicReference<>();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Seen(subject)}, null);
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(host)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
        }
        return subject.get();
    }

    /** Trusts everybody and notes whom. */
    private static final class Seen extends X509ExtendedTrustManager {
        private final AtomicReference<String> subject;

        Seen(AtomicReference<String> subject) {
            this.subject = subject;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keys, Socket socket) {
            subject.set(chain[0].getSubjectX500Principal().getName());
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keys, SSLEngine engine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keys) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keys, Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keys, SSLEngine engine) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keys) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void greeting_and_limits_are_what_the_options_say() throws IOException {
        try (Serving serving = serve(
                "--listen=127.0.0.1:0",
                "--allow-cleartext-login",
                "--greeting=QPOP (version 2.4) at pop.foo.bar starting.",
                "--limit=login-failures=1",
                "--limit=expire=never")) {
            Serving.plays(serving.port("no TLS"), """
                    S: +OK QPOP (version 2.4) at pop.foo.bar starting.
                    C: CAPA
                    S: +OK …
                    S: TOP
                    S: UIDL
                    S: RESP-CODES
                    S: AUTH-RESP-CODE
                    S: PIPELINING
                    S: USER
                    S: SASL SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN
                    S: EXPIRE NEVER
                    S: IMPLEMENTATION pop3kit
                    S: .
                    C: USER mrose
                    S: +OK …
                    C: PASS secret
                    S: -ERR [AUTH] …
                    S closes
                    """);
        }
    }

    @Test
    void nothing_is_said_before_all_listeners_are_bound_and_nothing_stays_bound_if_one_is_not() throws IOException {
        try (Serving first = serve("--listen=127.0.0.1:0", "--allow-cleartext-login")) {
            int taken = first.port("no TLS");
            try (Serving second =
                    serve("--listen=127.0.0.1:0", "--listen=127.0.0.1:" + taken, "--allow-cleartext-login")) {
                assertThrows(AssertionError.class, second::line);
                assertEquals(1, second.stop());
            }
        }
    }

    private Serving serve(String... options) throws IOException {
        List<String> all = new ArrayList<>(Arrays.asList(options));
        all.addAll(List.of("--store", "maildir:" + folder.resolve("mail") + "/{user}", "--users", users.toString()));
        return Serving.with(all.toArray(String[]::new));
    }

    /** A certificate for localhost and its key. */
    private static Path localhost() throws URISyntaxException {
        return resource("localhost.pem");
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(ServeTest.class.getResource(name).toURI());
    }
}
