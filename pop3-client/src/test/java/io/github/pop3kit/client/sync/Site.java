package io.github.pop3kit.client.sync;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RetryPolicy;
import io.github.pop3kit.client.Tls;
import io.github.pop3kit.testkit.Pop3TestServer;
import io.github.pop3kit.testkit.TestUser;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/** A server, one user's account on it, and a place to keep its mail. */
final class Site implements AutoCloseable {

    static final String USER = "mrose";
    static final String PASSWORD = "secret";

    /** So that nothing waits. */
    static final RetryPolicy AT_ONCE = new RetryPolicy(3, Duration.ZERO, Duration.ofSeconds(30));

    final Pop3TestServer server = Pop3TestServer.start();
    final TestUser user = server.user(USER, PASSWORD);
    final Path state;
    final Path mail;
    Instant now = Instant.parse("2026-11-25T00:00:00Z");

    Site(Path root) {
        state = root.resolve("state");
        mail = root.resolve("mail");
    }

    Pop3Client client() {
        return Pop3Client.builder("127.0.0.1")
                .port(110)
                .socketFactory(server.socketFactory())
                .tls(Tls.NONE)
                .allowCleartextLogin()
                .build();
    }

    SyncAccount account(Sink sink) {
        return SyncAccount.of(client(), Login.password(USER, PASSWORD), sink);
    }

    Pop3Sync.Builder sync(Disk disk) {
        return Pop3Sync.builder(state).disk(disk).retry(AT_ONCE).clock(clock());
    }

    /** Synchronises once. */
    SyncReport run(SyncAccount account) throws InterruptedException {
        return run(account, AT_ONCE);
    }

    SyncReport run(SyncAccount account, RetryPolicy retry) throws InterruptedException {
        try (Pop3Sync sync = sync(Disk.SYSTEM).retry(retry).build()) {
            return sync.run(account);
        } finally {
            server.awaitSessionEnd();
        }
    }

    String deliver(int message) {
        return user.deliver(message(message));
    }

    static String message(int number) {
        return "Subject: message " + number + "\n\n.dot\nFrom here\n>From there\n" + "x".repeat(number % 97) + "\nend "
                + number + "\n";
    }

    static List<String> messages(int... numbers) {
        return Arrays.stream(numbers).mapToObj(Site::message).sorted().toList();
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }

    @Override
    public void close() {
        server.close();
    }
}
