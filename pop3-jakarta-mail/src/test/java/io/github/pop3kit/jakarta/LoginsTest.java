package io.github.pop3kit.jakarta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerLimits;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.auth.DigestResponse;
import io.github.pop3kit.server.auth.ScramKeys;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.memory.MemoryMailStore;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application logs in by each mechanism at a server that has this one alone. */
@Timeout(60)
class LoginsTest {

    private static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned("localhost");
    private static final String USER = "jürgen";
    private static final String PASSWORD = "pässwörd, with blanks";
    private static final String TOKEN = "dG9rZW4.of-juergen";

    /** Whoever knows the password, or has the token. */
    private static final Authenticator EVERYTHING = new Authenticator() {

        private final Authenticator passwords = Authenticator.passwords(Map.of(USER, PASSWORD));

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
            return user.equals(USER) && token.equals(TOKEN) ? Optional.of(Account.of(user)) : Optional.empty();
        }

        @Override
        public Set<String> mechanisms() {
            Set<String> all = new HashSet<>(passwords.mechanisms());
            all.addAll(List.of("OAUTHBEARER", "XOAUTH2"));
            return all;
        }
    };

    private final ByteArrayOutputStream debug = new ByteArrayOutputStream();
    private final MemoryMailStore mail = new MemoryMailStore();

    private Pop3Server server;

    @BeforeEach
    void aMessage() {
        mail.deliver(USER, "Subject: hello\n\nHi!\n");
    }

    @AfterEach
    void end() {
        if (server != null) server.close();
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
                "PLAIN"
            })
    void a_password(String mechanism) throws Exception {
        offer(mechanism);
        assertEquals(1, messages(mechanism, PASSWORD));
        assertThrows(AuthenticationFailedException.class, () -> messages(mechanism, "another"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OAUTHBEARER", "XOAUTH2"})
    void a_token(String mechanism) throws Exception {
        offer(mechanism);
        assertEquals(1, messages(mechanism, TOKEN));
        assertThrows(AuthenticationFailedException.class, () -> messages(mechanism, "b2xk.expired"));
    }

    @Test
    void unasked_it_is_the_strongest() throws Exception {
        offer("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "PLAIN");
        assertEquals(1, messages("", PASSWORD));
        assertTrue(debugOutput().contains("SCRAM-SHA-256-PLUS"), debugOutput());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "CRAM-MD5", "PLAIN", "OAUTHBEARER", "XOAUTH2"})
    void debug_output_has_no_secret_even_if_it_shows_logins(String mechanism) throws Exception {
        offer(mechanism);
        String secret = mechanism.contains("OAUTH") ? TOKEN : PASSWORD;
        messages(mechanism, secret);
        assertTrue(debugOutput().contains("AUTH " + mechanism), debugOutput());
        assertFalse(debugOutput().contains(secret), debugOutput());
        for (String word : debugOutput().split("\\s+", -1)) {
            assertFalse(decoded(word).contains(secret), word);
        }
    }

    private static String decoded(String word) {
        try {
            return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            return "";
        }
    }

    // ---- both sides

    private void offer(String... mechanisms) throws IOException {
        server = Pop3Server.builder()
                .listen(Endpoint.implicitTls(0, CERTIFICATE))
                .store(mail)
                .authenticator(EVERYTHING)
                .mechanisms(mechanisms)
                .limits(ServerLimits.defaults().with("login-failure-delay", "0").with("login-penalty", "0"))
                .start();
    }

    private int messages(String mechanism, String secret) throws MessagingException {
        Properties properties = new Properties();
        properties.put("mail.debug", "true");
        properties.put("mail.debug.auth", "true");
        properties.put("mail.pop3s.ssl.trust", "localhost");
        properties.put("mail.pop3s.auth.mechanisms", mechanism);
        Session session = Session.getInstance(properties);
        session.setDebugOut(new PrintStream(debug, true, StandardCharsets.UTF_8));
        try (Store store = session.getStore("pop3s")) {
            store.connect("localhost", server.addresses().get(0).getPort(), USER, secret);
            try (Folder inbox = store.getFolder("INBOX")) {
                inbox.open(Folder.READ_ONLY);
                return inbox.getMessageCount();
            }
        }
    }

    private String debugOutput() {
        return debug.toString(StandardCharsets.UTF_8);
    }
}
