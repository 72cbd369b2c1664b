package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client with the server of this project. */
class Pop3ClientTest {

    private static final Login MROSE = Login.password("mrose", "secret");

    private final MemoryMailStore store = new MemoryMailStore();
    private Pop3Server server;

    @AfterEach
    void stop() {
        if (server != null) server.close();
    }

    private Pop3Client.Builder serving(String... messages) throws IOException {
        return serving(builder -> builder.allowCleartextLogin(), messages)
                .tls(Tls.NONE)
                .allowCleartextLogin();
    }

    private Pop3Client.Builder serving(UnaryOperator<Pop3Server.Builder> configuration, String... messages)
            throws IOException {
        for (String message : messages) store.deliver("mrose", message);
        server = configuration
                .apply(Pop3Server.builder()
                        .store(store)
                        .authenticator(Authenticator.passwords(Map.of("mrose", "secret"))))
                .start();
        return Pop3Client.builder("localhost").port(server.port());
    }

    private static String text(MessageStream message) throws IOException {
        try (message) {
            return new String(message.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void what_is_retrieved_and_deleted_is_gone_after_quit() throws IOException {
        Pop3Client client =
                serving("Subject: one\n\n.dot\n", "Subject: two\n\n").build();
        List<String> archive = new ArrayList<>();
        try (RemoteMaildrop maildrop = client.open(MROSE)) {
            for (UniqueIdListing entry : maildrop.uniqueIds()) {
                try (InputStream message = maildrop.retrieve(entry.number())) {
                    archive.add(new String(message.readAllBytes(), StandardCharsets.US_ASCII));
                }
                maildrop.delete(entry.number());
            }
            Commit commit = maildrop.quit();
            assertEquals(Commit.Outcome.COMMITTED, commit.outcome());
            assertEquals(2, commit.uniqueIds().size());
        }
        assertEquals(List.of("Subject: one\r\n\r\n.dot\r\n", "Subject: two\r\n\r\n"), archive);
        assertEquals(0, store.peek("mrose").count());
    }

    @Test
    void closing_without_quit_deletes_nothing() throws IOException {
        try (RemoteMaildrop maildrop = serving("one\n").build().open(MROSE)) {
            maildrop.delete(1);
        }
        server.close(); // Whatever the session was to do is done then.
        assertEquals(1, store.peek("mrose").count());
    }

    @Test
    void listings_have_gaps_behind_a_deletion_and_none_after_a_reset() throws IOException {
        try (RemoteMaildrop maildrop = serving("a\n", "bb\n", "ccc\n").build().open(MROSE)) {
            maildrop.delete(2);
            assertEquals(new DropListing(2, 8), maildrop.stat());
            assertEquals(List.of(new ScanListing(1, 3), new ScanListing(3, 5)), maildrop.list());
            assertEquals(
                    List.of(1, 3),
                    maildrop.uniqueIds().stream().map(UniqueIdListing::number).toList());
            assertEquals(5, maildrop.retrieve(3).announcedOctets());
        }
    }

    @Test
    void one_message_can_be_listed() throws IOException {
        try (RemoteMaildrop maildrop = serving("a\n", "bb\n").build().open(MROSE)) {
            assertEquals(new ScanListing(2, 4), maildrop.list(2));
            assertEquals(maildrop.uniqueIds().get(1), maildrop.uniqueId(2));
            maildrop.delete(1);
            maildrop.reset();
            maildrop.noop();
            assertEquals(new DropListing(2, 7), maildrop.stat());
        }
    }

    @Test
    void a_rejected_command_leaves_the_session_as_it_was() throws IOException {
        try (RemoteMaildrop maildrop = serving("a\n").build().open(MROSE)) {
            CommandRejectedException rejected =
                    assertThrows(CommandRejectedException.class, () -> maildrop.retrieve(7));
            assertTrue(rejected.isSessionUsable());
            assertEquals("localhost:" + server.port() + " rejected RETR 7: no such message", rejected.getMessage());
            assertEquals("a\r\n", text(maildrop.retrieve(1)));
        }
    }

    @Test
    void a_message_goes_to_a_stream_or_a_channel() throws IOException {
        String mail = "Subject: long\n\n" + "0123456789\n".repeat(20_000);
        try (RemoteMaildrop maildrop = serving(mail).build().open(MROSE)) {
            ByteArrayOutputStream one = new ByteArrayOutputStream();
            ByteArrayOutputStream other = new ByteArrayOutputStream();
            assertEquals(mail.replace("\n", "\r\n").length(), maildrop.retrieveTo(1, one));
            assertEquals(one.size(), maildrop.retrieveTo(1, Channels.newChannel(other)));
            assertEquals(mail.replace("\n", "\r\n"), one.toString(StandardCharsets.US_ASCII));
            assertEquals(one.toString(StandardCharsets.US_ASCII), other.toString(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void a_message_can_be_read_octet_by_octet() throws IOException {
        try (RemoteMaildrop maildrop = serving("ab\n").build().open(MROSE);
                MessageStream message = maildrop.retrieve(1)) {
            assertEquals('a', message.read());
            assertEquals(1, message.octets());
            assertEquals('b', message.read());
            assertEquals('\r', message.read());
            assertEquals('\n', message.read());
            assertEquals(-1, message.read());
            assertEquals(-1, message.read());
        }
    }

    @Test
    void a_small_message_that_is_closed_early_is_thrown_away_and_the_session_goes_on() throws IOException {
        String mail = "x\n".repeat(50_000);
        try (RemoteMaildrop maildrop = serving(mail).build().open(MROSE)) {
            MessageStream message = maildrop.retrieve(1);
            assertEquals('x', message.read());
            message.close();
            assertEquals(1, maildrop.stat().count());
        }
    }

    @Test
    void a_large_message_that_is_closed_early_costs_the_session() throws IOException {
        String mail = "x\n".repeat(50_000);
        Pop3Client client = serving(mail)
                .limits(ClientLimits.defaults().withDrainOctets(1000))
                .build();
        try (RemoteMaildrop maildrop = client.open(MROSE)) {
            maildrop.retrieve(1).close();
            ConnectionLostException lost = assertThrows(ConnectionLostException.class, maildrop::stat);
            assertTrue(lost.getMessage().contains("message 1 was closed long before its end"), lost.getMessage());
        }
    }

    @Test
    void a_message_has_to_be_closed_before_anything_else() throws IOException {
        try (RemoteMaildrop maildrop = serving("a\n").build().open(MROSE);
                MessageStream message = maildrop.retrieve(1)) {
            assertThrows(IllegalStateException.class, maildrop::stat);
            assertEquals(3, message.readAllBytes().length);
            assertEquals(1, maildrop.stat().count()); // Read to its end is as good as closed.
        }
    }

    @Test
    void headers_come_by_top() throws IOException {
        List<String> lines = new ArrayList<>();
        Pop3Client client = serving("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n\nbody\n")
                .listener(reading(lines))
                .build();
        try (RemoteMaildrop maildrop = client.open(MROSE)) {
            assertEquals(Optional.of("Grüße"), maildrop.headers(1).subject());
            assertEquals("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nbody\r\n", text(maildrop.top(1, 10)));
        }
        assertTrue(lines.contains("C: TOP 1 0"), lines.toString());
    }

    private static ClientListener reading(List<String> lines) {
        return new ClientListener() {
            @Override
            public Optional<Consumer<String>> transcript(String name) {
                return Optional.of(lines::add);
            }
        };
    }

    @Test
    void the_transcript_has_no_secrets() throws IOException {
        List<String> lines = new ArrayList<>();
        Pop3Client client = serving("a\n").listener(reading(lines)).build();
        client.open(MROSE).quit();
        client.open(Login.userPass("mrose", "secret")).quit();
        assertTrue(lines.contains("C: AUTH SCRAM-SHA-512 ****"), lines.toString());
        assertTrue(lines.contains("C: PASS ****"), lines.toString());
        assertFalse(lines.toString().contains("secret"), lines.toString());
    }

    @Test
    void a_wrong_password_is_refused_and_another_may_be_tried() throws IOException {
        try (Pop3Connection connection = serving().build().connect()) {
            CredentialsRefusedException refused = assertThrows(
                    CredentialsRefusedException.class, () -> connection.login(Login.password("mrose", "guess")));
            assertEquals(Optional.of(ResponseCode.AUTH), refused.code());
            assertFalse(refused.isRetrySafe());
            assertTrue(refused.isSessionUsable());
            assertFalse(refused.getMessage().contains("guess"));
            connection.login(MROSE).close();
        }
    }

    @Test
    void a_maildrop_in_use_is_told_apart_from_a_wrong_password() throws IOException {
        Pop3Client client = serving().build();
        try (RemoteMaildrop first = client.open(MROSE)) {
            MaildropInUseException inUse = assertThrows(MaildropInUseException.class, () -> client.open(MROSE));
            assertTrue(inUse.isRetrySafe());
            assertEquals(0, first.stat().count());
        }
    }

    @Test
    void many_messages_come_in_order_with_several_commands_under_way() throws IOException {
        String[] messages = IntStream.rangeClosed(1, 250)
                .mapToObj(n -> "message " + n + "\n")
                .toArray(String[]::new);
        try (RemoteMaildrop maildrop = serving(messages).build().open(MROSE)) {
            List<Integer> numbers = IntStream.rangeClosed(1, 250).boxed().toList();
            List<String> got = new ArrayList<>();
            BatchResult result = maildrop.retrieveAll(numbers, (number, message) -> got.add(text(message)));
            assertTrue(result.isComplete());
            assertEquals(numbers, result.done());
            assertEquals(
                    List.of(messages),
                    got.stream().map(mail -> mail.replace("\r", "")).toList());

            List<UniqueIdListing> ids = new ArrayList<>();
            maildrop.uniqueIds(numbers, ids::add);
            assertEquals(maildrop.uniqueIds(), ids);

            assertEquals(numbers, maildrop.deleteAll(numbers).done());
            assertEquals(250, maildrop.quit().deletions());
        }
        assertEquals(0, store.peek("mrose").count());
    }

    @Test
    void one_refusal_does_not_lose_the_batch() throws IOException {
        try (RemoteMaildrop maildrop = serving("a\n", "b\n", "c\n").build().open(MROSE)) {
            maildrop.delete(2);
            List<String> subjects = new ArrayList<>();
            BatchResult result =
                    maildrop.headers(List.of(1, 2, 3), (number, headers) -> subjects.add("header of " + number));
            assertEquals(List.of(1, 3), result.done());
            assertEquals(List.of("header of 1", "header of 3"), subjects);
            assertTrue(result.failures().get(2) instanceof CommandRejectedException);
            assertEquals(2, maildrop.stat().count());
        }
    }

    @Test
    void a_sink_that_throws_ends_the_batch_and_not_the_session() throws IOException {
        try (RemoteMaildrop maildrop = serving("a\n", "b\n", "c\n").build().open(MROSE)) {
            IOException full = new IOException("disk full");
            IOException thrown = assertThrows(
                    IOException.class,
                    () -> maildrop.retrieveAll(List.of(1, 2, 3), (number, message) -> {
                        throw full;
                    }));
            assertEquals(full, thrown);
            assertEquals(3, maildrop.stat().count());
        }
    }

    @Test
    void a_message_over_the_limit_is_not_asked_for_once_it_was_listed() throws IOException {
        Pop3Client client = serving("small\n", "large\n".repeat(100))
                .limits(ClientLimits.defaults().withMessageOctets(100))
                .build();
        try (RemoteMaildrop maildrop = client.open(MROSE)) {
            maildrop.list();
            LimitExceededException large = assertThrows(LimitExceededException.class, () -> maildrop.retrieve(2));
            assertTrue(large.isSessionUsable());
            BatchResult result = maildrop.retrieveAll(List.of(2, 1), (number, message) -> {});
            assertEquals(List.of(1), result.done());
            assertTrue(result.failures().get(2) instanceof LimitExceededException);
            maildrop.quit();
        }
        try (RemoteMaildrop maildrop = client.open(MROSE)) {
            MessageStream unlisted = maildrop.retrieve(2);
            LimitExceededException large = assertThrows(LimitExceededException.class, unlisted::readAllBytes);
            assertFalse(large.isSessionUsable());
            unlisted.close();
        }
    }

    @Test
    void progress_is_told_with_the_announced_size() throws IOException {
        List<Progress> told = new ArrayList<>();
        try (RemoteMaildrop maildrop = serving("a\n", "b\n").build().open(MROSE)) {
            maildrop.onProgress(told::add);
            maildrop.retrieveAll(List.of(1, 2), (number, message) -> message.readAllBytes());
        }
        assertEquals(
                List.of(
                        new Progress(1, 1, 2, 0, 3),
                        new Progress(1, 1, 2, 3, 3),
                        new Progress(2, 2, 2, 0, 3),
                        new Progress(2, 2, 2, 3, 3)),
                told);
    }

    @Test
    void a_long_session_can_commit_and_go_on() throws IOException {
        try (RemoteMaildrop first = serving("a\n", "b\n").build().open(MROSE)) {
            first.delete(1);
            try (RemoteMaildrop next = first.commitAndReopen()) {
                assertEquals(1, next.stat().count());
            }
            assertThrows(CancelledException.class, first::stat);
        }
    }

    @Test
    void tls_comes_first_or_by_stls() throws IOException {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        TlsTrust trust = TlsTrust.certificates(certificate.certificate());
        Pop3Client implicit = serving(builder -> builder.listen(Endpoint.implicitTls(0, certificate)), "a\n")
                .trust(trust)
                .build();
        try (RemoteMaildrop maildrop = implicit.open(MROSE)) {
            assertEquals("a\r\n", text(maildrop.retrieve(1)));
            assertTrue(maildrop.tlsSession().isPresent());
        }
        server.close();
        for (Tls tls : List.of(Tls.STLS, Tls.STLS_IF_OFFERED)) {
            Pop3Client stls = serving(builder -> builder.listen(Endpoint.stls(0, certificate)))
                    .tls(tls)
                    .trust(trust)
                    .build();
            try (RemoteMaildrop maildrop = stls.open(MROSE)) {
                assertTrue(maildrop.tlsSession().isPresent());
                assertFalse(maildrop.capabilities().has("STLS"));
            }
            server.close();
        }
    }

    @Test
    void a_certificate_that_is_not_trusted_ends_the_attempt() throws IOException {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        for (Endpoint endpoint : List.of(Endpoint.implicitTls(0, certificate), Endpoint.stls(0, certificate))) {
            Tls tls = endpoint.tls() == Endpoint.Tls.STLS ? Tls.STLS_IF_OFFERED : Tls.IMPLICIT;
            Pop3Client client = serving(builder -> builder.listen(endpoint))
                    .tls(tls)
                    .allowCleartextLogin()
                    .build();
            TlsFailedException failed = assertThrows(TlsFailedException.class, () -> client.open(MROSE));
            assertFalse(failed.isRetrySafe());
            server.close();
        }
    }

    @Test
    void a_server_that_cannot_be_reached_is_named() throws IOException {
        Pop3Client client = serving().build();
        server.close();
        ConnectionLostException lost = assertThrows(ConnectionLostException.class, client::connect);
        assertEquals(Phase.CONNECTING, lost.phase());
        assertTrue(lost.getMessage().startsWith("localhost:"), lost.getMessage());
        assertTrue(lost.isRetrySafe());
    }

    @Test
    void a_call_that_waits_is_ended_by_close_cancel_and_interrupt() throws Exception {
        for (Consumer<Waiting> end : List.<Consumer<Waiting>>of(
                waiting -> waiting.maildrop.close(),
                waiting -> waiting.maildrop.cancel(),
                waiting -> waiting.thread.interrupt())) {
            try (Script silent = Script.of(Script.LOGIN + "C: STAT\nC closes\n")) {
                Waiting waiting = new Waiting(silent.open());
                waiting.thread.start();
                end.accept(waiting);
                waiting.thread.join();
                assertTrue(waiting.ended instanceof CancelledException, String.valueOf(waiting.ended));
                assertFalse(waiting.ended.isSessionUsable());
            }
        }
    }

    @Test
    void a_login_that_waits_over_tls_is_ended_by_an_interrupt() throws Exception {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Authenticator slow = (user, password) -> {
            asked.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        };
        Pop3Client client = serving(builder ->
                        builder.listen(Endpoint.implicitTls(0, certificate)).authenticator(slow))
                .trust(TlsTrust.certificates(certificate.certificate()))
                .build();
        FutureTask<CancelledException> ended =
                new FutureTask<>(() -> assertThrows(CancelledException.class, () -> client.open(MROSE)));
        Thread thread = new Thread(ended);
        thread.start();
        asked.await();
        thread.interrupt();
        assertFalse(ended.get().isSessionUsable());
        answer.countDown();
    }

    private static final class Waiting {
        final RemoteMaildrop maildrop;
        final Thread thread = new Thread(this::run);
        volatile Pop3Exception ended;

        Waiting(RemoteMaildrop maildrop) {
            this.maildrop = maildrop;
        }

        private void run() {
            try {
                maildrop.stat();
            } catch (Pop3Exception e) {
                ended = e;
            }
        }
    }
}
