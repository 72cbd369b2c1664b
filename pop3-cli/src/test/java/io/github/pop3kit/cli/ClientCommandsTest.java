package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pop3 ls}, {@code get}, {@code top} and {@code rm} against {@code pop3 serve}, and against servers that fail. */
@Timeout(120)
class ClientCommandsTest {

    private static final List<String> MESSAGES = List.of(
            "Subject: one\r\n\r\n1\r\n",
            "Subject: two\r\n\r\n.\r\n..\r\n.x\r\n",
            "Subject: \u00fc\r\n\r\n\u00e9\0\r\n");

    private static final String LOGIN = """
            S: +OK ready
            C: CAPA
            S: -ERR
            C: USER mrose
            S: +OK
            C: PASS a secret
            S: +OK
            C: CAPA
            S: -ERR
            """;

    @TempDir
    Path folder;

    private Serving serving;
    private int plain;
    private int tls;

    @BeforeEach
    void serve() throws IOException, URISyntaxException {
        Path mail = Files.createDirectories(folder.resolve("mail/mrose/new"));
        for (int i = 0; i < MESSAGES.size(); i++) {
            Files.writeString(mail.resolve("179123456" + i + ".M1P1.host"), MESSAGES.get(i), ISO_8859_1);
        }
        Path users = Files.writeString(folder.resolve("users"), "mrose:{PLAIN}a secret\n");
        serving = Serving.with(
                "--listen=127.0.0.1:0",
                "--listen-tls=127.0.0.1:0",
                "--allow-cleartext-login",
                "--cert=" + certificate(),
                "--store=maildir:" + folder.resolve("mail"),
                "--users=" + users);
        plain = serving.port("STLS");
        tls = serving.port("TLS");
    }

    private static Path certificate() throws URISyntaxException {
        return Path.of(ClientCommandsTest.class.getResource("localhost.pem").toURI());
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    private String url() {
        return "pop3://mrose@127.0.0.1:" + plain + "?tls=none";
    }

    private static Ran pop3(String command, String... arguments) {
        return Ran.pop3(Map.of("POP3_PASSWORD", "a secret"), all(command, arguments));
    }

    private static String[] all(String command, String... arguments) {
        return Stream.concat(Stream.of(command), Arrays.stream(arguments)).toArray(String[]::new);
    }

    private static void assertDone(Ran ran) {
        assertEquals("", ran.err());
        assertEquals(0, ran.status());
    }

    private static void assertFailed(int status, String sentence, Ran ran) {
        assertEquals("pop3: " + sentence + System.lineSeparator(), ran.err());
        assertEquals(status, ran.status());
    }

    // ---- what they do

    @Test
    void ls_lists_numbers_octets_and_unique_ids() {
        Ran ran = pop3("ls", url());
        assertDone(ran);
        List<String> lines = ran.out().lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).matches("1 +19 \\S+"), ran.out());
        assertTrue(lines.get(2).matches("3 +\\d+ \\S+"), ran.out());
    }

    @Test
    void get_writes_messages_as_they_are() {
        Ran ran = pop3("get", url(), "2");
        assertDone(ran);
        assertEquals(MESSAGES.get(1), ran.message());
        assertEquals(
                MESSAGES.get(2) + MESSAGES.get(0),
                pop3("get", url(), "3", "1", "3").message());
        assertEquals(String.join("", MESSAGES), pop3("get", url(), "--all").message());
    }

    @Test
    void get_to_stores_each_message_once_for_this_user_alone() throws IOException {
        Path to = folder.resolve("a/b");
        Ran ran = pop3("get", "--all", "--to", to.toString(), url());
        assertDone(ran);
        List<String> lines = ran.out().lines().toList();
        for (int i = 0; i < 3; i++) {
            String[] words = lines.get(i).split(" ", 2);
            assertEquals(String.valueOf(i + 1), words[0]);
            assertEquals(MESSAGES.get(i), Files.readString(Path.of(words[1]), ISO_8859_1));
            assertEquals(
                    PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(Path.of(words[1])));
        }
        assertEquals(
                ran.out(), pop3("get", "--all", "--to", to.toString(), url()).out());
        assertEquals(3, files(to).size());
    }

    private static List<Path> files(Path in) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.toList();
        }
    }

    @Test
    void top_shows_a_header_and_some_lines() {
        Ran ran = pop3("top", url(), "2", "1");
        assertDone(ran);
        assertEquals("Subject: two\r\n\r\n.\r\n", ran.message());
        assertEquals("Subject: two\r\n\r\n", pop3("top", url(), "2", "0").message());
    }

    @Test
    void rm_deletes_these_and_no_others() {
        assertDone(pop3("rm", url(), "1", "3", "3"));
        assertEquals(MESSAGES.get(1), pop3("get", url(), "--all").message());
    }

    @Test
    void what_fails_is_named_and_the_rest_is_done() {
        Ran got = pop3("get", url(), "9", "1");
        assertEquals(MESSAGES.get(0), got.message());
        assertFailed(69, "127.0.0.1:" + plain + " rejected RETR 9: no such message.", got);
        Ran removed = pop3("rm", url(), "1", "8", "9");
        assertEquals(2, removed.err().lines().count(), removed.err());
        assertEquals(69, removed.status());
        assertEquals(
                MESSAGES.get(1) + MESSAGES.get(2), pop3("get", url(), "--all").message());
    }

    @Test
    void stls_is_required_and_certificates_are_checked() throws Exception {
        String stls = "pop3://mrose@127.0.0.1:" + plain;
        String implicit = "pop3s://mrose@localhost:" + tls;
        assertDone(pop3("ls", "--cafile", certificate().toString(), stls.replace("127.0.0.1", "localhost")));
        assertDone(pop3("ls", "--cafile", certificate().toString(), implicit));
        assertDone(pop3("ls", "--insecure", stls));
        for (String url : List.of(stls, implicit)) {
            Ran ran = pop3("ls", url);
            assertEquals(76, ran.status(), ran.err());
            assertEquals(1, ran.err().lines().count(), ran.err());
            assertEquals("", ran.out());
        }
    }

    // ---- passwords

    @Test
    void a_password_comes_from_a_file_or_a_command_rather_than_the_environment() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "a secret\nsomething else\n");
        Map<String, String> wrong = Map.of("POP3_PASSWORD", "wrong");
        assertDone(Ran.pop3(wrong, "ls", "--password-file=" + file, url()));
        assertDone(Ran.pop3(wrong, "ls", "--password-command=echo a secret; echo b", url()));
        Ran refused = Ran.pop3(wrong, "ls", url());
        assertEquals(77, refused.status());
        assertTrue(refused.err().contains(" refused the login [AUTH]"), refused.err());
    }

    @Test
    void without_a_password_there_is_no_login() throws IOException {
        assertFailed(1, "The password command ended with status 3.", pop3("ls", "--password-command=exit 3", url()));
        assertFailed(1, "The password command printed nothing.", pop3("ls", "--password-command=true", url()));
        assertFailed(1, "The password command printed nothing.", pop3("ls", "--password-command=echo", url()));
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertFailed(
                1,
                "There is no login like that: the password is empty.",
                pop3("ls", "--password-file=" + empty, url()));
        Path missing = folder.resolve("nowhere");
        assertFailed(
                1,
                "The password file cannot be read: there is no file " + missing + ".",
                pop3("ls", "--password-file=" + missing, url()));
    }

    @Test
    void verbose_shows_the_wire_without_the_password() {
        Ran ran = pop3("ls", "-v", url());
        assertEquals(0, ran.status());
        assertTrue(ran.err().contains("C: AUTH SCRAM-SHA-512 ****"), ran.err());
        assertTrue(ran.err().contains("C: UIDL"), ran.err());
        assertFalse(ran.err().contains("secret"), ran.err());
    }

    // ---- servers that fail

    private static Ran against(String conversation, Attempt attempt) throws IOException {
        return against(attempt, conversation);
    }

    private interface Attempt {
        Ran at(String url);
    }

    /** What happens while a server plays these, one connection after the other. */
    private static Ran against(Attempt attempt, String... conversations) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(20_000);
            CompletableFuture<Void> played = CompletableFuture.runAsync(() -> {
                for (String conversation : conversations) {
                    try (Socket client = server.accept()) {
                        Transcript.parse(conversation).playServer(client, new Pace.Lines());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            Ran ran = attempt.at("pop3://mrose@127.0.0.1:" + server.getLocalPort() + "?tls=none");
            try {
                played.join();
            } catch (CompletionException e) {
                throw new AssertionError(ran.err(), e.getCause());
            }
            return ran;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-ERR [IN-USE] locked    | 75",
                "-ERR [LOGIN-DELAY] wait | 75",
                "-ERR [SYS/TEMP] broken  | 75",
                "-ERR [SYS/PERM] broken  | 69",
                "-ERR [AUTH] no          | 77",
                "+ERR no                 | 76",
            })
    void the_status_says_what_may_be_done(String answer, int status) throws IOException {
        Ran ran = against("""
                S: +OK ready
                C: CAPA
                S: -ERR
                C: USER mrose
                S: +OK
                C: PASS a secret
                S: %s
                """.formatted(answer), url -> pop3("ls", url));
        assertEquals(status, ran.status(), ran.err());
        assertEquals(1, ran.err().lines().count(), ran.err());
    }

    @Test
    void get_to_leaves_nothing_of_a_message_that_was_cut() throws IOException {
        Path to = folder.resolve("to");
        Ran ran = against(LOGIN + """
                        C: UIDL
                        S: +OK
                        S: 1 ../../evil
                        S: 2 b
                        S: .
                        C: LIST
                        S: +OK
                        S: 1 5
                        S: 2 50
                        S: .
                        C: RETR 1
                        S: +OK
                        S: 123
                        S: .
                        C: RETR 2
                        S: +OK
                        S: 123
                        S cuts
                        """, url -> pop3("get", url, "1", "2", "--to", to.toString()));
        assertEquals(75, ran.status(), ran.err());
        assertEquals(1, ran.err().lines().count(), ran.err());
        List<Path> files = files(to);
        assertEquals(1, files.size(), files::toString);
        assertTrue(files.get(0).getFileName().toString().matches("[0-9a-f]{32}\\.eml"), files::toString);
        assertEquals("123\r\n", Files.readString(files.get(0)));
        assertEquals(ran.out(), "1 " + files.get(0) + System.lineSeparator());
    }

    @Test
    void get_without_uidl_names_files_by_number_and_never_writes_over_one() throws IOException {
        Path to = Files.createDirectories(folder.resolve("to"));
        Files.writeString(to.resolve("1.eml"), "something else");
        String conversation = LOGIN + """
                C: UIDL
                S: -ERR what?
                C: RETR 1
                S: +OK
                S: 123
                S: .
                C: QUIT
                S: +OK
                """;
        for (int time = 0; time < 2; time++) {
            Ran ran = against(conversation, url -> pop3("get", url, "1", "--to", to.toString()));
            assertDone(ran);
            assertEquals("1 " + to.resolve("1-2.eml") + System.lineSeparator(), ran.out());
        }
        assertEquals("something else", Files.readString(to.resolve("1.eml")));
        assertEquals("123\r\n", Files.readString(to.resolve("1-2.eml")));
        assertEquals(2, files(to).size());
    }

    @Test
    void ls_shows_nothing_of_a_server_unescaped_and_does_without_uidl() throws IOException {
        Ran ran = against(LOGIN + """
                        C: LIST
                        S: +OK
                        S: 1 5
                        S: .
                        C: UIDL
                        S: +OK
                        S: 1 \\x1B[2J\\x9B
                        S: .
                        C: QUIT
                        S: +OK
                        """, url -> pop3("ls", url));
        assertDone(ran);
        assertEquals("1          5 \\x1B[2J\\x9B" + System.lineSeparator(), ran.out());
        Ran without = against(LOGIN + """
                        C: LIST
                        S: +OK
                        S: 1 5
                        S: .
                        C: UIDL
                        S: -ERR
                        C: QUIT
                        S: +OK
                        """, url -> pop3("ls", url));
        assertDone(without);
        assertEquals("1          5 -" + System.lineSeparator(), without.out());
    }

    @Test
    void rm_says_when_the_server_did_not_delete_or_may_not_have() throws IOException {
        String marks = LOGIN + """
                C: UIDL
                S: -ERR
                C: DELE 1
                S: +OK
                C: QUIT
                """;
        Ran refused = against(marks + "S: -ERR [SYS/TEMP] disk\n", url -> pop3("rm", url, "1"));
        assertEquals(75, refused.status());
        assertTrue(refused.err().contains(" has not deleted all of 1 messages [SYS/TEMP]: disk."), refused.err());
        Ran unknown = against(marks + "S closes\n", url -> pop3("rm", url, "1"));
        assertEquals(75, unknown.status());
        assertTrue(unknown.err().contains(" may or may not have deleted 1 messages"), unknown.err());
    }

    private static final String PIPELINING = LOGIN.replaceFirst("(?s)C: CAPA\nS: -ERR\n$", """
            C: CAPA
            S: +OK
            S: PIPELINING
            S: UIDL
            S: .
            C: UIDL
            S: +OK
            S: 1 a
            S: 2 b
            S: .
            """);

    @Test
    void where_pipelining_breaks_it_is_done_one_by_one_in_another_session() throws IOException {
        String listing = "C: LIST\nS: +OK\nS: 1 3\nS: 2 3\nS: .\n";
        String message = "S: +OK\nS: 1\nS: .\n";
        Path to = folder.resolve("to");
        Ran got = against(
                url -> pop3("get", url, "1", "2", "--to", to.toString()),
                PIPELINING + listing + "C: RETR 1\nC: RETR 2\n" + message + "S: what?\nC closes\n",
                PIPELINING + "C: RETR 2\n" + message + "C: QUIT\nS: +OK\n");
        assertDone(got);
        assertEquals(2, files(to).size());
        // Somebody deletes the first one meanwhile, and the second one has its number; or there is none any more.
        String broken = PIPELINING + listing + "C: RETR 1\nC: RETR 2\n" + message + "S: what?\nC closes\n";
        String moved = PIPELINING.replace("S: 1 a\n", "").replace("2 b", "1 b");
        Ran other = against(
                url -> pop3(
                        "get", url, "1", "2", "--to", folder.resolve("other").toString()),
                broken,
                moved + "C: RETR 1\n" + message.replace("1", "2") + "C: QUIT\nS: +OK\n");
        assertDone(other);
        assertTrue(other.out().lines().toList().get(1).startsWith("2 "), other.out());
        assertEquals(2, files(folder.resolve("other")).size());
        Ran nameless = against(
                url -> pop3(
                        "get", url, "1", "2", "--to", folder.resolve("nameless").toString()),
                broken.replaceFirst("(?s)S: UIDL\\n", "").replace("S: +OK\nS: 1 a\nS: 2 b\nS: .\n", "S: -ERR\n"),
                PIPELINING.replaceFirst("(?s)S: UIDL\\n", "").replaceFirst("(?s)C: UIDL.*", "") + "C: RETR 2\n"
                        + message + "C: QUIT\nS: +OK\n");
        assertDone(nameless);
        Ran gone = against(
                url -> pop3("get", url, "1", "2", "--to", folder.resolve("gone").toString()),
                broken,
                moved.replace("1 b", "1 c") + "C closes\n");
        assertEquals(74, gone.status(), gone.err());
        assertTrue(gone.err().contains("message 2 is gone"), gone.err());
        String breaks = PIPELINING + "C: DELE 1\nC: DELE 2\nS: +OK\nS closes\n";
        String oneByOne = "C: DELE 1\nS: +OK\nC: DELE 2\nS: +OK\nC: QUIT\nS: +OK\n";
        assertDone(against(url -> pop3("rm", url, "1", "2"), breaks, PIPELINING + oneByOne));
        // Numbers may stand for other messages in another session.
        Ran others = against(url -> pop3("rm", url, "1", "2"), breaks, PIPELINING.replace("2 b", "2 c") + "C closes\n");
        assertEquals(74, others.status(), others.err());
    }

    @Test
    void a_server_that_says_nothing_is_left() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String server = "127.0.0.1:" + silent.getLocalPort();
            for (String url : List.of("pop3://mrose@" + server + "?tls=none", "pop3s://mrose@" + server)) {
                Ran ran = pop3("ls", "--timeout", "200ms", url);
                assertEquals(75, ran.status(), ran.err());
                assertTrue(ran.err().endsWith(" within 200 ms." + System.lineSeparator()), ran.err());
                assertEquals(1, ran.err().lines().count(), ran.err());
            }
        }
    }

    @Test
    void nobody_there_and_no_host_are_said_in_a_sentence() throws IOException {
        int closed;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = gone.getLocalPort();
        }
        Ran refused = pop3("ls", "pop3s://mrose@127.0.0.1:" + closed);
        assertEquals(75, refused.status(), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        Ran unknown = pop3("ls", "pop3s://mrose@nowhere.invalid");
        assertEquals(68, unknown.status(), unknown.err());
        assertEquals(1, unknown.err().lines().count(), unknown.err());
    }

    @Test
    void a_stop_cuts_it_short() throws Exception {
        List<String> heard = new ArrayList<>();
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            StringWriter err = new StringWriter();
            Pop3 pop3 = new Pop3(out, new PrintWriter(err), Map.of("POP3_PASSWORD", "a secret"));
            CompletableFuture<Integer> status = CompletableFuture.supplyAsync(
                    () -> pop3.run("ls", "pop3://mrose@127.0.0.1:" + silent.getLocalPort() + "?tls=none"));
            try (Socket client = silent.accept()) {
                pop3.stop();
                assertEquals(Failure.INTERRUPTED, status.join());
                heard.add(new String(client.getInputStream().readAllBytes(), US_ASCII));
            }
            assertEquals(1, err.toString().lines().count(), err.toString());
        }
        assertEquals(List.of(""), heard);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ls",
                "ls pop3s://mrose:tanstaaf@pop.example.org",
                "ls pop3s://mrose@pop.example.org --timeout soon",
                "ls pop3s://mrose@pop.example.org --timeout 0s",
                "ls pop3s://mrose@pop.example.org 1",
                "ls pop3s://mrose@pop.example.org --cafile x --insecure",
                "ls pop3s://mrose@pop.example.org --password-file x --password-command y",
                "get pop3s://mrose@pop.example.org",
                "get pop3s://mrose@pop.example.org 0",
                "get pop3s://mrose@pop.example.org ../1",
                "get pop3s://mrose@pop.example.org 1 --all",
                "top pop3s://mrose@pop.example.org 1",
                "top pop3s://mrose@pop.example.org 1 -1",
                "rm pop3s://mrose@pop.example.org",
                "rm pop3s://mrose@pop.example.org -1",
            })
    void a_mistake_is_answered_with_one_sentence(String line) {
        Ran ran = Ran.pop3(line.split(" ", -1));
        assertEquals(2, ran.status(), ran.err());
        assertEquals(1, ran.err().lines().count(), ran.err());
        assertTrue(ran.err().startsWith("pop3: "), ran.err());
        assertFalse(ran.err().contains("tanstaaf"), ran.err());
        assertNotEquals("", ran.err());
    }
}
