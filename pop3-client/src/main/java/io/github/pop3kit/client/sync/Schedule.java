package io.github.pop3kit.client.sync;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Runs the steps of many jobs at once, a thread for each step that runs: no more than allowed altogether, and no more than allowed for
 * each host. A job that waits for its next step holds no thread, and nobody's place.
 */
final class Schedule {

    /** Work that is done in steps. */
    interface Job {

        /** To whom the work is a load. */
        String host();

        /** Does a step; never throws. Says how long to wait before the next one; empty if there is none. */
        Optional<Duration> step();
    }

    private record Due(long nanos, Job job) {}

    private final int atOnce;
    private final int perHost;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Due> waiting = new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
    private final Deque<Job> ready = new ArrayDeque<>();
    private final Map<String, Integer> busy = new HashMap<>();
    private final List<Throwable> defects = new ArrayList<>();
    private int running;
    private boolean stopped;

    Schedule(int atOnce, int perHost, Executor threads, LongSupplier nanoTime) {
        this.atOnce = atOnce;
        this.perHost = perHost;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    /** Runs jobs until each has done its last step, or {@link #stop} was called and no step runs any more. */
    void run(List<? extends Job> jobs) throws InterruptedException {
        lock.lock();
        try {
            ready.addAll(jobs);
            while (running > 0 || (!stopped && (!ready.isEmpty() || !waiting.isEmpty()))) {
                long left = wake();
                startReady();
                if (left == Long.MAX_VALUE) changed.await();
                else if (left > 0) changed.awaitNanos(left);
            }
            if (!defects.isEmpty()) throw new IllegalStateException("a job has a defect", defects.get(0));
        } finally {
            lock.unlock();
        }
    }

    /** Moves those whose time has come to the ready ones; nanoseconds until the next one. */
    private long wake() {
        long now = nanoTime.getAsLong();
        while (!waiting.isEmpty()) {
            long left = waiting.element().nanos - now;
            if (left > 0) return left;
            ready.add(waiting.remove().job);
        }
        return Long.MAX_VALUE;
    }

    private void startReady() {
        if (stopped) return;
        for (Iterator<Job> each = ready.iterator(); each.hasNext() && running < atOnce; ) {
            Job job = each.next();
            if (busy.getOrDefault(job.host(), 0) >= perHost) continue;
            each.remove();
            running++;
            busy.merge(job.host(), 1, Integer::sum);
            threads.execute(() -> step(job));
        }
    }

    private void step(Job job) {
        Optional<Duration> next = Optional.empty();
        Throwable defect = null;
        try {
            next = job.step();
        } catch (RuntimeException | Error e) {
            defect = e;
        }
        lock.lock();
        try {
            running--;
            busy.merge(job.host(), -1, (held, one) -> held + one == 0 ? null : held + one);
            if (next.isPresent()) {
                waiting.add(new Due(nanoTime.getAsLong() + next.get().toNanos(), job));
            }
            if (defect != null) defects.add(defect);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** No further step begins. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** For a test that drives the time: it has gone on. */
    void timeHasPassed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
