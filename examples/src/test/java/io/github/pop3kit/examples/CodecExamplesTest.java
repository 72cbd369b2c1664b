package io.github.pop3kit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.protocol.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs that need no more than pop3-protocol. */
class CodecExamplesTest {

    private static final String SAID =
            String.join("\r\n", "USER mrose", "PASS a secret", "UIDL", "RETR 1", "AUTH PLAIN", "AGEAYg==", "QUIT", "");
    private static final String ANSWERED = String.join(
            "\r\n",
            "+OK ready",
            "+OK",
            "+OK",
            "+OK",
            "1 \u001B[2J",
            ".",
            "+OK 9 octets",
            "..dot",
            "x",
            ".",
            "+ ",
            "-ERR no",
            "+OK bye",
            "");
    private static final String PRINTED = """
            S: +OK ready
            C: USER mrose
            S: +OK
            C: PASS ****
            S: +OK
            C: UIDL
            S: +OK
            S: 1 \\x1B[2J
            S: .
            C: RETR 1
            S: +OK 9 octets
            S: (9 octets)
            S: .
            C: AUTH PLAIN
            S: + ****
            C: ****
            S: -ERR no
            C: QUIT
            S: +OK bye
            """;

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(octets(text));
    }

    @Test
    void a_captured_session_is_printed_without_its_secrets() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrettyPrinter.print(octets(SAID), octets(ANSWERED), new PrintStream(printed, true, StandardCharsets.UTF_8));
        assertEquals(
                PRINTED.lines().toList(),
                printed.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void data_of_smtp_is_dot_stuffed_and_ended() throws IOException {
        ByteArrayOutputStream connection = new ByteArrayOutputStream();
        DotStuffing.sendData(in("Subject: dots\n\n.\n..x"), connection);
        assertEquals("Subject: dots\r\n\r\n..\r\n...x\r\n.\r\n", connection.toString(StandardCharsets.US_ASCII));
    }

    @Test
    void an_article_of_nntp_comes_as_it_was_posted_or_not_at_all() throws IOException {
        ByteArrayOutputStream article = new ByteArrayOutputStream();
        DotStuffing.readArticle(in("Subject: dots\r\n\r\n..\r\n...x\r\n.\r\n"), article);
        assertEquals("Subject: dots\r\n\r\n.\r\n..x\r\n", article.toString(StandardCharsets.US_ASCII));
        assertThrows(EOFException.class, () -> DotStuffing.readArticle(in("half\r\n"), article));
    }

    @Test
    @Timeout(60)
    void they_run_with_pop3_protocol_alone_on_the_class_path(@TempDir Path folder) throws Exception {
        Path client = Files.write(folder.resolve("client"), octets(SAID));
        Path server = Files.write(folder.resolve("server"), octets(ANSWERED));
        assertEquals(
                PRINTED.lines().toList(),
                run("", "PrettyPrinter", client.toString(), server.toString())
                        .lines()
                        .toList());
        assertEquals("..x\r\n.\r\n", run(".x\n", "DotStuffing", "smtp"));
        assertEquals(".x\r\n", run("..x\r\n.\r\n", "DotStuffing", "nntp"));
    }

    /** In a JVM that has these examples and pop3-protocol, and nothing else. */
    private static String run(String input, String example, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                place(PrettyPrinter.class) + System.getProperty("path.separator") + place(Command.class),
                "io.github.pop3kit.examples." + example));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().write(octets(input));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return output;
    }

    private static Path place(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
