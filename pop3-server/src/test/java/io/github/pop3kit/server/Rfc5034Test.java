package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.ScramClient;
import io.github.pop3kit.protocol.sasl.ScramHash;
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
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sentences of RFC 5034, of RFC 5802 about channel bindings and of RFC 8314 about certificates of clients, that no other test shows. */
class Rfc5034Test {

    private final Played server = Played.with();

    /** Section 4: "After a successful AUTH command completes, a server MUST reject any further AUTH commands with an -ERR". */
    @Test
    void after_a_login_there_is_no_other() {
        server.plays("S: +OK …\nC: AUTH PLAIN " + base64("\0mrose\0a secret") + "\nS: +OK …\n" + """
                C: AUTH PLAIN
                S: -ERR not available after login
                C: USER mrose
                S: -ERR not available after login
                """);
    }

    /** Section 4: after a failed AUTH "the server MUST behave as if the client had not issued the AUTH command". */
    @Test
    void an_auth_that_failed_was_never_there() {
        server.plays("""
                S: +OK …
                C: USER mrose
                S: +OK …
                C: AUTH PLAIN
                S: +\\x20
                C: *
                S: -ERR …
                C: PASS a secret
                S: +OK …
                """);
        server.plays("S: +OK …\nC: AUTH PLAIN " + base64("\0mrose\0wrong") + "\nS: -ERR [AUTH] …\n"
                + "C: AUTH LOGIN\nS: + …\nC: bXJvc2U=\nS: + …\nC: " + base64("a secret") + "\nS: +OK …\n");
    }

    /** Section 4: no character outside the alphabet, and no pad but at the end. */
    @ParameterizedTest
    @ValueSource(strings = {"=AAA", "AAA=BBB", "AAAA=", "AA", "AAAA AAAA", "AA-_", "AAA\u00E9"})
    void what_is_not_base64_is_refused(String response) {
        server.plays("S: +OK …\nC: AUTH PLAIN\nS: +\\x20\nC: " + response + "\nS: -ERR not in base64\n");
    }

    /** Section 5: names of mechanisms in any letter case. */
    @Test
    void mechanisms_are_named_in_any_letter_case() {
        server.plays("S: +OK …\nC: AuTh pLaIn " + base64("\0mrose\0a secret") + "\nS: +OK …\n");
    }

    /** Section 4: where "preparation of the authorization identity fails or results in an empty string", so does the login. */
    @ParameterizedTest
    @ValueSource(strings = {"\u00AD", "mrose\u0007", "\u06271"})
    void an_authorization_identity_that_is_none_is_refused(String actAs) {
        Authenticator anybody = new Authenticator() {
            @Override
            public Optional<Account> password(String user, String password) {
                return Optional.of(Account.of(user));
            }

            @Override
            public Optional<Account> actAs(Account user, String other) {
                return Optional.of(Account.of(other));
            }
        };
        server.configured(builder -> builder.authenticator(anybody))
                .plays("S: +OK …\nC: AUTH PLAIN " + base64(actAs + "\0mrose\0a secret") + "\nS: -ERR [AUTH] …\n"
                        + "C: AUTH PLAIN " + base64("m\u00ADrose\0mrose\0a secret") + "\nS: +OK …\n");
    }

    /** RFC 4616 section 2: where preparing a name or a password "fails or results in an empty string, verification SHALL fail". */
    @ParameterizedTest
    @ValueSource(strings = {"\u00AD", "\u200B\u00AD\u2060x\u0007"})
    void a_name_or_password_of_which_nothing_is_left_is_refused_before_anybody_is_asked(String nothing) {
        Played nobodyAsked = server.configured(builder -> builder.authenticator((user, password) -> {
            throw new AssertionError("the authenticator was asked");
        }));
        nobodyAsked.plays("S: +OK …\nC: AUTH PLAIN " + base64("\0mrose\0" + nothing) + "\nS: -ERR [AUTH] …\n"
                + "C: AUTH PLAIN " + base64("\0" + nothing + "\0a secret") + "\nS: -ERR [AUTH] …\n");
        nobodyAsked.plays("S: +OK …\nC: AUTH LOGIN " + base64("mrose") + "\nS: + …\nC: " + base64(nothing)
                + "\nS: -ERR [AUTH] …\nC: USER mrose\nS: +OK …\nC: PASS\\x20\nS: -ERR [AUTH] …\n");
    }

    /**
     * RFC 5802 section 6: a client that could bind and was shown no -PLUS says "y", and where the server did show it "it MUST fail
     * authentication", for somebody took it away; so does a flag of the other kind of mechanism, and what is bound to something else.
     */
    @Test
    @Timeout(60)
    void what_scram_says_of_its_binding_has_to_fit_the_connection() throws Exception {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        Pop3Server.Builder over = Pop3Server.builder()
                .listen(Endpoint.implicitTls(0, certificate))
                .store(new MemoryMailStore())
                .limits(ServerLimits.defaults().with("login-failure-delay", "0").with("login-penalty", "0"))
                .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")));
        try (Pop3Server running = over.start();
                Line line = new Line(running, certificate, Optional.empty())) {
            for (String misfit : List.of(
                    "SCRAM-SHA-256 y,,",
                    "SCRAM-SHA-256 p=tls-server-end-point,,",
                    "SCRAM-SHA-256-PLUS n,,",
                    "SCRAM-SHA-256-PLUS y,,",
                    "SCRAM-SHA-256-PLUS p=tls-unique,,")) {
                String mechanism = misfit.substring(0, misfit.indexOf(' '));
                String first = misfit.substring(misfit.indexOf(' ') + 1) + "n=mrose,r=abc";
                assertEquals(
                        "-ERR not a message of SCRAM, or its channel binding does not fit",
                        line.ask("AUTH " + mechanism + " " + base64(first)));
            }
            ChannelBinding forged = new ChannelBinding(ChannelBinding.END_POINT, new byte[32]);
            assertEquals("-ERR [AUTH] authentication failed", line.scram(forged, false));
            assertEquals("+OK maildrop has 0 messages (0 octets)", line.scram(null, false));
        }
        over.store(new MemoryMailStore()).mechanisms("-SCRAM-SHA-256-PLUS", "-SCRAM-SHA-1-PLUS", "-SCRAM-SHA-512-PLUS");
        try (Pop3Server running = over.start();
                Line line = new Line(running, certificate, Optional.empty())) {
            assertEquals("+OK maildrop has 0 messages (0 octets)", line.scram(null, true), "nobody took it away");
        }
    }

    /**
     * RFC 8314 section 3.1: the session begins in AUTHORIZATION "even if a client certificate was supplied"; section 4.2: who accepts
     * certificates "MUST enable the SASL EXTERNAL mechanism".
     */
    @Test
    @Timeout(60)
    void a_certificate_logs_nobody_in_before_external_is_asked_for() throws Exception {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        SelfSigned client = SelfSigned.create("mrose");
        Authenticator byCertificate = new Authenticator() {
            @Override
            public Optional<Account> password(String user, String password) {
                return Optional.empty();
            }

            @Override
            public Optional<Account> certificate(List<X509Certificate> chain) {
                return Optional.of(Account.of(
                        chain.get(0).getSubjectX500Principal().getName().replace("CN=", "")));
            }

            @Override
            public Set<String> mechanisms() {
                return Set.of("EXTERNAL");
            }
        };
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ServerTls tls = ServerTls.of(certificate).withOptionalClientCertificates(List.of(client.certificate()));
        MemoryMailStore store = new MemoryMailStore();
        store.deliver("mrose", "hello\r\n");
        try (Pop3Server running = Pop3Server.builder()
                .listen(Endpoint.implicitTls(loopback, tls))
                .store(store)
                .authenticator(byCertificate)
                .start()) {
            try (Line line = new Line(running, certificate, Optional.of(client))) {
                assertEquals("-ERR not available before login", line.ask("STAT"));
                assertEquals("+OK SASL mechanisms follow", line.ask("AUTH"));
                assertEquals("EXTERNAL", line.replies.readLine());
                assertEquals(".", line.replies.readLine());
                assertEquals("-ERR [AUTH] authentication failed", line.ask("AUTH EXTERNAL " + base64("somebody.else")));
                assertEquals("+OK maildrop has 1 message (7 octets)", line.ask("AUTH EXTERNAL ="));
            }
            try (Line line = new Line(running, certificate, Optional.empty())) {
                assertEquals("-ERR no such SASL mechanism here", line.ask("AUTH EXTERNAL ="));
            }
        }
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    /** A client over TLS that has read the greeting. */
    private static final class Line implements AutoCloseable {

        private final SSLSocket socket;
        private final BufferedReader replies;

        Line(Pop3Server server, ServerCertificate trusted, Optional<SelfSigned> own) throws Exception {
            KeyStore known = KeyStore.getInstance("JKS");
            known.load(null, null);
            known.setCertificateEntry("server", trusted.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(known);
            KeyStore keys = KeyStore.getInstance("JKS");
            keys.load(null, null);
            if (own.isPresent()) {
                Certificate[] chain = {own.get().certificate()};
                keys.setKeyEntry("own", own.get().keys().getPrivate(), new char[0], chain);
            }
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(keys, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
            Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", server.port(), true);
            replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertEquals("+OK pop3kit ready", replies.readLine());
        }

        String ask(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return replies.readLine();
        }

        /** Logs mrose in by SCRAM-SHA-256, and returns the last reply. */
        String scram(@Nullable ChannelBinding binding, boolean couldBind) throws IOException {
            ScramHash hash = ScramHash.SHA_256;
            ScramClient client = new ScramClient(hash, binding, couldBind, "", "mrose", "a secret");
            String mechanism = binding == null ? hash.mechanism() : hash.plus();
            String challenge = ask("AUTH " + mechanism + " " + base64(client.first()));
            String reply = ask(base64(client.answer(octets(challenge)).orElseThrow()));
            if (!reply.startsWith("+ ")) return reply;
            return ask(base64(client.answer(octets(reply)).orElseThrow()));
        }

        private static byte[] octets(String challenge) {
            return Base64.getDecoder().decode(challenge.substring("+ ".length()));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
