package io.github.pop3kit.examples;

import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.testkit.Pop3ServerExtension;
import io.github.pop3kit.testkit.Pop3TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A test of a program that fetches mail: what it does with new mail, and when the line breaks. */
class FetchNewMailTest {

    @RegisterExtension
    static final Pop3ServerExtension pop3 = new Pop3ServerExtension().user("bob", "secret", "Subject: hi\n\nHello\n");

    private final Set<String> seen = new HashSet<>();

    @TempDir
    Path folder;

    private void fetch(Pop3TestServer server) throws IOException {
        Pop3Client client = Pop3Client.builder(server.host())
                .port(server.tlsPort())
                .sslContext(server.sslContext())
                .build();
        FetchNewMail.fetch(client, Login.password("bob", "secret"), seen, folder, System.out);
    }

    @Test
    void new_mail_is_stored_and_stays_on_the_server(Pop3TestServer server) throws IOException {
        fetch(server);
        assertEquals(1, folder.toFile().list().length);
        assertThat(server).receivedInOrder("UIDL", "RETR 1", "QUIT").neverReceived("DELE 1");
    }

    @Test
    void a_message_that_was_cut_is_fetched_the_next_time(Pop3TestServer server) {
        server.faults().on("RETR").cutAfter(10).once();
        assertThrows(IOException.class, () -> fetch(server));
        assertEquals(Set.of(), seen);
    }
}
