package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Conversation.login;
import static io.github.pop3kit.testkit.Conversation.plays;
import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people do with test servers of mail today, done with this one; and what they could not do. */
@Timeout(60)
class SamplesTest {

    @RegisterExtension
    static final Pop3ServerExtension pop3 = new Pop3ServerExtension().user("bob", "pw", "Subject: hi\n\nHello\n");

    private final Pop3TestServer server = pop3.server();

    // ---- what can be done elsewhere, too

    @Test
    void in_four_lines_there_are_a_server_a_user_a_message_and_a_port() throws IOException {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", "pw").deliver("Subject: hi\n\nHello\n");
            assertEquals(1, new Fetcher(server.host(), server.port(), "bob", "pw").count());
        }
    }

    @Test
    void an_extension_has_its_users_and_their_mail_declared() throws IOException {
        assertEquals(1, new Fetcher(server.host(), server.port(), "bob", "pw").count());
    }

    @Test
    void a_mail_arrives_while_the_test_runs() throws IOException {
        server.user("bob").deliver("Subject: more\n\nHello again\n");
        assertEquals(2, new Fetcher(server.host(), server.port(), "bob", "pw").count());
    }

    @Test
    void a_command_is_switched_off() {
        server.withoutCapability("UIDL");
        assertThrows(IOException.class, () -> fetcher().uniqueIds());
    }

    // ---- octets

    @Test
    void what_is_delivered_is_what_is_there_to_the_octet() {
        byte[] octets = {'.', '\n', (byte) 0xFF, 0, '\r', 'x'};
        String uniqueId = server.user("bob").deliver(octets);
        assertArrayEquals(octets, server.user("bob").content(uniqueId));
    }

    // ---- TLS and SASL

    @Test
    void stls_and_sasl_plain_are_there_without_a_keystore() throws IOException {
        try (Socket plain = new Socket(server.host(), server.port())) {
            plays(plain, "S: +OK …\nC: STLS\nS: +OK …\n");
            try (Socket tls =
                    server.sslContext().getSocketFactory().createSocket(plain, server.host(), server.port(), true)) {
                plays(tls, """
                        C: AUTH PLAIN
                        S: +\\x20
                        C: AGJvYgBwdw==
                        S: +OK …
                        C: QUIT
                        S: +OK …
                        S closes
                        """);
            }
        }
        assertThat(server).received("STLS").received("AUTH PLAIN").neverReceived("PASS …");
    }

    // ---- trouble

    @Test
    void a_client_tries_again_when_the_maildrop_is_in_use() throws IOException {
        server.faults().on("PASS").answer("-ERR [IN-USE] maildrop in use").times(2);
        assertThrows(IOException.class, this::fetcher);
        assertThrows(IOException.class, this::fetcher);
        assertEquals(1, fetcher().count());
        server.faults().assertAllFired();
    }

    @Test
    void a_client_that_lost_its_connection_in_the_middle_of_a_message_has_deleted_nothing() throws IOException {
        server.faults().on("RETR").cutAfter(20);
        assertThrows(IOException.class, () -> fetcher().fetchAndDelete());
        assertThat(server).neverDeleted("1").hasNoSession();
    }

    // ---- waiting for a client that works in the background

    @Test
    void a_test_waits_until_the_mail_was_fetched() {
        String uniqueId = server.user("bob").deliver("Subject: work\n\nto be done\n");
        new Thread(() -> {
                    try {
                        fetcher().fetchAndDelete();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .start();
        server.awaitDeleted(uniqueId);
        server.awaitSessionEnd();
        assertThat(server).receivedInOrder("RETR 2", "DELE 2", "QUIT").retrieved(uniqueId);
    }

    // ---- time

    @Test
    void ten_minutes_without_a_command_end_a_session_at_once() throws IOException {
        Fetcher fetcher = fetcher();
        server.clock().advance(Duration.ofMinutes(11));
        assertThrows(IOException.class, fetcher::count);
    }

    // ---- no network

    @Test
    void a_client_that_takes_a_socket_factory_needs_no_network() throws IOException {
        assertEquals(1, fetcher().count());
    }

    @Test
    void octets_of_the_tests_own_are_a_conversation() {
        plays(server.connect(), login("bob", "pw") + """
                C: LIST 2
                S: -ERR no such message
                C: QUIT
                S: +OK …
                S closes
                """);
    }

    private Fetcher fetcher() throws IOException {
        return new Fetcher(server.socketFactory(), server.host(), server.port(), "bob", "pw");
    }

    /** The code under test: a client such as one finds in applications. */
    private static final class Fetcher {
        private final BufferedReader in;
        private final PrintStream out;

        Fetcher(String host, int port, String user, String password) throws IOException {
            this(SocketFactory.getDefault(), host, port, user, password);
        }

        Fetcher(SocketFactory sockets, String host, int port, String user, String password) throws IOException {
            Socket socket = sockets.createSocket(host, port);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            out = new PrintStream(socket.getOutputStream(), true, StandardCharsets.ISO_8859_1);
            reply();
            ask("USER " + user);
            ask("PASS " + password);
        }

        int count() throws IOException {
            return Integer.parseInt(ask("STAT").split(" ", -1)[1]);
        }

        List<String> uniqueIds() throws IOException {
            ask("UIDL");
            return lines().stream().map(line -> line.split(" ", -1)[1]).toList();
        }

        void fetchAndDelete() throws IOException {
            int count = count();
            for (int number = 1; number <= count; number++) {
                ask("RETR " + number);
                lines();
                ask("DELE " + number);
            }
            ask("QUIT");
        }

        private String ask(String command) throws IOException {
            out.print(command + "\r\n");
            out.flush();
            return reply();
        }

        private String reply() throws IOException {
            String line = line();
            if (!line.startsWith("+OK")) throw new IOException(line);
            return line;
        }

        private List<String> lines() throws IOException {
            List<String> lines = new ArrayList<>();
            for (String line = line(); !line.equals("."); line = line()) lines.add(line);
            return lines;
        }

        private String line() throws IOException {
            String line = in.readLine();
            if (line == null) throw new IOException("the connection ended");
            return line;
        }
    }
}
