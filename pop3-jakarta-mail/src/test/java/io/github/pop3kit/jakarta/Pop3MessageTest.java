package io.github.pop3kit.jakarta;

import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.testkit.Pop3TestServer;
import io.github.pop3kit.testkit.TestUser;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class Pop3MessageTest {

    private static final String HEADER = """
            From: Ann <ann@example.org>
            Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
            Received: from here
            \tby there
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            """.replace("\n", "\r\n");
    private static final String BODY = "--b\r\n\r\n.one\r\n--b\r\nContent-Type: text/plain\r\n\r\n..two\r\n--b--\r\n";

    private final Pop3TestServer server = Pop3TestServer.start();
    private final Mail mail = new Mail(server);
    private TestUser bob;

    @BeforeEach
    void aMaildrop() {
        bob = server.user("bob", "secret");
        bob.deliver(HEADER + BODY);
    }

    @AfterEach
    void end() throws MessagingException {
        mail.close();
        server.close();
    }

    private Pop3Message first() throws MessagingException {
        return (Pop3Message) mail.open().getMessage(1);
    }

    @Test
    void headers_come_by_TOP_and_once() throws Exception {
        Message message = first();
        assertEquals("Grüße", message.getSubject());
        assertEquals("Ann <ann@example.org>", message.getFrom()[0].toString());
        assertTrue(message.isMimeType("multipart/mixed"));
        assertEquals(BODY.length(), message.getSize());
        assertNull(message.getReceivedDate());
        assertThat(server).received("TOP 1 0").neverReceived("RETR …");
    }

    @Test
    void content_is_parsed_and_retrieved_once() throws Exception {
        Message message = first();
        Multipart parts = (Multipart) message.getContent();
        assertEquals(2, parts.getCount());
        assertEquals(".one", parts.getBodyPart(0).getContent());
        assertEquals("..two", parts.getBodyPart(1).getContent());
        assertEquals(BODY, new String(message.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        assertEquals(BODY, new String(message.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        assertEquals(HEADER + BODY, Mail.written(message));
        assertEquals(
                1,
                server.transcript()
                        .lines()
                        .filter(line -> line.contains("C: RETR"))
                        .count());
    }

    @Test
    void writing_streams_and_keeps_nothing() throws Exception {
        Message message = first();
        assertEquals(HEADER + BODY, Mail.written(message));
        assertEquals(HEADER + BODY, Mail.written(message));
        assertEquals(
                2,
                server.transcript()
                        .lines()
                        .filter(line -> line.contains("C: RETR"))
                        .count());
    }

    @Test
    void writing_through_the_cache() throws Exception {
        mail.with("cachewriteto", "true");
        Message message = first();
        assertEquals(HEADER + BODY, Mail.written(message));
        assertEquals(HEADER + BODY, Mail.written(message));
        assertEquals(
                1,
                server.transcript()
                        .lines()
                        .filter(line -> line.contains("C: RETR"))
                        .count());
    }

    @Test
    void headers_may_be_left_out() throws Exception {
        Pop3Message message = first();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        message.writeTo(out, new String[] {"received", "SUBJECT"});
        String rest = HEADER.replace("Received: from here\r\n\tby there\r\n", "")
                .replace("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n", "");
        assertEquals(rest + BODY, out.toString(StandardCharsets.US_ASCII));
    }

    @Test
    void what_the_output_throws_is_passed_on_and_the_folder_lives() throws Exception {
        Pop3Message message = first();
        IOException full = new IOException("disk full");
        IOException e = assertThrows(
                IOException.class,
                () -> message.writeTo(new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        throw full;
                    }
                }));
        assertEquals(full, e);
        assertEquals(HEADER + BODY, Mail.written(message));
    }

    @Test
    void content_in_a_file(@TempDir Path directory) throws Exception {
        mail.with("filecache.enable", "true").with("filecache.dir", directory.toString());
        Pop3Message message = first();
        assertEquals(2, ((Multipart) message.getContent()).getCount());
        assertTrue(message.octets().isInFile());
        assertEquals(HEADER + BODY, Mail.written(message));
        mail.close();
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void a_large_message_is_kept_in_a_file_anyway() throws Exception {
        String line = "x".repeat(998) + "\r\n";
        byte[] large = ("Subject: large\r\n\r\n" + line.repeat(17 * 1049)).getBytes(StandardCharsets.US_ASCII);
        bob.deliver(large);
        Pop3Message message = (Pop3Message) mail.open().getMessage(2);
        assertTrue(message.octets().isInFile());
        assertEquals(
                large.length - "Subject: large\r\n\r\n".length(),
                message.getInputStream().transferTo(OutputStream.nullOutputStream()));
        message.invalidate(true);
        assertEquals("large", message.getSubject());
    }

    @Test
    void without_TOP_headers_come_by_RETR() throws Exception {
        server.withoutCapability("TOP");
        Message message = first();
        assertEquals("Grüße", message.getSubject());
        assertEquals(BODY.length(), message.getSize());
    }

    @Test
    void TOP_is_not_used_where_it_is_disabled() throws Exception {
        mail.with("disabletop", "true");
        assertEquals("Grüße", first().getSubject());
        assertThat(server).neverReceived("TOP …").received("RETR 1");
    }

    @Test
    void headers_of_RETR_replace_those_of_TOP_if_that_is_wanted() throws Exception {
        server.faults().on("TOP").answer("+OK\r\nSubject: from TOP\r\n\r\n.");
        Message message = first();
        assertEquals("from TOP", message.getSubject());
        message.getInputStream().close();
        assertEquals("from TOP", message.getSubject());
        mail.close();

        Mail forgetting = new Mail(server).with("forgettopheaders", "true");
        try (forgetting) {
            Message second = forgetting.open().getMessage(1);
            assertEquals("from TOP", second.getSubject());
            second.getInputStream().close();
            assertEquals("Grüße", second.getSubject());
        }
    }

    @Test
    void a_message_that_is_gone() throws Exception {
        server.faults().on("RETR").answer("-ERR no such message");
        server.faults().on("TOP").answer("-ERR no such message");
        Message message = first();
        assertThrows(MessageRemovedException.class, message::getSubject);
        assertThrows(MessageRemovedException.class, message::getContent);
        assertThrows(MessageRemovedException.class, () -> Mail.written(message));
        assertTrue(message.getFolder().isOpen());
    }

    @Test
    void a_server_in_trouble_has_not_removed_the_message() throws Exception {
        server.faults().on("RETR").answer("-ERR [SYS/TEMP] try again");
        MessagingException e = assertThrows(MessagingException.class, () -> Mail.written(first()));
        assertEquals(MessagingException.class, e.getClass());
        assertInstanceOf(io.github.pop3kit.client.ServerTroubleException.class, e.getCause());
    }

    @Test
    void some_lines_of_the_body() throws Exception {
        assertEquals(HEADER + "--b\r\n\r\n", new String(first().top(2).readAllBytes(), StandardCharsets.US_ASCII));
    }

    @Test
    void the_message_as_it_came() throws Exception {
        assertEquals(HEADER + BODY, new String(first().getMimeStream().readAllBytes(), StandardCharsets.US_ASCII));
    }

    /** A class that an application brings. */
    public static final class Own extends Pop3Message {
        public Own(Folder folder, int number) throws MessagingException {
            super(folder, number);
        }
    }

    @Test
    void a_message_class_of_the_application() throws Exception {
        mail.with("message.class", Own.class.getName());
        assertInstanceOf(Own.class, mail.open().getMessage(1));
    }

    @Test
    void a_message_class_of_another_provider_is_refused() throws Exception {
        mail.with("message.class", "org.eclipse.angus.mail.pop3.POP3Message");
        MessagingException e = assertThrows(MessagingException.class, mail::open);
        assertTrue(e.getMessage().startsWith("mail.pop3.message.class names no subclass"), e.getMessage());
        assertFalse(server.sessions().isEmpty());
    }
}
