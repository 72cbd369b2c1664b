package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.wire.Connection;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Happy Eyeballs (RFC 8305 sections 4 and 5), in a network where time passes when the test says so. */
@Timeout(30)
class AddressRaceTest {

    private static final String SIX_A = "2001:db8:0:0:0:0:0:a";
    private static final String SIX_B = "2001:db8:0:0:0:0:0:b";
    private static final String FOUR_A = "192.0.2.1";
    private static final String FOUR_B = "192.0.2.2";

    private final Network network = new Network();

    @AfterEach
    void no_try_goes_on_and_nothing_but_the_winner_is_open() throws InterruptedException {
        network.isQuiet();
    }

    @Test
    void the_families_take_turns_beginning_with_ipv6_every_250_ms() {
        assertThrows(ConnectFailure.class, () -> network.race(Duration.ofSeconds(2), FOUR_A, FOUR_B, SIX_A, SIX_B));
        assertEquals(
                List.of("0 ms " + SIX_A, "250 ms " + FOUR_A, "500 ms " + SIX_B, "750 ms " + FOUR_B), network.started);
    }

    @Test
    void of_one_family_the_addresses_are_tried_in_the_order_of_the_resolver() {
        assertThrows(ConnectFailure.class, () -> network.race(Duration.ofSeconds(2), FOUR_B, FOUR_A));
        assertEquals(List.of("0 ms " + FOUR_B, "250 ms " + FOUR_A), network.started);
    }

    @Test
    void an_address_that_answers_is_the_only_one_that_is_tried() throws Exception {
        network.answers(SIX_A, 249);
        assertEquals(SIX_A, network.race(Duration.ofSeconds(2), SIX_A, FOUR_A));
        assertEquals(List.of("0 ms " + SIX_A), network.started);
    }

    @Test
    void the_next_address_is_tried_as_soon_as_one_fails() throws Exception {
        network.refuses(SIX_A, 10);
        network.refuses(FOUR_A, 0);
        network.answers(SIX_B, 5);
        assertEquals(SIX_B, network.race(Duration.ofSeconds(2), SIX_A, SIX_B, FOUR_A));
        assertEquals(List.of("0 ms " + SIX_A, "10 ms " + FOUR_A, "10 ms " + SIX_B), network.started);
    }

    @Test
    void a_first_address_that_is_silent_costs_250_ms() throws Exception {
        network.answers(FOUR_A, 20);
        assertEquals(FOUR_A, network.race(Duration.ofSeconds(30), SIX_A, FOUR_A));
        assertEquals(270, network.millis());
    }

    @Test
    void a_first_address_that_is_slow_may_win_still() throws Exception {
        network.answers(SIX_A, 300);
        assertEquals(SIX_A, network.race(Duration.ofSeconds(30), SIX_A, FOUR_A));
        assertEquals(300, network.millis());
    }

    @Test
    void of_two_that_connect_at_the_same_time_one_is_closed() throws Exception {
        network.answers(SIX_A, 300);
        network.answers(FOUR_A, 50);
        network.race(Duration.ofSeconds(30), SIX_A, FOUR_A);
        network.isQuiet();
        assertEquals(2, network.connections.size());
    }

    @Test
    void when_all_fail_each_is_named_with_its_reason() {
        network.refuses(SIX_A, 1);
        network.refuses(FOUR_A, 1);
        ConnectFailure failure =
                assertThrows(ConnectFailure.class, () -> network.race(Duration.ofSeconds(30), SIX_A, FOUR_A));
        assertEquals(ConnectFailure.Kind.UNREACHABLE, failure.kind());
        assertEquals(
                "could not be reached: " + SIX_A + " port 110 refused by 2001:db8:0:0:0:0:0:a; " + FOUR_A
                        + " port 110 refused by 192.0.2.1",
                failure.getMessage());
        assertEquals("refused by 2001:db8:0:0:0:0:0:a", failure.getCause().getMessage());
        assertEquals(1, failure.getSuppressed().length);
    }

    @Test
    void at_the_deadline_those_that_did_not_answer_are_named_too() {
        network.refuses(SIX_A, 1);
        ConnectFailure failure =
                assertThrows(ConnectFailure.class, () -> network.race(Duration.ofSeconds(30), SIX_A, FOUR_A));
        assertEquals(ConnectFailure.Kind.TIMED_OUT, failure.kind());
        assertTrue(failure.getMessage().endsWith("; 192.0.2.1 port 110 did not answer"), failure.getMessage());
        assertEquals(30_000, network.millis());
    }

    @Test
    void an_interrupt_ends_every_try_and_stays_noted() {
        network.interruptedAt(400);
        ConnectFailure failure =
                assertThrows(ConnectFailure.class, () -> network.race(Duration.ofSeconds(30), SIX_A, FOUR_A));
        assertTrue(Thread.interrupted());
        assertEquals(ConnectFailure.Kind.INTERRUPTED, failure.kind());
        assertEquals(2, network.started.size());
    }

    @Test
    void a_hundred_dead_addresses_are_not_all_listed() {
        String[] all = new String[100];
        for (int i = 0; i < all.length; i++) {
            all[i] = "192.0.2." + (i + 100);
            network.refuses(all[i], 0);
        }
        ConnectFailure failure = assertThrows(ConnectFailure.class, () -> network.race(Duration.ofSeconds(30), all));
        assertEquals(100, network.started.size());
        assertTrue(failure.getMessage().endsWith("192.0.2.107; and 92 others"), failure.getMessage());
    }

    /** Where the test says who answers when. What is not mentioned is silent. */
    private static final class Network {

        private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000); // The clock may run over.
        private final long begin = now.get();
        private final Map<String, Script> scripts = new HashMap<>();
        private final List<String> started = new ArrayList<>();
        private final List<Try> tries = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();
        private final List<Line> connections = Collections.synchronizedList(new ArrayList<>());
        private CountDownLatch dialled = new CountDownLatch(1);
        private long interruptedAt = Long.MAX_VALUE;
        private Connection winner;

        void answers(String address, long afterMillis) {
            scripts.put(address, new Script(afterMillis, true));
        }

        void refuses(String address, long afterMillis) {
            scripts.put(address, new Script(afterMillis, false));
        }

        void interruptedAt(long millis) {
            interruptedAt = millis;
        }

        long millis() {
            return Duration.ofNanos(now.get() - begin).toMillis();
        }

        /** Who wins. */
        String race(Duration patience, String... addresses) throws IOException {
            List<InetAddress> all =
                    Stream.of(addresses).map(AddressRaceTest::literal).toList();
            AddressRace race = new AddressRace(this::dial, this::start, now::get, this::pass);
            winner = race.run(all, 110, Deadline.in(patience, now::get));
            return ((Line) winner).address;
        }

        void isQuiet() throws InterruptedException {
            for (Thread thread : threads) {
                thread.join(10_000);
                assertFalse(thread.isAlive(), "a try goes on");
            }
            for (Line each : connections) assertSame(each == winner, each.open);
        }

        private void start(Runnable attempt) {
            dialled = new CountDownLatch(1);
            Thread thread = new Thread(attempt);
            threads.add(thread);
            thread.start();
            try {
                dialled.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private Call dial(InetSocketAddress address) {
            String text = address.getAddress().getHostAddress();
            started.add(millis() + " ms " + text);
            Script script = scripts.get(text);
            Try made = new Try(text, script, script == null ? Long.MAX_VALUE : millis() + script.after);
            tries.add(made);
            dialled.countDown();
            return made;
        }

        /** Goes to the next moment at which something happens, or to the end of the time. */
        private AddressRace.Attempt pass(BlockingQueue<AddressRace.Attempt> ended, Duration time)
                throws InterruptedException {
            AddressRace.Attempt before = ended.poll();
            if (before != null) return before;
            long until = millis() + time.toMillis();
            if (interruptedAt <= until) throw new InterruptedException();
            long next = tries.stream()
                    .filter(each -> !each.over)
                    .mapToLong(each -> each.due)
                    .min()
                    .orElse(Long.MAX_VALUE);
            now.addAndGet(Duration.ofMillis(Math.min(next, until) - millis()).toNanos());
            if (next > until) return null;
            for (Try each : tries) {
                if (each.due == next && !each.over) each.happens();
            }
            return ended.take();
        }

        private record Script(long after, boolean answers) {}

        private final class Try implements Call {
            private final String address;
            private final Script script;
            private final long due;
            private final CountDownLatch happened = new CountDownLatch(1);
            private final Line line;
            private boolean over;
            private volatile boolean aborted;

            Try(String address, Script script, long due) {
                this.address = address;
                this.script = script;
                this.due = due;
                this.line = new Line(address);
            }

            void happens() {
                over = true;
                happened.countDown();
            }

            @Override
            public Connection connect() throws IOException {
                try {
                    happened.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                if (script == null) throw new ClosedChannelException();
                if (!script.answers) throw new ConnectException("refused by " + address);
                connections.add(line);
                if (aborted) line.abort();
                return line;
            }

            @Override
            public void abort() {
                aborted = true;
                line.abort();
                happened.countDown();
            }
        }
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** A connection on which nobody speaks. */
    private static final class Line implements Connection {
        private final String address;
        private volatile boolean open = true;

        Line(String address) {
            this.address = address;
        }

        @Override
        public void abort() {
            open = false;
        }

        @Override
        public void close() {
            open = false;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public int read(ByteBuffer buffer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int write(ByteBuffer buffer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int available() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void endOutput() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket socket() {
            throw new UnsupportedOperationException();
        }
    }
}
