package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerLimits;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.auth.DigestResponse;
import io.github.pop3kit.server.auth.ScramKeys;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Client and server log in with each other by every mechanism, and nothing of it shows in their logs. */
class LoginAtServerTest {

    private static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned("localhost");
    private static final String PASSWORD = "hunter2 is secret";
    private static final String WRONG = "swordfish";
    private static final String DIGEST = "c4c9334bac560ecc979e58001b3e22fb";
    private static final String NONCE = "fyko+d2lbbFgONRv9qkxdawL";
    private static final String TOKEN = "dG9rZW4.of-mrose";
    private static final String OLD_TOKEN = "b2xkLXRva2Vu.expired";

    private static final Authenticator ALL = new Authenticator() {
        private final Authenticator passwords = Authenticator.passwords(Map.of("mrose", PASSWORD));

        @Override
        public Optional<Account> password(String user, String password) throws IOException {
            return passwords.password(user, password);
        }

        @Override
        public Optional<ScramKeys> scram(String mechanism, String user) throws IOException {
            return passwords.scram(mechanism, user);
        }

        @Override
        public Optional<Account> digest(DigestResponse response) throws IOException {
            return passwords.digest(response);
        }

        @Override
        public Optional<Account> token(String user, String token) {
            return user.equals("mrose") && token.equals(TOKEN) ? Optional.of(Account.of(user)) : Optional.empty();
        }

        @Override
        public Set<String> mechanisms() {
            Set<String> all = new HashSet<>(passwords.mechanisms());
            all.addAll(List.of("OAUTHBEARER", "XOAUTH2"));
            return all;
        }
    };

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.pop3kit");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final MemoryMailStore store = new MemoryMailStore();

    @BeforeEach
    void listen() {
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.TRACE);
        logger.setAdditive(false);
        store.deliver("mrose", "Subject: hello\n\nHi!\n");
    }

    @AfterEach
    void forget() {
        logger.detachAppender(log);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    private Pop3Server server(String... mechanisms) throws IOException {
        return Pop3Server.builder()
                .listen(Endpoint.stls(0, CERTIFICATE))
                .listen(Endpoint.implicitTls(0, CERTIFICATE))
                .store(store)
                .authenticator(ALL)
                .mechanisms(mechanisms)
                .limits(ServerLimits.defaults().with("login-failure-delay", "0").with("login-penalty", "0"))
                .allowCleartextLogin()
                .start();
    }

    private static Pop3Client client(Pop3Server server, Tls tls) {
        int port = server.addresses().get(tls == Tls.IMPLICIT ? 1 : 0).getPort();
        return Pop3Client.builder("localhost")
                .port(port)
                .tls(tls)
                .trust(TlsTrust.certificates(CERTIFICATE.certificate()))
                .build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SCRAM-SHA-512-PLUS",
                "SCRAM-SHA-256-PLUS",
                "SCRAM-SHA-1-PLUS",
                "SCRAM-SHA-512",
                "SCRAM-SHA-256",
                "SCRAM-SHA-1",
                "CRAM-MD5",
                "PLAIN",
                "LOGIN",
                "USER",
                "APOP"
            })
    void a_password_goes_by_each_mechanism(String mechanism) throws IOException {
        try (Pop3Server server = server("+CRAM-MD5", "+APOP")) {
            for (Tls tls : List.of(Tls.IMPLICIT, Tls.STLS)) {
                try (RemoteMaildrop maildrop = client(server, tls)
                        .open(Login.password("mrose", PASSWORD).only(mechanism))) {
                    assertEquals(1, maildrop.stat().count());
                    maildrop.quit();
                }
                assertEquals(mechanism.equals("USER") ? "PLAIN" : mechanism, lastMethod());
            }
            Login wrong = Login.password("mrose", WRONG).only(mechanism);
            assertThrows(
                    CredentialsRefusedException.class,
                    () -> client(server, Tls.IMPLICIT).open(wrong));
            Login nobody = Login.password("nobody", PASSWORD).only(mechanism);
            assertThrows(
                    CredentialsRefusedException.class,
                    () -> client(server, Tls.IMPLICIT).open(nobody));
        }
        assertNoSecrets();
    }

    @Test
    void the_strongest_is_taken_that_both_sides_and_the_caller_allow() throws IOException {
        Login.Password login = Login.password("mrose", PASSWORD);
        try (Pop3Server server = server("+CRAM-MD5", "+APOP")) {
            logsInBy("SCRAM-SHA-512-PLUS", server, login);
            logsInBy("SCRAM-SHA-1-PLUS", server, login.only("SCRAM-SHA-1-PLUS", "SCRAM-SHA-512", "PLAIN"));
            logsInBy("SCRAM-SHA-256", server, login.only("SCRAM-SHA-1", "SCRAM-SHA-256", "CRAM-MD5", "PLAIN"));
            logsInBy("CRAM-MD5", server, login.only("USER", "CRAM-MD5", "PLAIN", "APOP"));
        }
        try (Pop3Server server = server("SCRAM-SHA-256", "PLAIN", "LOGIN")) {
            logsInBy("SCRAM-SHA-256", server, login);
        }
        try (Pop3Server server = server("LOGIN", "CRAM-MD5")) {
            logsInBy("LOGIN", server, login);
        }
    }

    private void logsInBy(String mechanism, Pop3Server server, Login login) throws IOException {
        client(server, Tls.IMPLICIT).open(login).quit();
        assertEquals(mechanism, lastMethod());
    }

    /** As the server's log has it. */
    private String lastMethod() {
        return log.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains("Login: user=<mrose>"))
                .reduce((one, next) -> next)
                .orElse("")
                .replaceAll(".*method=([^,]*),.*", "$1");
    }

    @Test
    void a_token_that_is_refused_is_asked_for_once_more() throws IOException {
        for (String mechanism : List.of("OAUTHBEARER", "XOAUTH2")) {
            try (Pop3Server server = server(mechanism)) {
                List<Boolean> asked = new ArrayList<>();
                TokenSupplier renewing = refusal -> {
                    asked.add(refusal.isPresent());
                    return refusal.isPresent() ? TOKEN : OLD_TOKEN;
                };
                client(server, Tls.IMPLICIT)
                        .open(Login.oauth2("mrose", renewing))
                        .quit();
                assertEquals(List.of(false, true), asked);
                assertEquals(mechanism, lastMethod());
                assertThrows(
                        CredentialsRefusedException.class,
                        () -> client(server, Tls.STLS).open(Login.oauth2("mrose", refusal -> OLD_TOKEN)));
            }
        }
        assertNoSecrets();
    }

    @Test
    void no_token_is_no_login() throws IOException {
        try (Pop3Server server = server("OAUTHBEARER")) {
            Login login = Login.oauth2("mrose", refusal -> {
                throw new IOException("the authorization server is away");
            });
            CredentialsRefusedException refused = assertThrows(
                    CredentialsRefusedException.class,
                    () -> client(server, Tls.IMPLICIT).open(login));
            assertEquals("the authorization server is away", refused.getCause().getMessage());
            CredentialsRefusedException garbage = assertThrows(
                    CredentialsRefusedException.class,
                    () -> client(server, Tls.IMPLICIT).open(Login.oauth2("mrose", none -> "<html> no token")));
            assertFalse(garbage.toString().contains("html"));
            assertFalse(login.toString().contains("token"));
        }
    }

    @Test
    void nothing_that_is_mistyped_shows_a_secret_either() throws IOException {
        String blob = base64("\0mrose\0" + PASSWORD);
        String wrong = base64("\0mrose\0" + WRONG);
        try (Pop3Server server = server("+CRAM-MD5", "+APOP")) {
            for (String lines : List.of(
                    "C: user mrose\nS: +OK …\nC: pass " + WRONG + "\nS: -ERR …",
                    "C: user mrose\nS: +OK …\nC: pAsS " + PASSWORD + "\nS: +OK …",
                    "C: PASSX " + PASSWORD + "\nS: -ERR …\nC: pas " + PASSWORD + "\nS: -ERR …",
                    "C: " + PASSWORD + "\nS: -ERR …\nC: PASS\\x09" + PASSWORD + "\nS: -ERR …",
                    "C: auth plain " + wrong + "\nS: -ERR …\nC: Auth Plain " + blob + "\nS: +OK …",
                    "C: AUTH " + blob + "\nS: -ERR …\nC: AUTHPLAIN " + blob + "\nS: -ERR …",
                    "C: AUTH PLAIN" + blob + "\nS: -ERR …\nC: auth plain  " + blob + "\nS: -ERR …",
                    "C: auth login\nS: + VXNlcm5hbWU6\nC: bXJvc2U=\nS: + UGFzc3dvcmQ6\nC: " + base64(WRONG)
                            + "\nS: -ERR …",
                    "C: auth login\nS: + VXNlcm5hbWU6\nC: bXJvc2U=\nS: + UGFzc3dvcmQ6\nC: " + WRONG + "\nS: -ERR …",
                    "C: apop mrose " + DIGEST + "\nS: -ERR …",
                    "C: apop " + DIGEST + " mrose\nS: -ERR …",
                    "C: auth xoauth2 " + base64("user=mrose\1auth=Bearer " + TOKEN + "\1\1") + "\nS: +OK …",
                    "C: auth xoauth2 " + base64("user=mrose\1auth=" + TOKEN + "\1\1") + "\nS: -ERR …",
                    "C: auth oauthbearer " + base64("n,a=mrose,\1auth=Bearer " + TOKEN + "\1\1") + "\nS: +OK …",
                    "C: auth oauthbearer\nS: + …\nC: " + base64("n,a=mrose,\1auth=Bearer " + OLD_TOKEN + "\1\1")
                            + "\nS: + …\nC: AQ==\nS: -ERR …",
                    "C: auth oauth2 " + TOKEN + "\nS: -ERR …\nC: auth bearer " + TOKEN + "\nS: -ERR …",
                    "C: Auth Scram-Sha-256 " + base64("n,,n=mrose,r=" + NONCE) + "\nS: + …\nC: "
                            + base64("c=biws,r=" + NONCE + ",p=" + base64(WRONG)) + "\nS: -ERR …",
                    "C: scram-sha-256 " + base64("n,,n=mrose,r=" + NONCE) + "\nS: -ERR …",
                    "C: auth cram-md5\nS: + …\nC: " + base64("mrose " + DIGEST) + "\nS: -ERR …",
                    "C: auth cram-md5\nS: + …\nC: mrose " + DIGEST + "\nS: -ERR …",
                    "C: auth external " + base64("mrose") + "\nS: -ERR …",
                    "C: auth plain\nS: + …\nC: pass " + PASSWORD + "\nS: -ERR …",
                    "C: auth plain " + PASSWORD + "\nS: -ERR …\nC: login mrose " + PASSWORD + "\nS: -ERR …",
                    "C: user mrose\\x0DPASS " + PASSWORD + "\nS: -ERR …")) {
                int port = server.addresses().get(0).getPort();
                try (SocketChannel raw =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                    Transcript.parse("S: +OK …\n" + lines).playClient(raw, new Pace.Lines());
                }
            }
        }
        assertNoSecrets();
    }

    private void assertNoSecrets() {
        List<String> secrets = new ArrayList<>(List.of(
                DIGEST,
                base64("mrose " + DIGEST),
                NONCE,
                "dXNlcj1tcm9zZQ",
                "biwsbj1tcm9zZ",
                "bixhPW1yb3Nl",
                "cD10bHMt",
                "Yz1"));
        for (String secret : List.of(PASSWORD, WRONG, TOKEN, OLD_TOKEN)) {
            secrets.add(secret);
            secrets.add(base64(secret));
            secrets.add(base64("\0mrose\0" + secret));
            secrets.add(base64("\0nobody\0" + secret));
        }
        assertTrue(log.list.size() > 10, "something was logged");
        boolean traced = log.list.stream().anyMatch(event -> event.getLevel() == Level.TRACE);
        assertTrue(traced, "at TRACE, too");
        for (ILoggingEvent event : log.list) {
            String trouble =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            String text = event.getFormattedMessage() + trouble;
            for (String secret : secrets) assertFalse(text.contains(secret), text);
            assertFalse(text.matches("(?s).*[CS]: \\+? ?[A-Za-z0-9+/]{24,}={0,2}.*"), () -> "a blob in " + text);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
