package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Conversation.login;
import static io.github.pop3kit.testkit.Conversation.plays;
import static io.github.pop3kit.testkit.Conversation.playsAs;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class Pop3TestServerTest {

    private static final String HELLO = "Subject: hi\n\nHello\n";

    // ---- a server, a user, a message, a port

    @Test
    void a_client_of_any_kind_reads_the_mail_of_a_user_over_the_network() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", "secret").deliver(HELLO);
            try (Socket client = new Socket(server.host(), server.port())) {
                plays(client, login("bob", "secret") + """
                        C: RETR 1
                        S: +OK 22 octets
                        S: Subject: hi
                        S:
                        S: Hello
                        S: .
                        C: QUIT
                        S: +OK …
                        S closes
                        """);
            }
        }
    }

    @Test
    void urls_name_the_server_and_the_user() {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            assertEquals("pop3://localhost:" + server.port(), server.url());
            assertEquals("pop3://bob@localhost:" + server.port(), server.url("bob"));
            assertEquals("pop3://b%20o%40x.org@localhost:" + server.port(), server.url("b o@x.org"));
        }
    }

    @Test
    void a_server_that_is_closed_is_not_reached_any_more() throws IOException {
        Pop3TestServer server = Pop3TestServer.start();
        Socket open = server.connect();
        plays(open, "S: +OK …\n");
        server.close();
        server.close();
        plays(open, "S closes\n");
        assertThrows(ConnectException.class, () -> server.socketFactory().createSocket("localhost", 110));
    }

    // ---- users

    @Test
    void users_who_are_added_while_the_server_runs_may_log_in_at_once() {
        try (Pop3TestServer server = Pop3TestServer.start();
                Socket client = server.connect()) {
            plays(client, "S: +OK …\nC: USER eve\nS: +OK …\nC: PASS pw\nS: -ERR [AUTH] …\n");
            server.user("eve", "pw");
            plays(client, "C: USER eve\nS: +OK …\nC: PASS pw\nS: +OK maildrop has 0 messages (0 octets)\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", " three  blanks ", "gr\u00fc\u00dfe"})
    void passwords_may_be_anything_that_fits_a_line(String password) {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", password);
            playsAs(server, "bob", password.replaceFirst(" $", "\\\\x20"), "");
            server.user("bob", "another");
            plays(server, "S: +OK …\nC: USER bob\nS: +OK …\nC: PASS two words\nS: -ERR [AUTH] …\n");
        }
    }

    @Test
    void without_a_password_check_everybody_has_a_maildrop() {
        try (Pop3TestServer server =
                Pop3TestServer.builder().withoutPasswordCheck().start()) {
            server.user("bob", "secret").deliver(HELLO);
            playsAs(server, "bob", "wrong", "C: STAT\nS: +OK 1 22\n");
            playsAs(server, "anybody", "at all", "C: STAT\nS: +OK 0 0\n");
            assertEquals(List.of(), server.user("anybody").uniqueIds());
        }
    }

    @Test
    void a_user_who_is_not_there_is_named_beside_those_who_are() {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", "secret");
            assertEquals(
                    "there is no user eve; there are [bob]",
                    assertThrows(IllegalArgumentException.class, () -> server.user("eve"))
                            .getMessage());
        }
    }

    // ---- octets in and out

    @Test
    void octets_go_in_and_out_as_they_are() {
        byte[] all = new byte[256];
        for (int i = 0; i < 256; i++) all[i] = (byte) i;
        try (Pop3TestServer server = Pop3TestServer.start()) {
            TestUser bob = server.user("bob", "secret");
            String first = bob.deliver(all);
            String second = bob.deliver("\u00fc\n");
            String third = bob.deliver(new ByteArrayInputStream("x".getBytes(ISO_8859_1)));
            String fourth = bob.deliverResource("mail/dots.eml");
            assertEquals(List.of(first, second, third, fourth), bob.uniqueIds());
            assertArrayEquals(all, bob.content(first));
            assertArrayEquals(new byte[] {(byte) 0xC3, (byte) 0xBC, '\n'}, bob.content(second));
            assertEquals(4, bob.octets(second), "as LIST counts them");
            assertArrayEquals(new byte[] {'x'}, bob.messages().get(2));
            assertTrue(new String(bob.content(fourth), ISO_8859_1).contains("\n..and two\n"));
            assertThrows(NoSuchElementException.class, () -> bob.content("none"));
            assertThrows(IllegalArgumentException.class, () -> bob.deliverResource("mail/none.eml"));
        }
    }

    @Test
    void no_two_messages_of_a_server_have_the_same_unique_id() {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            TestUser bob = server.user("bob", "secret");
            TestUser eve = server.user("eve", "secret");
            bob.deliver("2", server.clock().now(), "two".getBytes(ISO_8859_1));
            assertEquals("1", bob.deliver(HELLO));
            assertEquals("3", eve.deliver(HELLO));
            assertThrows(
                    UncheckedIOException.class,
                    () -> bob.deliver("2", server.clock().now(), new byte[0]));
            playsAs(server, "bob", "secret", "C: UIDL 1\nS: +OK 1 2\n");
        }
    }

    @Test
    void the_maildrop_can_be_looked_into_while_a_session_holds_it() throws IOException {
        try (Pop3TestServer server = Pop3TestServer.start();
                Socket client = server.connect()) {
            TestUser bob = server.user("bob", "secret");
            String first = bob.deliver(HELLO);
            plays(client, login("bob", "secret") + "C: DELE 1\nS: +OK …\n");
            String second = bob.deliver("while the session runs");
            assertEquals(List.of(first, second), bob.uniqueIds());
            plays(client, "C: QUIT\nS: +OK …\nS closes\n");
            assertEquals(List.of(second), bob.uniqueIds());
        }
    }

    @Test
    void any_store_will_do_and_says_so_when_it_cannot_be_looked_into() throws IOException {
        MemoryMailStore memory = new MemoryMailStore();
        MailStore store = new MailStore() {
            @Override
            public Maildrop open(Account account) throws IOException {
                return memory.open(account);
            }

            @Override
            public Optional<Delivery> delivery() {
                return Optional.of((envelope, message) -> {
                    if (envelope.uniqueId().isPresent()) {
                        throw new StoreException(Reason.PERMANENT, "this store makes its own");
                    }
                    memory.deliver(envelope.to().name(), message.readAllBytes());
                });
            }
        };
        try (Pop3TestServer server = Pop3TestServer.builder().store(store).start();
                Socket client = server.connect()) {
            TestUser bob = server.user("bob", "secret");
            String first = bob.deliver(HELLO);
            String second = bob.deliver(HELLO);
            assertEquals(List.of(first, second), bob.uniqueIds());
            plays(client, login("bob", "secret"));
            IllegalStateException e = assertThrows(IllegalStateException.class, bob::uniqueIds);
            assertTrue(e.getMessage().contains("bob") && e.getMessage().contains("awaitSessionEnd"), e.getMessage());
            server.reset();
            assertEquals(List.of(), bob.uniqueIds());
            String third = bob.deliver(HELLO);
            assertFalse(List.of(first, second).contains(third), "a store that is not ours remembers what it gave");
        }
    }

    // ---- TLS

    @Test
    void stls_and_implicit_tls_work_and_the_host_is_checked() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", "secret");
            for (String host : List.of("localhost", "127.0.0.1")) {
                try (Socket tls = tls(server, new Socket("localhost", server.tlsPort()), host)) {
                    plays(tls, login("bob", "secret") + "C: QUIT\nS: +OK …\nS closes\n");
                }
                try (Socket plain = new Socket("localhost", server.port())) {
                    plays(plain, "S: +OK …\nC: STLS\nS: +OK …\n");
                    try (Socket tls = tls(server, plain, host)) {
                        plays(tls, "C: USER bob\nS: +OK …\nC: PASS secret\nS: +OK …\nC: QUIT\nS: +OK …\nS closes\n");
                    }
                }
            }
            server.awaitSessionEnd();
            assertTrue(server.sessions().stream().allMatch(TestSession::isSecure));
            try (Socket plain = new Socket("localhost", server.tlsPort())) {
                assertThrows(SSLException.class, () -> tls(server, plain, "example.org"));
            }
        }
    }

    @Test
    void the_certificate_is_one_per_jvm_and_can_be_had_as_a_file(@TempDir Path directory) throws Exception {
        try (Pop3TestServer one = Pop3TestServer.start();
                Pop3TestServer other = Pop3TestServer.start()) {
            assertEquals(one.certificate(), other.certificate());
            assertTrue(Files.readString(one.caFile(directory)).startsWith(one.certificatePem()));
            assertEquals(
                    one.certificate(),
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(Files.newInputStream(other.caFile(directory))));
        }
    }

    @Test
    void passwords_can_be_for_tls_only() {
        try (Pop3TestServer server =
                Pop3TestServer.builder().passwordsOverTlsOnly().start()) {
            plays(server, "S: +OK …\nC: USER bob\nS: -ERR passwords are accepted over TLS only\n");
        }
    }

    static Socket tls(Pop3TestServer server, Socket carrier, String host) throws IOException {
        return tls(server.sslContext(), carrier, host);
    }

    private static Socket tls(SSLContext context, Socket carrier, String host) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(carrier, host, carrier.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    // ---- what the server saw, and waiting for it

    @Test
    void the_transcript_is_what_was_said_session_by_session_without_secrets() {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", "secret").deliver(HELLO);
            playsAs(server, "bob", "secret", "C: RETR 1\nS: +OK …\nS: …\nS:\nS: Hello\nS: .\n");
            server.awaitSessionEnd();
            try (Socket open = server.connect()) {
                plays(open, "S: +OK …\n");
                assertEquals("""
                        # session 1, bob
                        S: +OK pop3kit ready
                        C: USER bob
                        S: +OK password required
                        C: PASS ****
                        S: +OK maildrop has 1 message (22 octets)
                        C: RETR 1
                        S: +OK 22 octets
                        # a message, 22 octets
                        S: .
                        C: QUIT
                        S: +OK pop3kit signing off

                        # session 2, open
                        S: +OK pop3kit ready
                        """, server.transcript());
                List<TestSession> sessions = server.sessions();
                assertEquals(Optional.of("bob"), sessions.get(0).account());
                assertTrue(sessions.get(0).isEnded());
                assertFalse(sessions.get(1).isEnded());
                assertEquals(2, sessions.get(1).number());
                assertEquals("S: +OK pop3kit ready\n", sessions.get(1).transcript());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void a_test_waits_for_what_a_client_does_in_another_thread() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            String message = server.user("bob", "secret").deliver(HELLO);
            FutureTask<Void> client = new FutureTask<>(() -> playsAs(server, "bob", "secret", """
                            C: RETR 1
                            S: +OK …
                            S: …
                            S:
                            S: Hello
                            S: .
                            C: DELE 1
                            S: +OK …
                            """), null);
            new Thread(client).start();
            server.awaitLogin("bob");
            server.awaitRetrieved(message);
            server.awaitDeleted(message);
            server.awaitSessionEnd();
            client.get();
            assertEquals(List.of(), server.user("bob").uniqueIds());
        }
    }

    @Test
    void waiting_in_vain_ends_in_a_failure_with_the_transcript() throws IOException {
        try (Pop3TestServer server = Pop3TestServer.start();
                Socket client = server.connect()) {
            server.user("bob", "secret");
            plays(client, login("bob", "secret"));
            Duration atOnce = Duration.ZERO;
            for (AssertionError e : List.of(
                    assertThrows(AssertionError.class, () -> server.awaitLogin("eve", atOnce)),
                    assertThrows(AssertionError.class, () -> server.awaitRetrieved("1", atOnce)),
                    assertThrows(AssertionError.class, () -> server.awaitDeleted("1", atOnce)),
                    assertThrows(AssertionError.class, () -> server.awaitSessionEnd(atOnce)))) {
                assertTrue(e.getMessage().contains("within PT0S\n# session 1, bob, open\nS: +OK"), e.getMessage());
            }
            server.awaitLogin("bob", atOnce);
        }
    }

    // ---- reset

    @Test
    void a_reset_leaves_the_ports_and_the_users_and_nothing_else() throws IOException {
        try (Pop3TestServer server =
                        Pop3TestServer.builder().limit("login-delay", "1h").start();
                Socket client = server.connect()) {
            int port = server.port();
            TestUser bob = server.user("bob", "secret");
            String message = bob.deliver(HELLO);
            server.greeting(Pop3TestServer.QPOPPER_2_4).withoutCapa();
            server.faults().on("STAT").answer("-ERR not today");
            server.clock().advance(Duration.ofMinutes(1));
            plays(client, login("bob", "secret"));

            server.reset();

            plays(client, "S closes\n");
            assertEquals(port, server.port());
            assertEquals("", server.transcript());
            assertThrows(AssertionError.class, () -> server.awaitLogin("bob", Duration.ZERO));
            assertEquals(List.of(), bob.uniqueIds());
            assertEquals(message, bob.deliver(HELLO), "unique-ids begin again");
            plays(server, "S: +OK pop3kit ready\nC: CAPA\nS: +OK …\n");
            playsAs(server, "bob", "secret", "C: STAT\nS: +OK 1 22\n");
        }
    }

    @Test
    void a_reset_ends_a_session_that_is_held_up_by_a_fault() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start();
                Socket client = server.connect()) {
            server.user("bob", "secret");
            Hold hold = server.faults().on("NOOP").hold();
            plays(client, login("bob", "secret"));
            client.getOutputStream().write("NOOP\r\n".getBytes(ISO_8859_1));
            hold.awaitReached();
            server.reset();
            assertEquals(List.of(), server.sessions());
            playsAs(server, "bob", "secret", "C: NOOP\nS: +OK…\n");
        }
    }
}
