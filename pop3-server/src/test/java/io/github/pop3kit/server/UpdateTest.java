package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RFC 1939 section 6, and what ends a session without it. */
@Timeout(30)
class UpdateTest {

    private static final String LOGIN = """
            S: +OK …
            C: USER mrose
            S: +OK …
            C: PASS a secret
            S: +OK …
            """;

    private final Played server = Played.with("1\r\n", "2\r\n", "3\r\n");

    @Test
    void quit_removes_what_is_marked_and_nothing_else() {
        leaves("3\n", LOGIN + """
                C: DELE 1
                S: +OK …
                C: DELE 2
                S: +OK …
                C: QUIT
                S: +OK pop3kit signing off, messages deleted
                S closes
                """);
    }

    @Test
    void a_client_that_half_closes_behind_quit_gets_everything_and_its_deletions() {
        leaves("2\n3\n", LOGIN + """
                C: RETR 1
                S: +OK 3 octets
                S: 1
                S: .
                C: DELE 1
                S: +OK …
                C: QUIT
                C closes
                S: +OK …
                S closes
                """);
    }

    @Test
    void rset_takes_all_marks_back() {
        leaves("1\n2\n3\n", LOGIN + """
                C: DELE 1
                S: +OK …
                C: RSET
                S: +OK …
                C: QUIT
                S: +OK pop3kit signing off
                S closes
                """);
    }

    @Test
    void without_quit_nothing_is_removed() {
        leaves("1\n2\n3\n", LOGIN + """
                C: DELE 1
                S: +OK …
                C closes
                S closes
                """);
        leaves("1\n2\n3\n", LOGIN + """
                C: DELE 1
                S: +OK …
                C cuts
                """);
    }

    @Test
    void a_client_that_breaks_off_and_comes_back_at_once_does_not_find_itself_in_the_way() {
        // On a machine that stands still the moment may be over before it is used.
        assertTrue(IntStream.range(0, 20).anyMatch(attempt -> isLetInAfterBreakingOff()));
    }

    /** The first session gives its lock back only when the second has asked for it: too late for that. */
    private boolean isLetInAfterBreakingOff() {
        CountDownLatch wanted = new CountDownLatch(1);
        AtomicInteger opened = new AtomicInteger();
        AtomicBoolean free = new AtomicBoolean();
        MailStore store = account -> {
            if (opened.incrementAndGet() == 1) {
                return new Lock(new OneMessage(() -> {}), () -> {
                    wanted.await();
                    free.set(true);
                });
            }
            if (free.get()) return new OneMessage(() -> {});
            wanted.countDown();
            throw new StoreException(Reason.IN_USE, "in use");
        };
        try (Played.Running running =
                server.configured(builder -> builder.store(store)).start()) {
            running.plays(LOGIN + "C cuts\n");
            running.plays(LOGIN);
            return true;
        } catch (AssertionError late) {
            return false;
        }
    }

    private interface Release {
        void run() throws InterruptedException;
    }

    /** A maildrop whose closing takes its time. */
    private record Lock(Maildrop maildrop, Release release) implements Maildrop {

        @Override
        public int count() {
            return maildrop.count();
        }

        @Override
        public String uniqueId(int number) throws IOException {
            return maildrop.uniqueId(number);
        }

        @Override
        public MessageContent open(int number) throws IOException {
            return maildrop.open(number);
        }

        @Override
        public void remove(int[] numbers) throws IOException {
            maildrop.remove(numbers);
        }

        @Override
        public void close() {
            try {
                release.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void a_quit_without_its_line_end_removes_nothing() {
        leaves("1\n2\n3\n", LOGIN + """
                C: DELE 1
                S: +OK …
                C: QUIT\\
                C closes
                S closes
                """);
        leaves("1\n2\n3\n", LOGIN + """
                C: DELE 1
                S: +OK …
                C: QUIT\\r\\
                C closes
                S closes
                """);
    }

    @Test
    void octets_behind_quit_do_not_cost_its_answer() {
        leaves("2\n3\n", LOGIN + """
                C: DELE 1
                S: +OK …
                C: QUIT
                C: RETR 2
                C: QUIT
                S: +OK …
                S closes
                """);
    }

    @Test
    void a_removal_that_fails_is_answered_with_err() {
        Played.with()
                .configured(builder -> builder.store(account -> new OneMessage(() -> {
                    throw new StoreException(Reason.TEMPORARY, "the disk is read-only just now");
                })))
                .playsLoggedIn("""
                        C: DELE 1
                        S: +OK …
                        C: QUIT
                        S: -ERR [SYS/TEMP] some deleted messages were not removed
                        S closes
                        """);
    }

    @Test
    void a_second_session_for_the_same_maildrop_is_told_that_it_is_in_use() throws IOException {
        try (Played.Running running = server.start();
                SocketChannel first = running.connect()) {
            Transcript.parse(LOGIN).playClient(first, new Pace.Lines());
            running.plays("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: -ERR [IN-USE] the maildrop is in use by another session
                    """);
            Transcript.parse("""
                    C: QUIT
                    S: +OK …
                    """).playClient(first, new Pace.Lines());
            // The lock is back before the client hears of it.
            running.plays(LOGIN);
        }
    }

    /** Plays at every pace; then the maildrop holds this, a line for each message. */
    private void leaves(String messages, String conversation) {
        for (Pace pace : new Pace[] {new Pace.Lines(), new Pace.Octets(), new Pace.Pipelined(), new Pace.Splits(2)}) {
            try (Played.Running running = server.start()) {
                running.plays(Transcript.parse(conversation), pace);
                running.server().close(); // Waits for the session, which may be at work yet.
                assertEquals(messages, contents(running), pace + ":\n" + conversation);
            }
        }
    }

    private static String contents(Played.Running running) {
        StringBuilder contents = new StringBuilder();
        try (Maildrop maildrop = running.store().open(Account.of("mrose"))) {
            for (int number = 1; number <= maildrop.count(); number++) {
                try (MessageContent content = maildrop.open(number)) {
                    ByteBuffer octet = ByteBuffer.allocate(1);
                    content.channel().read(octet);
                    contents.append((char) octet.get(0)).append('\n');
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return contents.toString();
    }
}
