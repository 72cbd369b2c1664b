package io.github.pop3kit.client;

import io.github.pop3kit.client.ConnectFailure.Kind;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.wire.Connection;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tries the addresses of a host until one answers, by the rules of RFC 8305 ("Happy Eyeballs"): IPv6 first and the families in
 * turn (section 4), the next address as soon as one fails or after {@link #DELAY} without an answer (section 5), the first
 * connection wins and the other tries are ended.
 */
final class AddressRace {

    /** The Connection Attempt Delay of RFC 8305 section 8. */
    static final Duration DELAY = Duration.ofMillis(250);

    private static final int FAILURES_SHOWN = 8;

    private final Call.Dialer dialer;
    private final Executor threads;
    private final LongSupplier nanoTime;
    private final Waiting waiting;

    AddressRace(Call.Dialer dialer, LongSupplier nanoTime) {
        this(dialer, ClientThreads.LIGHT, nanoTime, (ended, time) -> ended.poll(time.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** With everything in the hands of a test. */
    AddressRace(Call.Dialer dialer, Executor threads, LongSupplier nanoTime, Waiting waiting) {
        this.dialer = dialer;
        this.threads = threads;
        this.nanoTime = nanoTime;
        this.waiting = waiting;
    }

    /** How the race waits for the end of a try; null when the time is over. */
    @FunctionalInterface
    interface Waiting {
        @Nullable
        Attempt next(BlockingQueue<Attempt> ended, Duration time) throws InterruptedException;
    }

    /** @throws ConnectFailure if no address answers until the deadline; it names them all, and why */
    Connection run(List<InetAddress> addresses, int port, Deadline deadline) throws ConnectFailure {
        Deque<InetAddress> untried = inTurn(addresses);
        BlockingQueue<Attempt> ended = new LinkedBlockingQueue<>();
        List<Attempt> begun = new ArrayList<>();
        Attempt winner = null;
        try {
            int running = 0;
            Deadline nextStart = Deadline.in(Duration.ZERO, nanoTime);
            while (!deadline.passed()) {
                if (running == 0 && untried.isEmpty()) throw failure(Kind.UNREACHABLE, begun);
                if (!untried.isEmpty() && (running == 0 || nextStart.passed())) {
                    Attempt attempt = new Attempt(new InetSocketAddress(untried.remove(), port), ended);
                    begun.add(attempt);
                    threads.execute(attempt);
                    running++;
                    nextStart = Deadline.in(DELAY, nanoTime);
                }
                // Never longer than the delay: a clock that is driven does not wake us.
                Attempt over = waiting.next(ended, least(DELAY, nextStart, deadline, !untried.isEmpty()));
                if (over == null) continue;
                running--;
                if (over.connection != null) {
                    winner = over;
                    return over.connection;
                }
                nextStart = Deadline.in(Duration.ZERO, nanoTime);
            }
            throw failure(Kind.TIMED_OUT, begun);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectFailure(Kind.INTERRUPTED, "was not connected to, for the thread was interrupted", e);
        } finally {
            for (Attempt attempt : begun) {
                if (attempt != winner) attempt.abort();
            }
        }
    }

    /** One of the first family, one of the other, and so on; in each family in the order of the resolver. */
    private static Deque<InetAddress> inTurn(List<InetAddress> addresses) {
        Deque<InetAddress> ipv6 = new ArrayDeque<>();
        Deque<InetAddress> ipv4 = new ArrayDeque<>();
        for (InetAddress each : addresses) (each instanceof Inet6Address ? ipv6 : ipv4).add(each);
        Deque<InetAddress> all = new ArrayDeque<>();
        while (!ipv6.isEmpty() || !ipv4.isEmpty()) {
            if (!ipv6.isEmpty()) all.add(ipv6.remove());
            if (!ipv4.isEmpty()) all.add(ipv4.remove());
        }
        return all;
    }

    private static Duration least(Duration most, Deadline nextStart, Deadline deadline, boolean more) {
        Duration left = (more ? deadline.orEarlier(nextStart) : deadline).left();
        return left.compareTo(most) < 0 ? left : most;
    }

    private static ConnectFailure failure(Kind kind, List<Attempt> begun) {
        String each = begun.stream().limit(FAILURES_SHOWN).map(Attempt::outcome).collect(Collectors.joining("; "));
        String others = begun.size() > FAILURES_SHOWN ? "; and " + (begun.size() - FAILURES_SHOWN) + " others" : "";
        List<Throwable> reasons = new ArrayList<>();
        for (Attempt attempt : begun) {
            if (attempt.failure != null) reasons.add(attempt.failure);
        }
        // Programs look among the causes for a ConnectException.
        Throwable first = reasons.isEmpty() ? null : reasons.remove(0);
        ConnectFailure failure = new ConnectFailure(kind, "could not be reached: " + each + others, first);
        reasons.forEach(failure::addSuppressed);
        return failure;
    }

    /** A call in a thread of its own. What came of it is read behind the queue. */
    final class Attempt implements Runnable {

        private final InetSocketAddress address;
        private final BlockingQueue<Attempt> ended;
        private volatile @Nullable Call call;
        private volatile boolean aborted;
        private volatile @Nullable Connection connection;
        private volatile @Nullable Throwable failure;

        private Attempt(InetSocketAddress address, BlockingQueue<Attempt> ended) {
            this.address = address;
            this.ended = ended;
        }

        @Override
        public void run() {
            try {
                connection = connect();
            } catch (IOException | RuntimeException | Error e) {
                failure = e;
            }
            ended.add(this);
        }

        private Connection connect() throws IOException {
            Call made = dialer.dial(address);
            call = made;
            if (aborted) made.abort(); // Before this is looked at: of the two threads one sees what the other set.
            try {
                return made.connect();
            } catch (IOException | RuntimeException | Error e) {
                made.abort();
                throw e;
            }
        }

        private void abort() {
            aborted = true;
            Call made = call;
            if (made != null) made.abort();
        }

        private String outcome() {
            String where = address.getAddress().getHostAddress() + " port " + address.getPort() + " ";
            if (failure == null) return where + "did not answer";
            String why = failure.getMessage();
            return where + (why == null ? failure.getClass().getSimpleName() : Transcript.escape(why));
        }
    }
}
