package io.github.pop3kit.server;

import io.github.pop3kit.server.bench.Bench;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The time of one server at a time; it passes when the test says so. */
final class DrivenClock implements Bench {

    private final AtomicLong now = new AtomicLong();
    private final Queue<Duration> pauses = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Controls> server = new AtomicReference<>();

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void started(Controls controls) {
        server.set(controls);
    }

    /** Whoever waits has waited. */
    @Override
    public void pause(Duration time, CountDownLatch end) {
        now.addAndGet(time.toNanos());
        pauses.add(time);
    }

    /** How long sessions waited, in the order in which they did. */
    List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    /** Lets time pass and the reaper look once. */
    void passes(Duration time) {
        now.addAndGet(time.toNanos());
        server.get().sweep();
    }
}
