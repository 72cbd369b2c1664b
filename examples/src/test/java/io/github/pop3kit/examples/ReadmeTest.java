package io.github.pop3kit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.MessageFolder;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.sync.Pop3Sync;
import io.github.pop3kit.client.sync.Retention;
import io.github.pop3kit.client.sync.Sink;
import io.github.pop3kit.client.sync.SyncAccount;
import io.github.pop3kit.client.sync.SyncReport;
import io.github.pop3kit.testkit.Pop3TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of README.md, which shows them from here. */
@Timeout(60)
class ReadmeTest {

    @TempDir
    Path folder;

    @Test
    void a_client_in_six_lines() throws IOException {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            String secret = "a secret";
            server.user("mrose", secret).deliver("Subject: hello\n\nHi!\n");
            Pop3Client.Builder builder =
                    Pop3Client.builder(server.host()).port(server.tlsPort()).sslContext(server.sslContext());
            List<Integer> numbers = List.of(1);
            // doc: client
            Pop3Client client = builder.build(); // Pop3Client.builder("pop.example.org"): TLS, finite time-outs
            try (RemoteMaildrop maildrop = client.open(Login.password("mrose", secret))) {
                BatchResult stored = maildrop.retrieveAll(numbers, MessageFolder.at(folder)); // pipelined
                maildrop.deleteAll(stored.done()); // what is on the disk, and nothing else
                maildrop.quit(); // deletions happen here, or this throws; close() alone deletes nothing
            }
            // doc: end
            assertEquals(1, folder.toFile().list().length);
            assertEquals(List.of(), server.user("mrose").uniqueIds());
        }
    }

    @Test
    void a_test_in_four_lines() throws IOException {
        // doc: test
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("bob", "secret").deliver("Subject: hi\n\nHello\n");
            assertEquals(1, fetchMail(server.host(), server.port(), "bob", "secret")); // the code under test
        }
        // doc: end
    }

    @Test
    void new_mail_each_message_once() throws Exception {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            server.user("mrose", "secret").deliver("Subject: hello\n\nHi!\n");
            Pop3Client client = Pop3Client.builder(server.host())
                    .port(server.tlsPort())
                    .sslContext(server.sslContext())
                    .build();
            Login login = Login.password("mrose", "secret");
            // doc: sync
            SyncAccount account =
                    SyncAccount.of(client, login, Sink.maildir(folder)).keeping(Retention.keepDays(14));
            try (Pop3Sync sync = Pop3Sync.open(folder.resolve("state"))) {
                SyncReport report = sync.run(account); // as often as you like: nothing lost, nothing twice
                assertTrue(report.failure().isEmpty());
            }
            // doc: end
            assertEquals(1, folder.resolve("new").toFile().list().length);
        }
    }

    /** Anybody's code that fetches mail. */
    private static long fetchMail(String host, int port, String user, String password) throws IOException {
        try (Socket socket = new Socket(host, port);
                OutputStream out = socket.getOutputStream();
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String session = "USER " + user + "\r\nPASS " + password + "\r\nUIDL\r\nQUIT\r\n";
            out.write(session.getBytes(StandardCharsets.US_ASCII));
            return in.lines().filter(line -> line.matches("[0-9]+ .*")).count();
        }
    }
}
