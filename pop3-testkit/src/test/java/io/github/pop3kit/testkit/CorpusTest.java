package io.github.pop3kit.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CorpusTest {

    @Test
    void a_size_is_what_list_says() {
        int[] sizes =
                IntStream.concat(IntStream.of(0), IntStream.rangeClosed(2, 400)).toArray();
        try (Pop3TestServer server = Pop3TestServer.start()) {
            TestUser bob = server.user("bob", "secret");
            List<String> uniqueIds = bob.deliver(Corpus.sizes(sizes));
            for (int i = 0; i < sizes.length; i++) {
                assertEquals(sizes[i], bob.octets(uniqueIds.get(i)));
                assertEquals(sizes[i], bob.content(uniqueIds.get(i)).length);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> Corpus.sizes(2, 1));
        assertThrows(IllegalArgumentException.class, () -> Corpus.sizes(-1));
    }

    @Test
    void mails_are_the_same_for_the_same_seed_and_about_as_large_as_asked_for() {
        byte[][] mails = Corpus.mails(200, 3000, 7).messages().toArray(byte[][]::new);
        assertArrayEquals(mails, Corpus.mails(200, 3000, 7).messages().toArray());
        assertFalse(Arrays.equals(
                mails[0], Corpus.mails(1, 3000, 8).messages().findFirst().orElseThrow()));
        double average =
                Arrays.stream(mails).mapToInt(mail -> mail.length).average().orElseThrow();
        assertTrue(average > 2700 && average < 3300, "average " + average);
        String first = new String(mails[0], ISO_8859_1);
        assertTrue(first.startsWith("From: ") && first.contains("\r\nSubject: message 1\r\n"), first);
        assertTrue(first.endsWith("\r\n") && first.contains("\r\n\r\n"));
    }

    @Test
    void tricky_messages_come_through_the_server_as_they_are() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            TestUser bob = server.user("bob", "secret");
            List<String> uniqueIds = bob.deliver(Corpus.tricky());
            assertTrue(uniqueIds.size() > 20);
            try (Socket socket = server.connect()) {
                Conversation.plays(socket, Conversation.login("bob", "secret"));
                InputStream in = new BufferedInputStream(socket.getInputStream());
                for (int number = 1; number <= uniqueIds.size(); number++) {
                    String stored = new String(bob.messages().get(number - 1), ISO_8859_1);
                    socket.getOutputStream().write(("RETR " + number + "\r\n").getBytes(ISO_8859_1));
                    assertEquals(Samples.crlf(stored), retrieved(in));
                }
            }
        }
    }

    /** Octet by octet, with nothing of the protocol module but RFC 1939 section 3. */
    private static String retrieved(InputStream in) throws Exception {
        assertTrue(line(in).startsWith("+OK"));
        StringBuilder message = new StringBuilder();
        for (String line = line(in); !line.equals(".\r\n"); line = line(in)) {
            message.append(line.startsWith(".") ? line.substring(1) : line);
        }
        return message.toString();
    }

    private static String line(InputStream in) throws Exception {
        StringBuilder line = new StringBuilder();
        char before = 0;
        while (true) {
            int octet = in.read();
            assertTrue(octet >= 0, "the connection ended");
            line.append((char) octet);
            if (before == '\r' && octet == '\n') return line.toString();
            before = (char) octet;
        }
    }
}
