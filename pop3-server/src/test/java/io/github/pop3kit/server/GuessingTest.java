package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.server.bench.Bench;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What it costs to send wrong passwords. */
class GuessingTest {

    private static final String GUESS = """
            C: USER mrose
            S: +OK …
            C: PASS guess
            S: -ERR [AUTH] authentication failed
            """;

    private final DrivenClock clock = new DrivenClock();

    @Test
    void refusals_are_late_and_each_attempt_waits_longer_right_or_wrong() {
        try (Played.Running running =
                Played.with().configured(builder -> builder.bench(clock)).start()) {
            running.plays("S: +OK …\n" + GUESS.repeat(3) + "S closes");
            running.plays("S: +OK …\n" + GUESS);
            running.plays("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: +OK …
                    C: QUIT
                    S: +OK …
                    """);
        }
        List<Long> seconds = clock.pauses().stream().map(Duration::toSeconds).toList();
        assertEquals(List.of(2L, 2L, 2L, 2L, 4L, 4L, 8L), seconds, "refusals, and the waits before");
    }

    @Test
    void a_refusal_takes_as_long_for_a_user_who_is_not_there() {
        try (Played.Running running =
                Played.with().configured(builder -> builder.bench(clock)).start()) {
            running.plays("S: +OK …\n" + GUESS.replace("mrose", "nobody"));
        }
        assertEquals(List.of(Duration.ofSeconds(2)), clock.pauses());
    }

    @Test
    void a_login_that_is_right_does_not_wait() {
        Played.with().configured(builder -> builder.bench(clock)).playsLoggedIn("");
        assertEquals(List.of(), clock.pauses());
    }

    @Test
    void a_session_that_waits_with_a_refusal_ends_when_the_server_does() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        Bench real = new Bench() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void pause(Duration time, CountDownLatch end) throws InterruptedException {
                waiting.countDown();
                end.await(); // As long as it takes.
            }
        };
        try (Played.Running running =
                        Played.with().configured(builder -> builder.bench(real)).start();
                SocketChannel client = running.connect()) {
            play(client, "S: +OK …\nC: USER mrose\nS: +OK …\nC: PASS guess\n");
            waiting.await();
            running.server().close();
            play(client, "S closes");
        }
    }

    private static void play(SocketChannel client, String conversation) throws IOException {
        Transcript.parse(conversation).playClient(client, new Pace.Lines());
    }
}
