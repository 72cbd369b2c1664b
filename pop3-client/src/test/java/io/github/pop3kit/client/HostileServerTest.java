package io.github.pop3kit.client;

import static io.github.pop3kit.client.Script.MROSE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers that mean harm: none holds the client beyond its deadlines, fills its memory, gets a password in the clear, or makes it
 * delete what was not stored.
 */
@Timeout(120)
class HostileServerTest {

    private static final String MESSAGE = "Subject: x\r\n\r\n..dot\r\nend\r\n";

    /** What a server answers to each command, as octets; {@code ""} is the greeting. */
    private static final Map<String, String> GOOD = Map.ofEntries(
            Map.entry("", "+OK ready\r\n"),
            Map.entry("CAPA", "+OK\r\nUSER\r\nUIDL\r\nTOP\r\n.\r\n"),
            Map.entry("USER mrose", "+OK\r\n"),
            Map.entry("PASS secret", "+OK\r\n"),
            Map.entry("STAT", "+OK 1 28\r\n"),
            Map.entry("LIST", "+OK\r\n1 28\r\n.\r\n"),
            Map.entry("UIDL", "+OK\r\n1 abc\r\n.\r\n"),
            Map.entry("TOP 1 0", "+OK\r\nSubject: x\r\n\r\n.\r\n"),
            Map.entry("RETR 1", "+OK\r\n" + MESSAGE.replace("\r\n..", "\r\n...") + ".\r\n"),
            Map.entry("DELE 1", "+OK\r\n"),
            Map.entry("QUIT", "+OK bye\r\n"));

    /** A server for one client after the other, which hears everything that is sent to it. */
    private static final class Hostile implements AutoCloseable {

        /** Says something in answer to a command. */
        interface Answer {
            void to(String command, OutputStream out) throws Exception;
        }

        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
        private final Answer answer;

        Hostile(Answer answer) throws IOException {
            this.answer = answer;
            Thread thread = new Thread(this::serve, "hostile");
            thread.setDaemon(true);
            thread.start();
        }

        /** Good answers but for one command. */
        static Hostile at(String command, Answer evil) throws IOException {
            return new Hostile((said, out) -> {
                if (said.equals(command)) {
                    evil.to(said, out);
                } else {
                    out.write(GOOD.getOrDefault(said, "-ERR\r\n").getBytes(ISO_8859_1));
                }
            });
        }

        private void serve() {
            while (!listening.isClosed()) {
                try (Socket client = listening.accept();
                        BufferedReader in =
                                new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1))) {
                    OutputStream out = client.getOutputStream();
                    for (String command = ""; command != null; command = in.readLine()) {
                        heard.add(command);
                        answer.to(command, out);
                        out.flush();
                    }
                } catch (Exception gone) {
                    // The client has left, or this one wants to.
                }
            }
        }

        boolean heard(String command) {
            return heard.contains(command);
        }

        Pop3Client.Builder client() {
            return Pop3Client.builder("127.0.0.1")
                    .port(listening.getLocalPort())
                    .tls(Tls.NONE)
                    .allowCleartextLogin()
                    .limits(ClientLimits.defaults().withListingEntries(1000).withMessageOctets(1 << 20));
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    /** All that a careful program does: list, look, store, delete, commit. */
    private static void fetch(Pop3Client client, OutputStream stored) throws IOException {
        try (RemoteMaildrop maildrop = client.open(MROSE)) {
            maildrop.stat();
            maildrop.list();
            maildrop.uniqueIds();
            maildrop.headers(1);
            maildrop.retrieveTo(1, stored);
            maildrop.delete(1);
            maildrop.quit();
        }
    }

    // ---- without end

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "CAPA",
                "USER mrose",
                "PASS secret",
                "STAT",
                "LIST",
                "UIDL",
                "TOP 1 0",
                "RETR 1",
                "DELE 1",
                "QUIT"
            })
    void a_line_without_end_is_left(String command) throws IOException {
        byte[] block = "x".repeat(1 << 16).getBytes(ISO_8859_1);
        try (Hostile server = Hostile.at(command, (said, out) -> {
            while (true) out.write(block);
        })) {
            Pop3Exception left = assertThrows(
                    Pop3Exception.class, () -> fetch(server.client().build(), OutputStream.nullOutputStream()));
            assertFalse(left.isSessionUsable());
            assertEquals(command.equals("QUIT"), server.heard("QUIT"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAPA", "LIST", "UIDL", "TOP 1 0", "RETR 1"})
    void an_answer_without_end_is_left(String command) throws IOException {
        byte[] block = "1 abc\r\n".repeat(10_000).getBytes(ISO_8859_1);
        try (Hostile server = Hostile.at(command, (said, out) -> {
            out.write("+OK\r\n".getBytes(ISO_8859_1));
            while (true) out.write(block);
        })) {
            long before = used();
            Pop3Exception left = assertThrows(
                    Pop3Exception.class, () -> fetch(server.client().build(), OutputStream.nullOutputStream()));
            assertFalse(left.isSessionUsable());
            assertTrue(used() - before < 32 << 20, "so much memory for an answer that is thrown away");
            assertFalse(server.heard("DELE 1"));
        }
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CAPA", "PASS secret", "LIST", "RETR 1", "QUIT"})
    void an_octet_now_and_then_gains_no_time(String command) throws IOException {
        try (Hostile server = Hostile.at(command, (said, out) -> {
            for (byte octet : "+OK".getBytes(ISO_8859_1)) out.write(octet);
            while (true) {
                out.write(' ');
                out.flush();
                Thread.sleep(20); // A stall that the test is about, not a wait for something.
            }
        })) {
            // QUIT has five times the time of any other answer.
            Duration time = Duration.ofMillis(command.equals("QUIT") ? 60 : 300);
            Pop3Client client = server.client().readTimeout(time).build();
            Pop3Exception left =
                    assertThrows(Pop3Exception.class, () -> fetch(client, OutputStream.nullOutputStream()));
            Throwable why = left instanceof CommitException ? left.getCause() : left;
            assertEquals(Pop3TimeoutException.class, why.getClass(), () -> why + " at " + command);
        }
    }

    @Test
    void capabilities_that_come_slowly_have_the_time_of_one_line_together() throws IOException {
        try (Hostile server = Hostile.at("CAPA", (said, out) -> {
            out.write("+OK\r\n".getBytes(ISO_8859_1));
            while (true) {
                out.write("X-MORE\r\n".getBytes(ISO_8859_1));
                out.flush();
                Thread.sleep(20);
            }
        })) {
            Pop3Client client =
                    server.client().readTimeout(Duration.ofMillis(300)).build();
            assertThrows(Pop3TimeoutException.class, () -> client.open(MROSE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LIST", "UIDL", "TOP 1 0", "RETR 1"})
    void an_answer_that_goes_on_and_comes_to_nothing_is_late(String command) throws IOException {
        assertEquals(
                Pop3TimeoutException.Limit.READ,
                heldUp(command, "1 1\r\n", client -> client.readTimeout(Duration.ofMillis(300))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LIST", "RETR 1"})
    void an_answer_that_makes_just_enough_progress_ends_with_the_operation(String command) throws IOException {
        assertEquals(
                Pop3TimeoutException.Limit.OPERATION,
                heldUp(
                        command,
                        "1 1\r\n".repeat(10),
                        client ->
                                client.readTimeout(Duration.ofSeconds(30)).operationDeadline(Duration.ofMillis(500))));
    }

    /** What ends a session with a server whose answer goes on for ever, a piece each time. */
    private static Pop3TimeoutException.Limit heldUp(
            String command, String piece, UnaryOperator<Pop3Client.Builder> patience) throws IOException {
        try (Hostile server = Hostile.at(command, (said, out) -> {
            out.write("+OK\r\n".getBytes(ISO_8859_1));
            while (true) {
                out.write(piece.getBytes(ISO_8859_1));
                out.flush();
                Thread.sleep(20);
            }
        })) {
            Pop3Client client = patience.apply(server.client()).build();
            return assertThrows(Pop3TimeoutException.class, () -> fetch(client, OutputStream.nullOutputStream()))
                    .limit();
        }
    }

    // ---- cut

    /** One session against a server that falls silent for ever behind so many octets of everything it has to say. */
    @Test
    void cut_at_every_octet_nothing_is_taken_for_whole_and_nothing_else_is_deleted() throws IOException {
        List<String> order = List.of(
                "",
                "CAPA",
                "USER mrose",
                "PASS secret",
                "CAPA",
                "STAT",
                "LIST",
                "UIDL",
                "TOP 1 0",
                "RETR 1",
                "DELE 1",
                "QUIT");
        int untilRetrieved = 0;
        int all = 0;
        for (String command : order) {
            all += GOOD.get(command).length();
            if (command.equals("RETR 1")) untilRetrieved = all;
        }
        for (int octets = 0; octets <= all; octets++) {
            int[] left = {octets};
            try (Hostile server = new Hostile((command, out) -> {
                byte[] answer = GOOD.getOrDefault(command, "-ERR\r\n").getBytes(ISO_8859_1);
                int length = Math.min(left[0], answer.length);
                out.write(answer, 0, length);
                left[0] -= length;
                if (length < answer.length) throw new IOException("cut");
            })) {
                ByteArrayOutputStream stored = new ByteArrayOutputStream();
                Pop3Client client = server.client().build();
                String at = "cut behind " + octets + " of " + all + " octets";
                // CAPA is asked once more without, if that is where it was cut: the second session gets nothing at all.
                if (octets == all) {
                    fetch(client, stored);
                } else {
                    assertThrows(Pop3Exception.class, () -> fetch(client, stored), at);
                }
                if (octets < untilRetrieved) {
                    assertFalse(server.heard("DELE 1"), at);
                    assertFalse(server.heard("QUIT"), at);
                } else {
                    assertEquals(MESSAGE, stored.toString(ISO_8859_1), at);
                }
            }
        }
    }

    @Test
    void what_cannot_be_stored_is_not_deleted() throws IOException {
        try (Hostile server = Hostile.at("nothing", (said, out) -> {})) {
            OutputStream full = new OutputStream() {
                @Override
                public void write(int octet) throws IOException {
                    throw new IOException("No space left on device");
                }
            };
            assertThrows(IOException.class, () -> fetch(server.client().build(), full));
            assertFalse(server.heard("DELE 1"));
            assertFalse(server.heard("QUIT"));
        }
    }

    // ---- lies

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "28", "999999", "-5", "999999999999999999", "99999999999999999999999", "many"})
    void sizes_are_hints(String size, @TempDir Path folder) throws IOException {
        String listing = "+OK\r\n1 " + size + "\r\n.\r\n";
        try (Hostile server = Hostile.at("LIST", (said, out) -> out.write(listing.getBytes(ISO_8859_1)))) {
            Pop3Client client = server.client()
                    .limits(ClientLimits.defaults().withMessageOctets(Long.MAX_VALUE))
                    .build();
            try (RemoteMaildrop maildrop = client.open(MROSE)) {
                maildrop.list();
                maildrop.retrieveAll(List.of(1), MessageFolder.at(folder));
                assertEquals(List.of(MESSAGE), contents(folder));
            }
        }
    }

    private static List<String> contents(Path folder) throws IOException {
        List<String> contents = new ArrayList<>();
        for (Path file : files(folder)) contents.add(Files.readString(file, ISO_8859_1));
        return contents;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../evil",
                "/etc/passwd",
                "..",
                ".",
                "a\0b",
                "CON",
                "con.txt:stream",
                "~",
                "-rf",
                "a/b",
                "a\\b"
            })
    void a_unique_id_is_never_a_path(String id, @TempDir Path folder) throws IOException {
        Path inside = folder.resolve("deep/inside");
        String listing = "+OK\r\n1 " + id + "\r\n.\r\n";
        try (Hostile server = Hostile.at("UIDL", (said, out) -> out.write(listing.getBytes(ISO_8859_1)));
                RemoteMaildrop maildrop = server.client().build().open(MROSE)) {
            maildrop.uniqueIds();
            maildrop.retrieveAll(List.of(1), MessageFolder.at(inside));
            assertEquals(List.of(MESSAGE), contents(inside));
            assertEquals(List.of(folder.resolve("deep")), files(folder));
            assertEquals(List.of(inside), files(folder.resolve("deep")));
        }
    }

    @Test
    void what_was_not_asked_for_never_passes_for_an_answer() throws IOException {
        for (String command : List.of("PASS secret", "STAT", "UIDL", "DELE 1")) {
            try (Hostile server = Hostile.at(
                    command, (said, out) -> out.write((GOOD.get(said) + "+OK\r\n+OK\r\n").getBytes(ISO_8859_1)))) {
                assertThrows(
                        Pop3Exception.class,
                        () -> fetch(server.client().build(), OutputStream.nullOutputStream()),
                        command);
                assertFalse(server.heard("QUIT"), command);
            }
        }
    }

    // ---- passwords in the clear

    @Test
    void whatever_a_server_does_about_tls_it_gets_no_password_without_it() throws IOException {
        List<String> answers = List.of(
                "-ERR no\r\n",
                "-ERR [SYS/TEMP] later\r\n",
                "+OK\r\n+OK injected\r\n",
                "+OK\r\n+OK\r\n+OK\r\n+OK\r\n",
                "+OK\r\nno TLS record at all, but text\r\n",
                "+OK\n",
                "+ERR\r\n",
                "\r\n\r\n",
                ".\r\n");
        List<UnaryOperator<Pop3Client.Builder>> configurations = List.of(
                client -> client.tls(Tls.STLS),
                client -> client.tls(Tls.STLS_IF_OFFERED),
                client -> client.tls(Tls.IMPLICIT));
        for (String answer : answers) {
            for (String capabilities :
                    List.of("+OK\r\nSTLS\r\nUSER\r\n.\r\n", "+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n", "-ERR\r\n")) {
                for (UnaryOperator<Pop3Client.Builder> configuration : configurations) {
                    try (Hostile server = new Hostile((command, out) -> {
                        if (command.equals("STLS")) {
                            out.write(answer.getBytes(ISO_8859_1));
                        } else if (command.equals("CAPA")) {
                            out.write(capabilities.getBytes(ISO_8859_1));
                        } else {
                            out.write(GOOD.getOrDefault(command, "+OK\r\n").getBytes(ISO_8859_1));
                        }
                    })) {
                        Pop3Client client = configuration
                                .apply(Pop3Client.builder("127.0.0.1")
                                        .port(server.listening.getLocalPort())
                                        .handshakeTimeout(Duration.ofMillis(300))
                                        .readTimeout(Duration.ofSeconds(5)))
                                .build();
                        for (Login login : Arrays.asList(
                                MROSE, Login.userPass("mrose", "secret"), Login.plain("", "mrose", "secret"))) {
                            assertThrows(Pop3Exception.class, () -> client.open(login));
                        }
                        assertTrue(
                                List.copyOf(server.heard).stream()
                                        .noneMatch(line -> line.matches("(USER|PASS|AUTH|APOP).*")),
                                () -> answer + server.heard);
                    }
                }
            }
        }
    }
}
