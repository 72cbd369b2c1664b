package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a server comes to its end. */
@Timeout(60)
class StopTest {

    private static final String LOGIN = """
            S: +OK …
            C: USER mrose
            S: +OK …
            C: PASS a secret
            S: +OK …
            C: DELE 1
            S: +OK …
            """;

    private final Played server = Played.with("1\r\n");

    @Test
    void close_ends_sessions_that_wait_and_removes_nothing() throws IOException {
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            play(client, LOGIN);
            running.server().close();
            play(client, "S closes");
            assertEquals(1, running.store().open(Account.of("mrose")).count());
            running.server().close();
        }
    }

    @Test
    void a_stop_with_grace_refuses_the_next_command_be_it_quit() throws Exception {
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            play(client, LOGIN);
            Thread stop = new Thread(() -> running.server().stop(Duration.ofSeconds(50)));
            stop.start();
            // It has told the sessions of the stop when it begins to wait for them.
            while (stop.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
            play(client, """
                    C: QUIT
                    S: -ERR [SYS/TEMP] the server is shutting down
                    S closes
                    """);
            stop.join();
            assertEquals(1, running.store().open(Account.of("mrose")).count());
        }
    }

    @Test
    void a_removal_under_way_is_waited_for() throws Exception {
        CountDownLatch removing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Pop3Server slow = Pop3Server.builder()
                .store(account -> new OneMessage(() -> {
                    removing.countDown();
                    await(goOn);
                }))
                .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                .allowCleartextLogin()
                .start();
        try (SocketChannel client =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), slow.port()))) {
            play(client, LOGIN);
            play(client, "C: QUIT");
            removing.await();
            Thread stop = new Thread(slow::close);
            stop.start();
            goOn.countDown();
            play(client, """
                    S: +OK pop3kit signing off, messages deleted
                    S closes
                    """);
            stop.join();
        }
    }

    private static void play(SocketChannel client, String conversation) throws IOException {
        Transcript.parse(conversation).playClient(client, new Pace.Lines());
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
