package io.github.pop3kit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.testkit.Pop3TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncExamplesTest {

    @TempDir
    Path folder;

    private static Pop3Client client(Pop3TestServer server) {
        return Pop3Client.builder(server.host())
                .port(server.tlsPort())
                .sslContext(server.sslContext())
                .build();
    }

    @Test
    void a_folder_is_kept_up_to_date() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("mrose", "secret").deliver("Subject: one\n\n1\n");
            Login login = Login.password("mrose", "secret");
            assertEquals("1 new messages", SyncToFolder.sync(client(server), login, folder));
            assertEquals("0 new messages", SyncToFolder.sync(client(server), login, folder));
        }
    }

    @Test
    void each_subject_is_printed_once() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("mrose", "secret").deliver("Subject: one\n\n1\n");
            Login login = Login.password("mrose", "secret");
            List<String> printed = new ArrayList<>();
            NewMailOnly.subjects(client(server), login, folder, printed::add);
            server.user("mrose").deliver("Subject: two\n\n2\n");
            NewMailOnly.subjects(client(server), login, folder, printed::add);
            assertEquals(List.of("one", "two"), printed);
        }
    }
}
