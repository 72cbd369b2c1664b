package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What needs a process of its own: signals, the exit status, the log. */
@Timeout(60)
class ProcessTest {

    private static final String MESSAGE = "mail/mrose/new/1791234567.M1P1.host";

    @TempDir
    Path folder;

    @Test
    void sigterm_ends_it_cleanly_and_deletes_nothing() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "mrose:{PLAIN}a secret\n");
        Files.createDirectories(folder.resolve("mail/mrose/new"));
        Files.writeString(folder.resolve(MESSAGE), "Subject: one\n\n1\n");
        Process process = start(
                "serve",
                "--listen=127.0.0.1:0",
                "--allow-cleartext-login",
                "--store=maildir:" + folder.resolve("mail"),
                "--users=" + users,
                "--log-level=trace");
        List<String> log;
        try (BufferedReader out = process.inputReader()) {
            String ready = out.readLine();
            assertTrue(ready.matches("pop3kit listening on 127\\.0\\.0\\.1:\\d+ \\(no TLS\\)"), ready);
            int port = Integer.parseInt(ready.replaceAll(".*:|\\D*$", ""));
            try (SocketChannel client = connect(port)) {
                play(client, """
                        S: +OK …
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: +OK …
                        C: DELE 1
                        S: +OK …
                        """);
                process.toHandle().destroy(); // SIGTERM; Process.destroy would close its output as well.
                play(client, "S closes");
            }
            log = out.lines().toList();
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
        assertTrue(Files.exists(folder.resolve(MESSAGE)));
        for (String line : log) {
            assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d pop3kit: .*"), line);
            assertFalse(line.contains("a secret"), line);
        }
        assertLogged(log, "pop3kit: trace: <\\S+> C: PASS \\*\\*\\*\\*");
        assertLogged(log, "pop3kit: pop3-login: Login: user=<mrose>, method=PLAIN, rip=127.0.0.1, .*");
        assertLogged(log, "pop3kit: pop3\\(mrose\\)<\\S+>: Disconnected: .* del=0/0, .*");
    }

    @Test
    void sigterm_ends_a_command_that_was_to_say_a_password_too() throws Exception {
        Process process = start(
                "sync",
                "pop3://mrose@127.0.0.1:1?tls=none",
                "--to=eml:" + folder,
                "--state=" + folder,
                "--password-command=echo asked >&2; exec sleep 600");
        try (BufferedReader out = process.inputReader()) {
            assertEquals("asked", out.readLine());
            ProcessHandle command = process.descendants().findFirst().orElseThrow();
            process.toHandle().destroy();
            assertNotEquals(0, process.waitFor());
            command.onExit().join();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.pop3kit.cli.Pop3"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void assertLogged(List<String> lines, String pattern) {
        assertTrue(lines.stream().anyMatch(line -> line.matches("\\S+ \\S+ " + pattern)), lines::toString);
    }

    private static SocketChannel connect(int port) throws IOException {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static void play(SocketChannel client, String conversation) throws IOException {
        Transcript.parse(conversation).playClient(client, new Pace.Lines());
    }
}
