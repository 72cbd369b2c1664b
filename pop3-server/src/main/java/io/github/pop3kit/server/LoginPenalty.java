package io.github.pop3kit.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Makes guessing passwords hopeless. A refused login is answered late, and an address with several of them waits before it may try
 * again: longer each time, up to a bound, and less again as time passes. Users are never locked out: who guesses their passwords
 * pays, at his own address.
 */
final class LoginPenalty {

    /** Whoever has as many addresses is not stopped by remembering more of them. */
    private static final int MOST_ADDRESSES = 100_000;

    /** Two wrong passwords are a slip. */
    private static final int FREE = 2;

    /** From here on the wait no longer grows; and attempts from the address come one by one. */
    private static final int MOST_FAILURES = 5;

    private static final long FORGETS_ONE_IN = TimeUnit.MINUTES.toNanos(1);
    private static final long APART = TimeUnit.SECONDS.toNanos(1);

    /** Attempts of one address that are decided at once; for an office behind one address it means a wait of milliseconds. */
    private static final int AT_ONCE = 2;

    /** Attempts that are decided at once, of all addresses together that were refused lately: most of the work is for the others. */
    private static final int SUSPECTS_AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private static final int IPV6_NETWORK = 8;

    /** What is known of an address, or of an IPv6 network of 64 bits, which one customer has. */
    private static final class Origin {
        private final Semaphore turns = new Semaphore(AT_ONCE, true);
        private int failures;
        private long since;
        private long next;
    }

    private final Semaphore suspects = new Semaphore(SUSPECTS_AT_ONCE, true);
    private final long grid;
    private final long longest;
    private final LongSupplier nanoTime;
    private final Map<String, Origin> origins = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Origin> eldest) {
            return size() > MOST_ADDRESSES;
        }
    };

    LoginPenalty(Duration delay, Duration longest, LongSupplier nanoTime) {
        this.grid = delay.toNanos();
        this.longest = longest.toNanos();
        this.nanoTime = nanoTime;
    }

    /** An attempt to log in from this address begins. */
    synchronized Attempt attempt(InetAddress address) {
        Origin origin = origins.computeIfAbsent(network(address), unknown -> new Origin());
        forget(origin, nanoTime.getAsLong());
        return new Attempt(origin);
    }

    private synchronized long penalty(Attempt attempt) {
        Origin origin = attempt.origin;
        long now = nanoTime.getAsLong();
        forget(origin, now);
        long more = wait(origin.failures) - attempt.waited;
        if (origin.failures >= MOST_FAILURES && !attempt.hasTurn) {
            attempt.hasTurn = true;
            more = Math.max(more, origin.next - now);
            origin.next = now + Math.max(more, 0) + APART;
        }
        more = Math.max(more, 0);
        attempt.waited += more;
        return more;
    }

    private synchronized long failed(Origin origin) {
        long now = nanoTime.getAsLong();
        forget(origin, now);
        origin.failures = Math.min(origin.failures + 1, MOST_FAILURES);
        return wait(origin.failures);
    }

    private synchronized boolean isSuspect(Origin origin) {
        forget(origin, nanoTime.getAsLong());
        return origin.failures > 0;
    }

    private static void forget(Origin origin, long now) {
        if (origin.failures == 0) {
            origin.since = now;
            origin.next = now;
            return;
        }
        long forgotten = (now - origin.since) / FORGETS_ONE_IN;
        origin.failures = (int) Math.max(0, origin.failures - forgotten);
        origin.since += forgotten * FORGETS_ONE_IN;
    }

    private long wait(int failures) {
        return failures < FREE ? 0 : Math.min(longest, TimeUnit.SECONDS.toNanos(1L << (failures - FREE + 1)));
    }

    private static String network(InetAddress address) {
        byte[] octets = address.getAddress();
        return HexFormat.of().formatHex(address instanceof Inet6Address ? Arrays.copyOf(octets, IPV6_NETWORK) : octets);
    }

    /** One attempt to log in, for one thread. */
    final class Attempt {

        private final Origin origin;
        private boolean suspect;
        private boolean hasTurn;
        private long waited;
        private long begun;

        private Attempt(Origin origin) {
            this.origin = origin;
        }

        /**
         * How long to wait before the proof is looked at, right or wrong. To be asked again behind that, and behind {@link #begin}, until
         * it is zero: others of the same address may have been refused meanwhile.
         */
        Duration penalty() {
            return Duration.ofNanos(LoginPenalty.this.penalty(this));
        }

        /** It is about to be decided. Waits while others are, of the same address above all; {@link #decided} has to follow. */
        void begin() throws InterruptedException {
            begun = nanoTime.getAsLong();
            origin.turns.acquire();
            suspect = isSuspect(origin);
            if (suspect) acquireAsSuspect();
        }

        private void acquireAsSuspect() throws InterruptedException {
            boolean acquired = false;
            try {
                suspects.acquire();
                acquired = true;
            } finally {
                if (!acquired) origin.turns.release();
            }
        }

        void decided() {
            if (suspect) suspects.release();
            origin.turns.release();
        }

        /**
         * It was refused.
         *
         * @return how long to wait with the answer: to a multiple of the delay from the beginning, so that the time that deciding took
         *     is not seen; longer if it has not waited as long as its address has to by now
         */
        Duration refused() {
            long more = failed(origin);
            long elapsed = nanoTime.getAsLong() - begun;
            long until = grid == 0 ? elapsed : (elapsed / grid + 1) * grid;
            return Duration.ofNanos(Math.max(until - elapsed, more - waited));
        }
    }
}
