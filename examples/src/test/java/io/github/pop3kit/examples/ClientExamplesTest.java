package io.github.pop3kit.examples;

import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.testkit.Pop3TestServer;
import io.github.pop3kit.testkit.TestUser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of a client, over TLS, against a real server. */
@Timeout(60)
class ClientExamplesTest {

    private static final Login BOB = Login.password("bob", "secret");
    private static final String LARGE = "Subject: large\r\n\r\n" + ("x".repeat(76) + "\r\n").repeat(135_000);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private Pop3TestServer server;
    private TestUser bob;
    private Pop3Client client;

    @BeforeEach
    void serve() {
        server = Pop3TestServer.start();
        bob = server.user("bob", "secret");
        client = Pop3Client.builder(server.host())
                .port(server.tlsPort())
                .sslContext(server.sslContext())
                .build();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> stored() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .sorted()
                    .toList();
        }
    }

    @Test
    void new_mail_is_stored_once_and_large_mail_is_deleted() throws IOException {
        String small = "Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n\r\nhello\r\n";
        String kept = bob.deliver(small);
        bob.deliver(LARGE);
        Set<String> seen = new HashSet<>();
        FetchNewMail.fetch(client, BOB, seen, folder, out);
        FetchNewMail.fetch(client, BOB, seen, folder, out);
        assertEquals(
                List.of("grüße", "large"),
                printed.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals(List.of(small), stored());
        assertEquals(List.of(kept), bob.uniqueIds());
    }

    @Test
    void all_mail_is_moved_into_a_folder() throws IOException {
        List<String> messages = Stream.of("a", "b", "c")
                .map(name -> "Subject: " + name + "\r\n\r\n.\r\n")
                .toList();
        messages.forEach(bob::deliver);
        assertEquals(List.of(), ArchiveAndDelete.archive(client, BOB, folder));
        assertEquals(messages, stored());
        assertEquals(List.of(), bob.uniqueIds());
    }

    @Test
    void what_was_stored_and_not_deleted_is_named_when_the_line_is_cut_at_quit() throws IOException {
        String id = bob.deliver("Subject: a\r\n\r\n");
        server.faults().on("QUIT").hangUp().once();
        assertEquals(List.of(id), ArchiveAndDelete.archive(client, BOB, folder));
        assertEquals(1, stored().size());
    }

    @Test
    void large_mail_is_shown_and_deleted_unread_and_the_rest_fetched() throws IOException {
        bob.deliver(LARGE);
        String rest = "Subject: small\r\n\r\n";
        String kept = bob.deliver(rest);
        FixOversizedMaildrop.fix(client, BOB, 10_000_000, folder, out);
        assertTrue(printed.toString(StandardCharsets.UTF_8).startsWith("Subject: large\r\n\r\nxxx"));
        assertTrue(printed.size() < 1000);
        assertEquals(List.of(kept), bob.uniqueIds());
        assertEquals(List.of(rest), stored());
        assertThat(server)
                .receivedInOrder("LIST", "TOP 1 5", "DELE 1", "QUIT")
                .receivedInOrder("RETR 1", "QUIT")
                .neverReceived("RETR 2");
    }
}
