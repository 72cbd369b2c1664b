package io.github.pop3kit.client.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ScheduleTest {

    private static final Executor THREADS = task -> new Thread(task).start();

    private final Map<String, AtomicInteger> busy = new ConcurrentHashMap<>();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger mostAltogether = new AtomicInteger();
    private final AtomicInteger altogether = new AtomicInteger();

    private final class Step implements Schedule.Job {
        private final String host;
        private final AtomicInteger left;

        Step(String host, int steps) {
            this.host = host;
            this.left = new AtomicInteger(steps);
        }

        @Override
        public String host() {
            return host;
        }

        @Override
        public Optional<Duration> step() {
            AtomicInteger here = busy.computeIfAbsent(host, name -> new AtomicInteger());
            most.accumulateAndGet(here.incrementAndGet(), Math::max);
            mostAltogether.accumulateAndGet(altogether.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            altogether.decrementAndGet();
            here.decrementAndGet();
            return left.decrementAndGet() > 0 ? Optional.of(Duration.ZERO) : Optional.empty();
        }
    }

    @Test
    void no_host_gets_more_than_its_share_and_all_is_done() throws Exception {
        List<Step> jobs = new ArrayList<>();
        for (int n = 0; n < 300; n++) jobs.add(new Step("host" + n % 3, 3));
        new Schedule(5, 2, THREADS, System::nanoTime).run(jobs);
        assertTrue(most.get() <= 2, "at one host at once: " + most);
        assertTrue(mostAltogether.get() <= 5, "at once: " + mostAltogether);
        assertTrue(jobs.stream().allMatch(job -> job.left.get() == 0));
    }

    @Test
    void who_waits_holds_nobodys_place() throws Exception {
        AtomicLong time = new AtomicLong();
        Schedule schedule = new Schedule(1, 1, THREADS, time::get);
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        CountDownLatch other = new CountDownLatch(1);
        Schedule.Job patient = job("patient", order, Optional.of(Duration.ofHours(1)), () -> {});
        Schedule.Job quick = job("quick", order, Optional.empty(), other::countDown);
        Thread running = new Thread(() -> {
            try {
                schedule.run(List.of(patient, quick));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        running.start();
        other.await();
        time.set(Duration.ofHours(1).toNanos());
        while (running.isAlive()) {
            schedule.timeHasPassed();
            Thread.onSpinWait();
        }
        assertEquals(List.of("patient", "quick", "patient"), List.copyOf(order));
    }

    private static Schedule.Job job(
            String name, ConcurrentLinkedQueue<String> order, Optional<Duration> first, Runnable then) {
        AtomicInteger steps = new AtomicInteger();
        return new Schedule.Job() {
            @Override
            public String host() {
                return "host";
            }

            @Override
            public Optional<Duration> step() {
                order.add(name);
                then.run();
                return steps.incrementAndGet() == 1 ? first : Optional.empty();
            }
        };
    }

    @Test
    void a_job_with_a_defect_does_not_stop_the_others() {
        Step good = new Step("host", 3);
        Schedule.Job bad = new Schedule.Job() {
            @Override
            public String host() {
                return "host";
            }

            @Override
            public Optional<Duration> step() {
                throw new IllegalStateException("a defect");
            }
        };
        Schedule schedule = new Schedule(1, 1, THREADS, System::nanoTime);
        assertThrows(IllegalStateException.class, () -> schedule.run(List.of(bad, good)));
        assertEquals(0, good.left.get());
    }
}
