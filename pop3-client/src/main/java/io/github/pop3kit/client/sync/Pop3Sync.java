package io.github.pop3kit.client.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pop3kit.client.Progress;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.RetryPolicy;
import java.io.Closeable;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings new mail from POP3 servers into sinks: each message once, whatever happens meanwhile, and never deletes what it has not stored.
 *
 * <pre>{@code
 * SyncAccount account = SyncAccount.of(client, Login.password("mrose", secret), Sink.maildir(Path.of("Maildir")))
 *         .keeping(Retention.keepDays(14));
 * try (Pop3Sync sync = Pop3Sync.open(Path.of("state"))) {
 *     SyncReport report = sync.run(account);
 * }
 * }</pre>
 *
 * <p>What was fetched it knows from a journal for each account, in the directory of its state; a process that is killed, a cut
 * connection and a full disk leave nothing behind that the next run does not put right. Runs of the same account, in whatever process,
 * exclude each other. For any thread.
 */
public final class Pop3Sync implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(Pop3Sync.class);

    private final Path state;
    private final int atOnce;
    private final int perHost;
    private final RetryPolicy retry;
    private final SyncListener listener;
    private final Disk disk;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final int group;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Map<String, RemoteMaildrop> maildrops = new ConcurrentHashMap<>();
    private final Set<Schedule> schedules = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    private Pop3Sync(Builder builder) {
        this.state = builder.state;
        this.atOnce = builder.atOnce;
        this.perHost = builder.perHost;
        this.retry = builder.retry;
        this.listener = new Careful(builder.listener);
        this.disk = builder.disk;
        this.clock = builder.clock;
        this.nanoTime = builder.nanoTime;
        this.group = builder.group;
    }

    /** With the journals in this directory, which is created if it is missing. */
    public static Pop3Sync open(Path state) {
        return builder(state).build();
    }

    /** To be configured. */
    public static Builder builder(Path state) {
        return new Builder(state);
    }

    // ---- what it does

    /** Synchronises an account. Whatever goes wrong is in the report. */
    public SyncReport run(SyncAccount account) throws InterruptedException {
        return run(List.of(account)).get(0);
    }

    /**
     * Synchronises accounts, many at once; what goes wrong with one does not touch the others.
     *
     * @return a report for each, in their order
     * @throws IllegalArgumentException if two have the same name
     * @throws InterruptedException if the thread was interrupted; what runs is cut then, and ends soon
     */
    public List<SyncReport> run(Collection<SyncAccount> accounts) throws InterruptedException {
        return once(accounts, false);
    }

    /** Finds out what {@link #run(SyncAccount)} would fetch and delete now. Writes to no file, and changes nothing on the server. */
    public SyncReport dryRun(SyncAccount account) throws InterruptedException {
        return dryRun(List.of(account)).get(0);
    }

    /** {@link #dryRun(SyncAccount)} for many at once. */
    public List<SyncReport> dryRun(Collection<SyncAccount> accounts) throws InterruptedException {
        return once(accounts, true);
    }

    private List<SyncReport> once(Collection<SyncAccount> accounts, boolean dry) throws InterruptedException {
        List<OneRun> jobs =
                accounts.stream().map(account -> new OneRun(account, dry)).toList();
        perform(accounts, jobs);
        return jobs.stream().map(OneRun::report).toList();
    }

    /**
     * Synchronises accounts again and again, until this object is closed or the thread is interrupted.
     *
     * @param every how long to wait after one run of an account before the next; longer, where its server wants longer, and after
     *     failures twice as long each time, up to an hour
     * @param reports gets each report, in the thread of the account
     */
    public void watch(Collection<SyncAccount> accounts, Duration every, Consumer<SyncReport> reports)
            throws InterruptedException {
        if (every.isNegative() || every.isZero()) throw new IllegalArgumentException("a pause is positive");
        perform(
                accounts,
                accounts.stream()
                        .map(account -> new Watched(account, every, reports))
                        .toList());
    }

    private void perform(Collection<SyncAccount> accounts, List<? extends Schedule.Job> jobs)
            throws InterruptedException {
        Set<String> names = new HashSet<>();
        for (SyncAccount account : accounts) {
            if (!names.add(account.name()))
                throw new IllegalArgumentException("two accounts are named " + account.name());
        }
        Schedule schedule = new Schedule(atOnce, perHost, threads(), nanoTime);
        schedules.add(schedule);
        try {
            if (stopped) throw new IllegalStateException("closed");
            schedule.run(jobs);
        } catch (InterruptedException e) {
            schedule.stop();
            for (SyncAccount account : accounts) cancel(account.name());
            throw e;
        } finally {
            schedules.remove(schedule);
        }
    }

    private void cancel(String account) {
        RemoteMaildrop maildrop = maildrops.get(account);
        if (maildrop != null) maildrop.cancel();
    }

    /** Virtual ones where the runtime has them (Java 21). */
    private static Executor threads() {
        if (Runtime.version().feature() >= 21) {
            try {
                return (Executor) Class.forName("java.util.concurrent.Executors")
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null);
            } catch (ReflectiveOperationException e) {
                log.debug("no virtual threads", e);
            }
        }
        return task -> {
            Thread thread = new Thread(task, "pop3-sync");
            thread.setDaemon(true);
            thread.start();
        };
    }

    /** An account, once. */
    private final class OneRun implements Schedule.Job {

        private final SyncAccount account;
        private final SyncRun run;
        private volatile @Nullable SyncReport report;

        OneRun(SyncAccount account, boolean dry) {
            this.account = account;
            this.run = new SyncRun(account, Pop3Sync.this, dry);
        }

        @Override
        public String host() {
            return Pop3Sync.host(account);
        }

        @Override
        public Optional<Duration> step() {
            Optional<Duration> next = run.session();
            if (next.isPresent()) return next;
            SyncReport done = run.report();
            report = done;
            listener.finished(done);
            return next;
        }

        /** Also of a run that was stopped before its time. */
        SyncReport report() {
            SyncReport done = report;
            return done != null ? done : run.report();
        }
    }

    /** An account, again and again. */
    private final class Watched implements Schedule.Job {

        private static final Duration LONGEST = Duration.ofHours(1);

        private final SyncAccount account;
        private final Duration every;
        private final Consumer<SyncReport> reports;
        private SyncRun run;
        private int failures;

        Watched(SyncAccount account, Duration every, Consumer<SyncReport> reports) {
            this.account = account;
            this.every = every;
            this.reports = reports;
            this.run = new SyncRun(account, Pop3Sync.this, false);
        }

        @Override
        public String host() {
            return Pop3Sync.host(account);
        }

        @Override
        public Optional<Duration> step() {
            Optional<Duration> next = run.session();
            if (next.isPresent()) return next;
            SyncReport report = run.report();
            Duration pause = pause(report);
            run = new SyncRun(account, Pop3Sync.this, false);
            listener.finished(report);
            reports.accept(report);
            return Optional.of(pause);
        }

        private Duration pause(SyncReport report) {
            failures = report.failure().isEmpty() ? 0 : failures + 1;
            Duration pause = every;
            if (failures > 0) {
                Duration doubled = every.multipliedBy(1L << Math.min(failures, 10));
                pause = longer(every, doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST);
            }
            return longer(longer(pause, run.loginDelay()), run.wantedPause().orElse(Duration.ZERO));
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static String host(SyncAccount account) {
        return account.client().server().replaceFirst(":\\d+$", "");
    }

    /** Ends what runs: sessions are cut, which loses nothing, and {@code run} and {@code watch} return soon. For any thread. */
    @Override
    public void close() {
        stopped = true;
        schedules.forEach(Schedule::stop);
        maildrops.values().forEach(RemoteMaildrop::cancel);
    }

    // ---- for its runs

    void entered(String account, RemoteMaildrop maildrop) {
        maildrops.put(account, maildrop);
        if (stopped) maildrop.cancel();
    }

    void left(String account) {
        maildrops.remove(account);
    }

    boolean isStopped() {
        return stopped;
    }

    /** The account's own file; its name tells a person whose it is, and is that of no other account. */
    Path journal(String account) {
        String readable = account.replaceAll("[^A-Za-z0-9@._-]", "_");
        String shown = readable.substring(0, Math.min(readable.length(), 80)).replaceFirst("^[.]", "_");
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(account.getBytes(UTF_8));
            return state.resolve(shown + "-" + HexFormat.of().formatHex(digest, 0, 4) + ".journal");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    Disk disk() {
        return disk;
    }

    Clock clock() {
        return clock;
    }

    RetryPolicy retry() {
        return retry;
    }

    /** As many messages are made durable at once. */
    int group() {
        return group;
    }

    RandomGenerator random() {
        return random;
    }

    SyncListener listener() {
        return listener;
    }

    /** A listener's own troubles are logged, and nothing else. */
    private record Careful(SyncListener told) implements SyncListener {

        private void tell(Consumer<SyncListener> what) {
            try {
                what.accept(told);
            } catch (RuntimeException e) {
                log.error("a listener has failed", e);
            }
        }

        @Override
        public void listed(String account, int messages, int toFetch) {
            tell(listener -> listener.listed(account, messages, toFetch));
        }

        @Override
        public void progress(String account, Progress progress) {
            tell(listener -> listener.progress(account, progress));
        }

        @Override
        public void stored(Arrival arrival) {
            tell(listener -> listener.stored(arrival));
        }

        @Override
        public void skipped(String account, String uniqueId, Exception why) {
            tell(listener -> listener.skipped(account, uniqueId, why));
        }

        @Override
        public void retrying(String account, Exception why, Duration in) {
            tell(listener -> listener.retrying(account, why, in));
        }

        @Override
        public void finished(SyncReport report) {
            tell(listener -> listener.finished(report));
        }
    }

    /** Collects what a synchronisation needs. Not safe for use by several threads. */
    public static final class Builder {

        private final Path state;
        private int atOnce = 100;
        private int perHost = 4;
        private RetryPolicy retry = new RetryPolicy(3, Duration.ofSeconds(2), Duration.ofMinutes(1));
        private SyncListener listener = new SyncListener() {};
        private Disk disk = Disk.SYSTEM;
        private Clock clock = Clock.systemUTC();
        private LongSupplier nanoTime = System::nanoTime;
        private int group = 100;

        private Builder(Path state) {
            this.state = state;
        }

        /** How many accounts are synchronised at once at most; 100 if it is not said. */
        public Builder atOnce(int accounts) {
            atOnce = positive(accounts);
            return this;
        }

        /** How many accounts of one host are synchronised at once at most; 4 if it is not said. */
        public Builder perHost(int accounts) {
            perHost = positive(accounts);
            return this;
        }

        private static int positive(int number) {
            if (number < 1) throw new IllegalArgumentException("a limit is positive");
            return number;
        }

        /**
         * How often a run tries again that cannot log in, or whose session is lost, without having got on in between; three attempts
         * with waits of up to a minute if it is not said. Where the server wants a longer wait, it is left to the next run.
         */
        public Builder retry(RetryPolicy policy) {
            retry = policy;
            return this;
        }

        /** Who is told what happens. */
        public Builder listener(SyncListener some) {
            listener = some;
            return this;
        }

        /** For a test in which files fail. */
        Builder disk(Disk some) {
            disk = some;
            return this;
        }

        /** For a test that lets the time pass. */
        Builder clock(Clock some) {
            clock = some;
            return this;
        }

        /** For a test with few messages and many groups. */
        Builder group(int messages) {
            group = messages;
            return this;
        }

        /** It opens nothing yet. */
        public Pop3Sync build() {
            return new Pop3Sync(this);
        }
    }
}
