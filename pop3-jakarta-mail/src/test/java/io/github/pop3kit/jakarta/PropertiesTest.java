package io.github.pop3kit.jakarta;

import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.Pop3TimeoutException;
import io.github.pop3kit.client.TlsFailedException;
import io.github.pop3kit.testkit.Pop3TestServer;
import io.github.pop3kit.testkit.ScriptedServer;
import jakarta.mail.MessagingException;
import jakarta.mail.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each property, or its refusal; those about messages and folders are with those. */
@Timeout(60)
class PropertiesTest {

    private final Pop3TestServer server = Pop3TestServer.start();
    private final Mail plain = new Mail(server);
    private final Mail secure = new Mail(server, "pop3s");

    @BeforeEach
    void aMaildrop() {
        server.user("bob", "secret").deliver("Subject: one\n\nHello\n");
    }

    @AfterEach
    void end() throws MessagingException {
        plain.close();
        secure.close();
        server.close();
    }

    @Test
    void the_table_in_the_documentation_is_the_one_in_the_code() throws Exception {
        Path table = Path.of("..", "docs", "jakarta-mail.md").toAbsolutePath();
        List<String> documented = Files.readAllLines(table).stream()
                .map(Pattern.compile("\\| `mail\\.pop3\\.([A-Za-z0-9.-]+)` \\| .+ \\|")::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .toList();
        assertEquals(Arrays.stream(Property.values()).map(each -> each.suffix).toList(), documented);
        assertEquals(53, documented.indexOf("ssl.socketFactory.fallback"), "those of Angus Mail's documentation");
    }

    @ParameterizedTest
    @CsvSource({
        "port, x",
        "port, 70000",
        "timeout, soon",
        "starttls.enable, yes",
        "socketFactory.fallback, true",
        "ssl.socketFactory.fallback, true",
        "socketFactory.class, no.such.Class",
        "socketFactory.class, java.lang.String",
        "ssl.socketFactory, a string",
        "ssl.hostnameverifier, a string",
        "ssl.hostnameverifier.class, java.lang.String",
        "ssl.protocols, SSLv3 TLSv1",
        "ssl.ciphersuites, TLS_RSA_WITH_AES_128_CBC_SHA",
        "localaddress, no address",
        "auth.mechanisms, NTLM DIGEST-MD5"
    })
    void what_cannot_be_or_is_not_safe_is_refused_by_name(String suffix, String value) {
        plain.with(suffix, value).with("host", server.host());
        MessagingException e = assertThrows(MessagingException.class, () -> {
            var store = plain.session().getStore("pop3");
            store.connect(server.host(), suffix.equals("port") ? -1 : server.port(), "bob", "secret");
        });
        assertTrue(e.getMessage().startsWith("mail.pop3." + suffix + " "), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "executor.writetimeout, x",
        "auth.digest-md5.disable, true",
        "auth.ntlm.disable, true",
        "auth.ntlm.domain, EXAMPLE",
        "auth.ntlm.flags, 1",
        "auth.xoauth2.disable, true",
        "auth.xoauth2.two.line.authentication.format, true",
        "socketFactory.fallback, false",
        "writetimeout, 5000",
        "connectiontimeout, 5000",
        "timeout, 0",
        "localaddress, 127.0.0.1",
        "finalizecleanclose, true",
        "ssl.hostnameverifier.class, legacy"
    })
    void what_changes_nothing_here_is_accepted(String suffix, String value) throws Exception {
        assertEquals(1, plain.with(suffix, value).open().getMessageCount());
    }

    @Test
    void the_time_for_a_reply() {
        server.faults().on("CAPA").mute();
        plain.with("timeout", "200");
        MessagingException e = assertThrows(MessagingException.class, plain::connect);
        assertEquals(
                Pop3TimeoutException.Limit.READ,
                assertInstanceOf(Pop3TimeoutException.class, e.getCause()).limit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOGIN", "PLAIN LOGIN", "NTLM PLAIN"})
    void mechanisms_in_order(String mechanisms) throws Exception {
        plain.with("auth.mechanisms", mechanisms).connect();
        if (mechanisms.equals("LOGIN")) {
            assertThat(server).received("USER bob").neverReceived("AUTH …");
        } else {
            assertThat(server).neverReceived("USER …");
        }
    }

    @Test
    void without_AUTH_PLAIN() throws Exception {
        plain.with("auth.plain.disable", "true").connect();
        assertThat(server).received("AUTH LOGIN").neverReceived("AUTH PLAIN …");
    }

    @Test
    void without_USER() throws Exception {
        plain.with("auth.login.disable", "true").connect();
        assertThat(server).neverReceived("USER …");
    }

    @Test
    void without_either_there_must_be_SCRAM() {
        plain.with("auth.login.disable", "true").with("auth.plain.disable", "true");
        MessagingException e = assertThrows(MessagingException.class, plain::connect);
        assertInstanceOf(NotOfferedException.class, e.getCause());
        assertThat(server).neverReceived("USER …").neverReceived("AUTH …");
    }

    @ParameterizedTest
    @CsvSource({
        "XOAUTH2, 'C: AUTH XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgdG9rZW4BAQ=='",
        "SCRAM-SHA-256 XOAUTH2, 'C: AUTH XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgdG9rZW4BAQ=='",
        "LOGIN, 'C: USER bob\nS: +OK\nC: PASS token'"
    })
    void a_token_is_the_password(String mechanisms, String login) throws Exception {
        String conversation = """
                S: +OK ready
                C: CAPA
                S: +OK
                S: SASL XOAUTH2
                S: .
                %s
                S: +OK
                C: CAPA
                S: -ERR no
                C: QUIT
                S: +OK
                """.formatted(login.replace("\\n", "\n"));
        try (ScriptedServer tokens = ScriptedServer.plays(conversation)) {
            plain.with("auth.mechanisms", mechanisms);
            try (Store store = plain.session().getStore("pop3")) {
                store.connect(tokens.host(), tokens.port(), "bob", "token");
            }
            tokens.await();
        }
    }

    @Test
    void XOAUTH2_that_is_disabled() {
        server.claimCapability("SASL XOAUTH2");
        plain.with("auth.mechanisms", "XOAUTH2").with("auth.xoauth2.disable", "true");
        assertTrue(assertThrows(MessagingException.class, plain::connect)
                .getMessage()
                .startsWith("mail.pop3.auth.mechanisms "));
    }

    @Test
    void APOP_where_it_is_offered() throws Exception {
        plain.with("apop.enable", "true").connect(); // The test kit's greeting has no timestamp.
        assertThat(server).neverReceived("APOP …");
    }

    @Test
    void without_CAPA() throws Exception {
        plain.with("disablecapa", "true").open();
        assertThat(server).neverReceived("CAPA");
    }

    @Test
    void pipelining_where_it_is_not_offered() throws Exception {
        server.hideCapability("PIPELINING");
        server.user("bob").deliver("Subject: two\n\nHello\n");
        plain.with("pipelining", "true").with("readahead", "true");
        Pop3Folder folder = plain.open();
        assertEquals("one", folder.getMessage(1).getSubject());
        assertEquals("two", folder.getMessage(2).getSubject());
    }

    @Test
    void a_socket_factory() throws Exception {
        plain.with("socketFactory", server.socketFactory());
        assertEquals(1, plain.open().getMessageCount());
    }

    @Test
    void an_SSLSocketFactory_in_its_place_is_TLS_from_the_beginning() throws Exception {
        plain.with("socketFactory", server.sslContext().getSocketFactory())
                .with("socketFactory.port", server.tlsPort());
        assertTrue(plain.connect().store().isSSL());
    }

    @Test
    void a_port_of_this_host() throws Exception {
        int free;
        try (ServerSocket probe = new ServerSocket(0)) {
            free = probe.getLocalPort();
        }
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            plain.with("localaddress", "127.0.0.1").with("localport", free);
            CompletableFuture<Integer> seen = CompletableFuture.supplyAsync(() -> {
                try (Socket accepted = peer.accept()) {
                    return accepted.getPort();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThrows(
                    MessagingException.class,
                    () -> plain.session().getStore("pop3").connect("127.0.0.1", peer.getLocalPort(), "bob", "secret"));
            assertEquals(free, seen.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void STLS_if_it_is_offered() throws Exception {
        plain.with("starttls.enable", "true").with("ssl.trust", "*").connect();
        assertTrue(plain.store().isSSL());
        assertThat(server).received("STLS");
    }

    @Test
    void STLS_or_nothing() {
        server.faults().on("STLS").answer("-ERR no");
        plain.with("starttls.required", "true").with("ssl.trust", server.host());
        MessagingException e = assertThrows(MessagingException.class, plain::connect);
        assertInstanceOf(TlsFailedException.class, e.getCause());
        assertThat(server).neverReceived("USER …").neverReceived("AUTH …");
    }

    @Test
    void a_certificate_of_nobody_is_not_trusted() {
        MessagingException e = assertThrows(MessagingException.class, secure::connect);
        assertInstanceOf(TlsFailedException.class, e.getCause());
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "127.0.0.1 localhost"})
    void unless_the_host_is_trusted(String hosts) throws Exception {
        assertTrue(secure.with("ssl.trust", hosts).connect().store().isSSL());
    }

    @Test
    void trust_in_another_host_does_not_help() {
        secure.with("ssl.trust", "mail.example.org");
        assertThrows(MessagingException.class, secure::connect);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void protocols(String version) throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        HostnameVerifier noting = (host, session) -> {
            seen.set(session.getProtocol());
            return true;
        };
        secure.with("ssl.trust", "*")
                .with("ssl.protocols", version)
                .with("ssl.hostnameverifier", noting)
                .connect();
        assertEquals(version, seen.get());
    }

    @Test
    void cipher_suites() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        HostnameVerifier noting = (host, session) -> {
            seen.set(session.getCipherSuite());
            return true;
        };
        secure.with("ssl.trust", "*")
                .with("ssl.ciphersuites", "TLS_AES_256_GCM_SHA384")
                .with("ssl.hostnameverifier", noting)
                .connect();
        assertEquals("TLS_AES_256_GCM_SHA384", seen.get());
    }

    @Test
    void a_verifier_that_says_no_ends_it_before_the_login() {
        HostnameVerifier never = (host, session) -> false;
        secure.with("ssl.socketFactory", server.sslContext().getSocketFactory()).with("ssl.hostnameverifier", never);
        assertTrue(assertThrows(MessagingException.class, secure::connect)
                .getMessage()
                .contains("mail.pop3s.ssl.hostnameverifier"));
        assertThat(server).neverReceived("USER …").neverReceived("AUTH …");
    }

    @Test
    void a_verifier_is_not_asked_where_the_identity_does_not_matter() throws Exception {
        HostnameVerifier never = (host, session) -> false;
        SSLSocketFactory given = server.sslContext().getSocketFactory();
        secure.with("ssl.socketFactory", given)
                .with("ssl.checkserveridentity", "false")
                .with("ssl.hostnameverifier", never);
        assertTrue(secure.connect().store().isSSL());
    }

    @Test
    void ssl_enable() throws Exception {
        plain.with("ssl.enable", "true")
                .with("ssl.trust", "*")
                .with("ssl.socketFactory.port", server.tlsPort())
                .with("port", server.tlsPort());
        var store = plain.session().getStore("pop3");
        store.connect(server.host(), -1, "bob", "secret");
        assertTrue(((Pop3Store) store).isSSL());
        store.close();
    }

    @Test
    void proxies_are_asked() {
        for (String kind : List.of("proxy", "socks")) {
            Mail behind = new Mail(server).with(kind + ".host", "127.0.0.1").with(kind + ".port", "1");
            assertTrue(assertThrows(MessagingException.class, behind::connect)
                    .getMessage()
                    .contains("proxy 127.0.0.1"));
        }
    }
}
