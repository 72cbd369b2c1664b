package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pop3 check} of {@code pop3 serve}, and of a server that says odd things. */
@Timeout(120)
class CheckTest {

    private static final String PASSWORD = "tanstaaf";

    @TempDir
    Path folder;

    private Serving serving;
    private Path maildir;
    private String server;
    private String tlsPort;

    @BeforeEach
    void serve() throws Exception {
        maildir = folder.resolve("mail/mrose");
        for (String part : List.of("tmp", "new", "cur")) Files.createDirectories(maildir.resolve(part));
        Files.writeString(maildir.resolve("new/1791234567.M1P1.host"), "Subject: precious\n\nDo not touch.\n");
        Path users = Files.writeString(folder.resolve("users"), "mrose:{PLAIN}" + PASSWORD + "\n");
        serving = Serving.with(
                "--listen=127.0.0.1:0",
                "--listen-tls=127.0.0.1:0",
                "--allow-cleartext-login",
                "--cert=" + Path.of(CheckTest.class.getResource("localhost.pem").toURI()),
                "--limit=login-penalty=0",
                "--limit=login-failure-delay=0",
                "--store=maildir:" + folder.resolve("mail"),
                "--users=" + users);
        server = "127.0.0.1:" + serving.port("STLS");
        tlsPort = String.valueOf(serving.port("TLS"));
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    private static Ran check(String... arguments) {
        return Ran.pop3(
                Map.of("POP3_PASSWORD", PASSWORD),
                Stream.concat(Stream.of("check"), Arrays.stream(arguments)).toArray(String[]::new));
    }

    private List<String> mail() throws IOException {
        List<String> mail = new ArrayList<>();
        for (String part : List.of("tmp", "new", "cur")) {
            try (Stream<Path> files = Files.list(maildir.resolve(part))) {
                files.map(file -> file.getFileName().toString()).forEach(mail::add);
            }
        }
        return mail;
    }

    private static void assertFailed(int status, String sentence, Ran ran) {
        assertEquals("pop3: " + sentence + System.lineSeparator(), ran.err());
        assertEquals(status, ran.status(), ran::out);
    }

    // ---- a server that keeps the rules

    @Test
    void it_says_beforehand_what_it_will_delete_and_leaves_only_what_was_there() throws Exception {
        Ran ran = check(
                server,
                "--tls-port=" + tlsPort,
                "--user=mrose",
                "--deliver-to=" + maildir,
                "--only=quit-removes",
                "--only=lost-cut",
                "--only=tls",
                "--verbose");
        assertEquals("", ran.err());
        assertEquals(0, ran.status(), ran::out);
        List<String> lines = ran.out().lines().toList();
        assertEquals(
                "Checks " + server + ", TLS at port " + tlsPort
                        + ", for at most 120 s; it is in for many connections and odd commands.",
                lines.get(0));
        assertTrue(
                lines.get(1)
                        .matches(
                                "Delivers about \\d+ messages to mrose, marked by the header field X-Pop3kit-Check, and"
                                        + " deletes these and no others\\."),
                lines.get(1));
        assertTrue(
                lines.get(2).startsWith("Messages that are there already are listed, and not fetched"), lines.get(2));
        assertTrue(ran.out()
                .contains("ok quit-removes: QUIT removes what is marked as deleted (RFC 1939, section 6, MUST)"));
        assertTrue(lines.get(lines.size() - 1).matches("\\d+ passed, 0 failed, 0 warned, 0 skipped in \\d+\\.\\d s"));
        assertEquals(List.of("1791234567.M1P1.host"), mail());
    }

    @Test
    void without_a_way_to_deliver_it_says_that_nothing_is_deleted() throws Exception {
        Ran ran = check(server, "--user=mrose", "--only=retr-crlf", "--only=quit-removes", "--verbose");
        assertEquals(0, ran.status(), ran::err);
        assertTrue(ran.out().contains("Deletes nothing. The first message of mrose"), ran::out);
        assertTrue(ran.out().contains("no way to deliver messages is given (--deliver-to, --deliver-cmd)"), ran::out);
        assertEquals(1, mail().size());
    }

    @Test
    void a_command_delivers_and_need_not_read_slowly_or_at_once() throws Exception {
        Path script = Files.writeString(folder.resolve("deliver"), """
                n=$(mktemp -u XXXXXXXX)
                cat > "%1$s/tmp/$n" && mv "%1$s/tmp/$n" "%1$s/new/$n"
                """.formatted(maildir));
        Ran ran = check(server, "--user=mrose", "--deliver-cmd=sh " + script, "--only=retr-large");
        assertEquals(0, ran.status(), ran::err);
        assertTrue(ran.out().contains("1 passed, 0 failed"), ran::out);
        assertEquals(List.of("1791234567.M1P1.host"), mail());
    }

    @Test
    void without_a_user_only_what_can_be_seen_before_login_is_checked() {
        Ran ran = check(server, "--only=greeting", "--only=noop", "--verbose");
        assertEquals(0, ran.status(), ran::err);
        assertTrue(ran.out().contains("No user is given"), ran::out);
        assertTrue(ran.out().contains("ok greeting"), ran::out);
        assertTrue(ran.out().contains("no user is given"), ran::out);
    }

    // ---- a server that does not

    /** Greets and answers; each connection in its turn. */
    private static final class Odd implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Odd(String greeting, String unknown, String pass) throws IOException {
            Thread thread = new Thread(() -> {
                while (true) {
                    try (Socket client = listening.accept()) {
                        OutputStream out = client.getOutputStream();
                        out.write(greeting.getBytes(ISO_8859_1));
                        BufferedReader in =
                                new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
                        for (String line = in.readLine(); line != null; line = in.readLine()) {
                            String reply = line.startsWith("X-") || line.equals("CAPA") ? unknown : "+OK\r\n";
                            if (line.startsWith("PASS")) reply = pass;
                            out.write(reply.getBytes(ISO_8859_1));
                        }
                    } catch (IOException e) {
                        if (listening.isClosed()) return;
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        String address() {
            return "127.0.0.1:" + listening.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    @Test
    void a_must_that_is_broken_is_status_1_and_is_shown_and_written_without_markup_or_controls() throws Exception {
        Path html = folder.resolve("report.html");
        Path json = folder.resolve("report.json");
        Path xml = folder.resolve("report.xml");
        try (Odd odd = new Odd("+OK <b>\u001B[2J\u00FF\r\n", "+ERR <script>\u0007\u00FF\"]]>\r\n", "+OK\r\n")) {
            Ran ran = check(
                    odd.address(), "--only=status-err-word", "--html=" + html, "--json=" + json, "--junit-xml=" + xml);
            assertEquals("", ran.err());
            assertEquals(1, ran.status());
            assertTrue(
                    ran.out()
                            .contains(
                                    "FAIL status-err-word: A failure is -ERR in upper case, followed by a blank or nothing"
                                            + " (RFC 1939, section 3, MUST)"),
                    ran::out);
            assertTrue(ran.out().contains("       S: +ERR <script>\\x07\\xFF\"]]>"), ran::out);
            assertTrue(ran.out().chars().allMatch(c -> c == '\n' || c == '\r' || (c >= ' ' && c < 0x7F)), ran::out);
        }
        Config report = ConfigFactory.parseString(
                Files.readString(json), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
        assertEquals("+OK <b>\u001B[2J\u00FF", report.getString("greeting"));
        assertEquals(1, report.getInt("failed"));
        assertTrue(report.getBoolean("complete"));
        Config result = report.getConfigList("results").get(0);
        assertEquals("status-err-word", result.getString("id"));
        assertEquals("failed", result.getString("outcome"));
        assertTrue(result.getString("transcript").contains("S: +ERR <script>\\x07\\xFF\"]]>"));
        for (Path file : List.of(html, xml)) {
            String text = Files.readString(file, UTF_8);
            assertFalse(text.contains("<script>"), text);
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        }
    }

    @Test
    void a_should_that_is_not_kept_is_status_0() throws Exception {
        try (Odd odd = new Odd("+OK\r\n", "-ERR no\r\n", "+OK\r\n")) {
            Ran ran = check(odd.address(), "--only=capa");
            assertEquals(0, ran.status(), ran::err);
            assertTrue(ran.out().contains("warn capa: CAPA is served"), ran::out);
            assertTrue(ran.out().contains("0 failed, 1 warned"), ran::out);
        }
    }

    @Test
    void a_run_that_is_not_over_is_no_success() throws Exception {
        Ran ran;
        do {
            // It greets its first client, and no other.
            try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                Thread thread = new Thread(() -> {
                    try (Socket client = listening.accept()) {
                        client.getOutputStream().write("+OK ready\r\n-ERR no CAPA\r\n".getBytes(ISO_8859_1));
                        while (client.getInputStream().read() >= 0) {
                            // Until the client goes.
                        }
                    } catch (IOException gone) {
                        // As it should be.
                    }
                });
                thread.setDaemon(true);
                thread.start();
                ran = check("127.0.0.1:" + listening.getLocalPort(), "--only=greeting", "--time=1s", "--verbose");
            }
        } while (ran.status() == 76); // Where this machine was too slow to begin.
        assertFailed(75, "Not every check had its turn: give it more --time.", ran);
        assertTrue(ran.out().contains("skip greeting"), ran::out);
        assertTrue(ran.out().contains("     the time was used up"), ran::out);
    }

    @Test
    void a_login_that_is_refused_is_status_77_and_the_password_is_not_shown_even_if_the_server_shows_it()
            throws Exception {
        try (Odd odd = new Odd("+OK\r\n", "-ERR no\r\n", "-ERR it is not " + PASSWORD + "\r\n")) {
            Ran ran = check(odd.address(), "--user=mrose");
            assertFailed(77, "the login is refused: \"-ERR it is not ****\".", ran);
            assertFalse(ran.out().contains(PASSWORD), ran::out);
        }
        assertEquals(
                77,
                Ran.pop3(Map.of("POP3_PASSWORD", "wrong"), "check", server, "--user=mrose")
                        .status());
    }

    @Test
    void the_password_is_in_nothing_that_is_printed_or_written() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        for (String source : List.of("--password-file=" + file, "--password-command=cat " + file)) {
            Path json = folder.resolve("report.json");
            Ran ran = Ran.pop3(
                    "check",
                    server,
                    "--user=mrose",
                    source,
                    "--json=" + json,
                    "--only=user-login",
                    "--only=auth-plain",
                    "--only=pass-wrong",
                    "--only=pass-with-blank",
                    "--verbose");
            assertEquals(0, ran.status(), ran::err);
            String all = ran.out() + ran.err() + Files.readString(json);
            assertTrue(all.contains("C: PASS ****"), all);
            for (String secret : List.of(PASSWORD, "AG1yb3NlAHRhbnN0YWFm")) assertFalse(all.contains(secret), all);
        }
    }

    @Test
    void who_is_not_there_or_no_server_or_takes_no_mail_has_a_status_of_his_own() throws Exception {
        String nobody;
        try (Odd odd = new Odd("220 localhost ESMTP\r\n", "", "")) {
            nobody = odd.address();
            assertFailed(
                    76, nobody + ": the greeting is answered with no status: \"220 localhost ESMTP\".", check(nobody));
        }
        Ran ran = check(nobody);
        assertEquals(69, ran.status());
        assertTrue(ran.err().startsWith("pop3: " + nobody + ": a connection is refused"), ran::err);
        String unknown = "x".repeat(64) + ":110"; // Longer than a name can be: nobody is asked.
        assertFailed(69, unknown + ": this host is not known.", check(unknown));
        ran = check(server, "--user=mrose", "--deliver-cmd=false");
        assertEquals(74, ran.status());
        assertTrue(ran.err().contains("the command that delivers ended with status 1"), ran::err);
        ran = check(server, "--user=mrose", "--deliver-to=" + folder);
        assertEquals(74, ran.status());
        assertTrue(ran.err().contains(folder + " is no maildir: it has no tmp and new"), ran::err);
        assertEquals(1, mail().size());
    }

    // ---- wrong calls

    @Test
    void a_report_that_cannot_be_written_is_told_before_anything_is_checked() throws Exception {
        Ran ran = check(
                server, "--user=mrose", "--deliver-to=" + maildir, "--html=" + folder.resolve("nowhere/report.html"));
        assertEquals("", ran.out());
        assertEquals(1, ran.status());
        assertTrue(ran.err().startsWith("pop3: The report cannot be written: there is no file "), ran::err);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | Missing required parameter: 'HOST:PORT'.",
                "localhost:99999 | The server is named as HOST:PORT, with IPv6 in brackets.",
                "::1:110 | The server is named as HOST:PORT, with IPv6 in brackets.",
                "localhost:0 | There is no port 0.",
                "localhost:110 --tls-port 70000 | There is no port 70000.",
                "localhost:110 --only nothing | There is no check nothing.",
                "localhost:110 --deliver-cmd true | Messages are delivered to a --user.",
                "localhost:110 --time never | Invalid value for option '--time': 'never' is not a time, such as 5s, 500ms or 2m.",
                "localhost:110 --user u --deliver-cmd true --deliver-to . | Error: --deliver-to=MAILDIR, --deliver-cmd=COMMAND are"
                        + " mutually exclusive (specify only one).",
                "localhost:110 --insecure --cafile f | Error: --cafile=FILE, --insecure are mutually exclusive (specify only one).",
            })
    void a_wrong_call_is_answered_with_a_sentence(String arguments, String sentence) {
        Ran ran = check(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
        assertEquals("", ran.out());
        assertFailed(2, sentence + " Try 'pop3 check --help'.", ran);
    }

    @Test
    void a_name_or_password_with_a_line_end_is_no_command() {
        Ran ran = Ran.pop3(Map.of("POP3_PASSWORD", "a\r\nDELE 1"), "check", server, "--user=mrose");
        assertEquals(2, ran.status());
        assertTrue(ran.err().startsWith("pop3: A name or a password has no line ends."), ran::err);
    }
}
