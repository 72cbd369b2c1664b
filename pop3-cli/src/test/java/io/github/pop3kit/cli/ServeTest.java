package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.client.CredentialsRefusedException;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.Tls;
import io.github.pop3kit.client.TlsTrust;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
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
    void a_certificate_of_the_client_ca_logs_its_user_in_by_external() throws Exception {
        Files.writeString(users, "chris@example.org:{PLAIN}x\n", APPEND);
        Files.createDirectories(folder.resolve("mail/chris@example.org/new"));
        try (Serving serving = serve(
                "--listen=127.0.0.1:0",
                "--listen-tls=127.0.0.1:0",
                "--cert=" + localhost(),
                "--client-ca=" + resource("clients-ca.pem"))) {
            int stls = serving.port("STLS");
            int tls = serving.port("TLS");
            for (Pop3Client client :
                    List.of(client(stls, Tls.STLS, "mrose.p12"), client(tls, Tls.IMPLICIT, "mrose.p12"))) {
                for (String actAs : List.of("", "mrose")) {
                    try (RemoteMaildrop maildrop = client.open(Login.external(actAs))) {
                        assertEquals(1, maildrop.stat().count());
                        maildrop.quit();
                    }
                }
                assertThrows(CredentialsRefusedException.class, () -> client.open(Login.external("chris@example.org")));
            }
            // Its common name is mrose, too; but it has an address, and that is whose it is.
            try (RemoteMaildrop maildrop =
                    client(tls, Tls.IMPLICIT, "chris.p12").open(Login.external(""))) {
                assertEquals(0, maildrop.stat().count());
                maildrop.quit();
            }
            Pop3Client without = client(tls, Tls.IMPLICIT, null);
            assertThrows(NotOfferedException.class, () -> without.open(Login.external("")));
            without.open(Login.password("mrose", "a secret")).quit();
        }
    }

    @Test
    void a_certificate_of_a_master_opens_the_maildrop_of_another_user_unless_that_one_is_barred() throws Exception {
        Files.writeString(users, "chris@example.org:{PLAIN}x\ngone:{PLAIN}x::::::nologin\n", APPEND);
        for (String user : List.of("chris@example.org", "gone")) {
            Files.createDirectories(folder.resolve("mail/" + user + "/new"));
        }
        try (Serving serving = serve(
                "--listen-tls=127.0.0.1:0",
                "--cert=" + localhost(),
                "--client-ca=" + resource("clients-ca.pem"),
                "--master=mrose")) {
            int tls = serving.port("TLS");
            Pop3Client master = client(tls, Tls.IMPLICIT, "mrose.p12");
            Pop3Client other = client(tls, Tls.IMPLICIT, "chris.p12");
            try (RemoteMaildrop maildrop = master.open(Login.external("chris@example.org"))) {
                assertEquals(0, maildrop.stat().count());
                maildrop.quit();
            }
            assertThrows(CredentialsRefusedException.class, () -> master.open(Login.external("gone")));
            assertThrows(CredentialsRefusedException.class, () -> other.open(Login.external("mrose")));
            Files.writeString(users, "mrose:{PLAIN}a secret::::::nologin\n");
            assertThrows(CredentialsRefusedException.class, () -> master.open(Login.external("")));
            assertThrows(CredentialsRefusedException.class, () -> other.open(Login.external("")), "not there any more");
        }
    }

    private static Pop3Client client(int port, Tls tls, @Nullable String keys) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        char[] password = "geheim".toCharArray();
        if (keys == null) {
            store.load(null, null);
        } else {
            try (InputStream in = Files.newInputStream(resource(keys))) {
                store.load(in, password);
            }
        }
        own.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), new TrustManager[] {new Seen(new AtomicReference<>())}, null);
        return Pop3Client.builder("localhost")
                .port(port)
                .tls(tls)
                .trust(TlsTrust.contextForAnyHost(context))
                .build();
    }

    @Test
    void a_master_opens_the_maildrop_of_another_user() throws IOException {
        Files.writeString(users, "chief:{PLAIN}boss\n", APPEND);
        Files.createDirectories(folder.resolve("mail/chief/new"));
        try (Serving serving = serve("--listen=127.0.0.1:0", "--allow-cleartext-login", "--master=chief")) {
            int port = serving.port("no TLS");
            Serving.plays(port, plain("mrose", "chief", "boss") + "S: +OK …\nC: STAT\nS: +OK 1 19\n");
            Serving.plays(port, plain("", "chief", "boss") + "S: +OK …\nC: STAT\nS: +OK 0 0\n");
            Serving.plays(port, plain("nobody", "chief", "boss") + "S: -ERR [AUTH] authentication failed\n");
            Serving.plays(port, plain("chief", "mrose", "a secret") + "S: -ERR [AUTH] authentication failed\n");
        }
    }

    private static String plain(String actAs, String user, String password) {
        byte[] message = (actAs + "\0" + user + "\0" + password).getBytes(UTF_8);
        return "S: +OK …\nC: AUTH PLAIN " + Base64.getEncoder().encodeToString(message) + "\n";
    }

    @Test
    void logins_are_remembered_until_the_users_change() throws IOException {
        try (Serving serving = serve("--listen=127.0.0.1:0", "--allow-cleartext-login", "--remember-logins=10m")) {
            int port = serving.port("no TLS");
            String login = "S: +OK …\nC: USER mrose\nS: +OK …\nC: PASS a secret\n";
            Serving.plays(port, login + "S: +OK …\nC: QUIT\nS: +OK …\n");
            Serving.plays(port, login + "S: +OK …\nC: QUIT\nS: +OK …\n");
            Files.writeString(users, "mrose:{PLAIN}changed since\n");
            Serving.plays(port, login + "S: -ERR [AUTH] …\n");
        }
    }

    @Test
    void with_utf8_a_header_beyond_ascii_is_for_those_who_ask() throws IOException {
        Files.writeString(folder.resolve(MESSAGE), "Subject: gr\u00FC\u00DFe\n\n1\n");
        String login = "C: USER mrose\nS: +OK …\nC: PASS a secret\nS: +OK …\nC: RETR 1\n";
        String quit = "C: QUIT\nS: +OK …\n";
        try (Serving serving = serve("--listen=127.0.0.1:0", "--allow-cleartext-login", "--utf8")) {
            int port = serving.port("no TLS");
            Serving.plays(port, "S: +OK …\n" + login + "S: -ERR [UTF8] …\n" + quit);
            Serving.plays(
                    port,
                    "S: +OK …\nC: UTF8\nS: +OK …\nC: LANG *\nS: +OK en …\n" + login + "S: +OK …\n"
                            + "S: Subject: gr\\xC3\\xBC\\xC3\\x9Fe\nS:\nS: 1\nS: .\n" + quit);
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

    /** Nobody waits after a login that was refused. */
    private Serving serve(String... options) throws IOException {
        List<String> all = new ArrayList<>(Arrays.asList(options));
        all.addAll(List.of("--store", "maildir:" + folder.resolve("mail") + "/{user}", "--users", users.toString()));
        all.addAll(List.of("--limit=login-failure-delay=0", "--limit=login-penalty=0"));
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
