package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.Watchdog.Watched;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines, and who enforces them. */
@Timeout(30)
class WatchdogTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // The clock may run over.
    private final Watchdog dog = new Watchdog(now::get);
    private final AtomicInteger aborts = new AtomicInteger();
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    @Test
    void what_is_late_is_aborted_once_and_knows_it() {
        Watched watched = dog.watch(seconds(10), aborts::incrementAndGet);
        passes(9);
        assertFalse(watched.bit());
        passes(1);
        passes(1);
        assertTrue(watched.bit());
        assertEquals(1, aborts.get());
        watched.close();
        assertTrue(watched.bit());
    }

    @Test
    void what_was_let_go_in_time_is_not_aborted() {
        Watched watched = dog.watch(seconds(10), aborts::incrementAndGet);
        watched.close();
        passes(11);
        assertFalse(watched.bit());
        assertEquals(0, aborts.get());
    }

    @Test
    void an_abort_that_fails_does_not_spare_the_others() {
        try (Watched first = dog.watch(seconds(10), () -> {
                    throw new IllegalStateException("on purpose");
                });
                Watched second = dog.watch(seconds(10), aborts::incrementAndGet)) {
            passes(10);
            assertTrue(first.bit() && second.bit());
            assertEquals(1, aborts.get());
        }
    }

    @Test
    void a_wire_is_watched_through_all_its_deadlines_and_who_reads_can_tell_why_it_ended() throws Exception {
        try (Peer silent = new Peer(Peer::awaitEnd)) {
            Connection connection = new Connector(ConnectOptions.to("127.0.0.1", silent.port())).connect(real());
            Wire wire = Wire.client(connection, now::get, Duration.ofSeconds(30));
            Watched watched = dog.watch(wire);
            passes(29);
            wire.deadlineIn(Duration.ofSeconds(30)); // The next command.
            passes(29);
            assertFalse(watched.bit());
            assertTrue(connection.isOpen());
            passes(2);
            assertThrows(IOException.class, wire::readLine);
            assertTrue(watched.bit());
            wire.close();
            watched.close();
            silent.played();
        }
    }

    @Test
    void the_thread_is_a_daemon_and_goes_with_the_last_thing_to_watch() throws Exception {
        Watched first = dog.watch(seconds(10), aborts::incrementAndGet);
        List<Thread> dogs = dogs();
        assertEquals(1, dogs.size());
        Watched second = dog.watch(seconds(10), aborts::incrementAndGet);
        assertEquals(dogs, dogs());
        assertTrue(dogs.get(0).isDaemon());
        assertSame(null, dogs.get(0).getContextClassLoader());
        first.close();
        second.close();
        dogs.get(0).join();
        Watched third = dog.watch(seconds(10), aborts::incrementAndGet);
        passes(10);
        assertTrue(third.bit(), "watched again after a pause");
        for (Thread each : dogs()) each.join();
    }

    @Test
    void of_two_deadlines_the_earlier_counts() {
        Deadline soon = seconds(5);
        Deadline later = seconds(10);
        assertSame(soon, soon.orEarlier(later));
        assertSame(soon, later.orEarlier(soon));
        assertEquals(Duration.ofSeconds(5), soon.left());
        passes(5);
        assertTrue(soon.passed());
        assertEquals(Duration.ZERO, soon.left());
        assertFalse(later.passed());
        passes(100);
        assertEquals(Duration.ZERO, later.left());
    }

    @Test
    void the_longest_duration_is_no_overflow() {
        Deadline far = Deadline.in(Duration.ofSeconds(Long.MAX_VALUE), now::get);
        passes(1_000_000);
        assertFalse(far.passed());
        assertTrue(far.left().compareTo(Duration.ofDays(365)) > 0);
    }

    private Deadline seconds(long seconds) {
        return Deadline.in(Duration.ofSeconds(seconds), now::get);
    }

    private static Deadline real() {
        return Deadline.in(Duration.ofSeconds(20), System::nanoTime);
    }

    private void passes(long seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        dog.sweep();
    }

    /** The dogs of this test: one of another may just be on its way out. */
    private List<Thread> dogs() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals("pop3-watchdog") && !before.contains(each))
                .toList();
    }
}
