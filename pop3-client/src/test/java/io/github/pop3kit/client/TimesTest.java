package io.github.pop3kit.client;

import static io.github.pop3kit.client.Script.LOGIN;
import static io.github.pop3kit.client.Script.MROSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.Pop3TimeoutException.Limit;
import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.ResponseCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long things may take, by a clock that is driven; and when they are tried again. */
class TimesTest {

    private static final Duration READ = Duration.ofSeconds(60);

    private final AtomicLong now = new AtomicLong();
    private final Watchdog dog = new Watchdog(now::get);

    private void passes(Duration time) {
        now.addAndGet(time.toNanos());
        dog.sweep();
    }

    @Test
    void a_server_that_does_not_answer_is_left() throws IOException {
        try (Script script = Script.of(LOGIN + "C: STAT\nC closes\n");
                RemoteMaildrop maildrop = script.client()
                        .clock(now::get, dog)
                        .readTimeout(READ)
                        .build()
                        .open(MROSE)) {
            Thread time = new Thread(() -> {
                // The deadline moves with each step of the call; time that passes between two of them is nobody's.
                while (!Thread.currentThread().isInterrupted()) passes(Duration.ofSeconds(1));
            });
            time.setDaemon(true);
            time.start();
            Pop3TimeoutException timeOut = assertThrows(Pop3TimeoutException.class, maildrop::stat);
            time.interrupt();
            assertEquals(Phase.TRANSACTION, timeOut.phase());
            assertTrue(timeOut.isRetrySafe());
            assertThrows(ConnectionLostException.class, maildrop::stat);
        }
    }

    @Test
    void time_that_passes_between_commands_is_nobodys() throws IOException {
        try (Script script = Script.of(LOGIN + "C: NOOP\nS: +OK\nC: NOOP\nS: +OK\n");
                RemoteMaildrop maildrop = script.client()
                        .clock(now::get, dog)
                        .readTimeout(READ)
                        .build()
                        .open(MROSE)) {
            maildrop.noop();
            passes(Duration.ofDays(1));
            maildrop.noop();
            script.check();
        }
    }

    @Test
    void a_message_may_take_any_time_as_long_as_it_makes_progress() throws IOException {
        try (Script script = Script.of(LOGIN + "C: RETR 1\nS: +OK\nS: abc\nS: .\n");
                RemoteMaildrop maildrop = script.client()
                        .clock(now::get, dog)
                        .readTimeout(READ)
                        .build()
                        .open(MROSE);
                MessageStream message = maildrop.retrieve(1)) {
            byte[] one = new byte[1];
            int octets = 0;
            for (; message.read(one, 0, 1) >= 0; octets++) passes(READ.minusSeconds(1));
            assertEquals(5, octets);
        }
    }

    @Test
    void the_time_that_the_sink_takes_is_not_the_servers() throws IOException {
        try (Script script = Script.of(LOGIN + "C: RETR 1\nS: +OK\nS: " + "x".repeat(2000) + "\nS: .\n");
                RemoteMaildrop maildrop = script.client()
                        .clock(now::get, dog)
                        .readTimeout(READ)
                        .build()
                        .open(MROSE);
                MessageStream message = maildrop.retrieve(1)) {
            byte[] few = new byte[100];
            int octets = 0;
            for (int read; (read = message.read(few, 0, few.length)) >= 0; octets += read) passes(Duration.ofHours(1));
            assertEquals(2002, octets);
        }
    }

    @Test
    void an_operation_has_a_deadline_of_its_own() throws IOException {
        try (Script script = Script.of(LOGIN + "C: RETR 1\nS: +OK\nS: abc\nC closes\n");
                RemoteMaildrop maildrop = script.client()
                        .clock(now::get, dog)
                        .operationDeadline(Duration.ofMinutes(10))
                        .build()
                        .open(MROSE)) {
            MessageStream message = maildrop.retrieve(1);
            assertEquals('a', message.read());
            now.addAndGet(Duration.ofMinutes(11).toNanos());
            Thread sweeper = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    now.incrementAndGet();
                    dog.sweep();
                }
            });
            sweeper.setDaemon(true);
            sweeper.start();
            Pop3TimeoutException timeOut = assertThrows(Pop3TimeoutException.class, message::readAllBytes);
            sweeper.interrupt();
            assertEquals(Limit.OPERATION, timeOut.limit());
            assertTrue(
                    timeOut.getMessage().endsWith("did not complete the operation within 600 s"), timeOut.getMessage());
        }
    }

    // ---- trying again

    private static final String IN_USE =
            LOGIN.substring(0, LOGIN.indexOf("C: PASS")) + "C: PASS secret\nS: -ERR [IN-USE] busy\n";

    @Test
    void a_login_is_tried_again_where_that_may_help() throws IOException {
        List<Duration> waits = new ArrayList<>();
        try (Script script = Script.of(IN_USE, IN_USE, LOGIN)) {
            Pop3Client client = script.client()
                    .retry(RetryPolicy.attempts(3))
                    .waiter(waits::add, new Random(1))
                    .build();
            client.open(MROSE).close();
            script.check();
            assertEquals(2, waits.size());
            assertTrue(waits.get(0).compareTo(Duration.ofSeconds(2)) <= 0, waits.toString());
            assertTrue(waits.get(1).compareTo(Duration.ofSeconds(2)) >= 0, waits.toString());
        }
    }

    @Test
    void it_is_tried_so_often_and_not_more() {
        List<Duration> waits = new ArrayList<>();
        try (Script script = Script.of(IN_USE, IN_USE)) {
            Pop3Client client = script.client()
                    .retry(RetryPolicy.attempts(2))
                    .waiter(waits::add, new Random(1))
                    .build();
            assertThrows(MaildropInUseException.class, () -> client.open(MROSE));
            assertEquals(1, waits.size());
        }
    }

    @Test
    void a_wrong_password_is_not_tried_again() {
        String wrong = IN_USE.replace("[IN-USE] busy", "[AUTH] no");
        try (Script script = Script.of(wrong)) {
            Pop3Client client = script.client()
                    .retry(RetryPolicy.attempts(9))
                    .waiter(
                            time -> {
                                throw new AssertionError("nothing to wait for");
                            },
                            new Random(1))
                    .build();
            assertThrows(CredentialsRefusedException.class, () -> client.open(MROSE));
        }
    }

    @Test
    void the_server_says_how_long_to_wait() {
        Reply.Err tooSoon = Reply.err(ResponseCode.LOGIN_DELAY, "wait");
        RateLimitedException limited = new RateLimitedException("server", tooSoon, Duration.ofSeconds(200));
        Random random = new Random(1);
        assertEquals(
                Optional.of(Duration.ofSeconds(200)), RetryPolicy.attempts(3).waitAfter(1, limited, random));
        RetryPolicy impatient = new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(30));
        assertEquals(Optional.empty(), impatient.waitAfter(1, limited, random));
    }

    @Test
    void waits_grow_up_to_the_longest_and_differ() {
        RetryPolicy policy = new RetryPolicy(100, Duration.ofSeconds(1), Duration.ofSeconds(30));
        MaildropInUseException inUse = new MaildropInUseException("server", Reply.err(ResponseCode.IN_USE, ""));
        Random random = new Random(1);
        for (int failed = 1; failed < 100; failed++) {
            long most = Math.min(1000L << Math.min(failed - 1, 10), 30_000);
            long wait = policy.waitAfter(failed, inUse, random).orElseThrow().toMillis();
            assertTrue(wait >= most / 2 && wait <= most, failed + ": " + wait);
        }
        assertTrue(policy.waitAfter(100, inUse, random).isEmpty());
    }

    @Test
    void an_interrupt_ends_the_wait() {
        try (Script script = Script.of(IN_USE)) {
            Pop3Client client = script.client()
                    .retry(RetryPolicy.attempts(2))
                    .waiter(
                            time -> {
                                throw new InterruptedException();
                            },
                            new Random(1))
                    .build();
            assertThrows(CancelledException.class, () -> client.open(MROSE));
            assertTrue(Thread.interrupted());
        }
    }
}
