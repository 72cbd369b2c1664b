package io.github.pop3kit.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.testkit.Pop3TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MessageFolderTest {

    private static final int USERS = 4;
    private static final int MESSAGES = 100;

    @TempDir
    Path folder;

    /** Where nobody has asked for unique-ids, message 1 of each of them wants to be 1.eml. */
    @Test
    void several_accounts_store_into_one_folder_at_once_and_overwrite_nothing() throws Exception {
        List<String> delivered = new ArrayList<>();
        try (Pop3TestServer server = Pop3TestServer.start()) {
            for (int user = 0; user < USERS; user++) {
                for (int n = 1; n <= MESSAGES; n++) {
                    String message = "Subject: " + n + " of " + user + "\r\n\r\n";
                    server.user("user" + user, "secret").deliver(message);
                    delivered.add(message);
                }
            }
            Pop3Client client = Pop3Client.builder(server.host())
                    .port(server.port())
                    .tls(Tls.NONE)
                    .allowCleartextLogin()
                    .build();
            CyclicBarrier together = new CyclicBarrier(USERS);
            ExecutorService threads = Executors.newFixedThreadPool(USERS);
            List<Future<?>> all = new ArrayList<>();
            for (int user = 0; user < USERS; user++) {
                Login login = Login.password("user" + user, "secret");
                all.add(threads.submit(() -> {
                    try (RemoteMaildrop maildrop = client.open(login)) {
                        together.await();
                        maildrop.retrieveAll(
                                IntStream.rangeClosed(1, MESSAGES).boxed().toList(), MessageFolder.at(folder));
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) each.get();
            threads.shutdown();
        }
        assertEquals(delivered.stream().sorted().toList(), stored());
    }

    private List<String> stored() throws IOException {
        List<String> stored = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) stored.add(Files.readString(file, UTF_8));
        }
        return stored.stream().sorted().toList();
    }
}
