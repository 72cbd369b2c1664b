package io.github.pop3kit.testkit;

import io.github.pop3kit.server.SessionInfo;
import io.github.pop3kit.server.SessionListener;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What has happened in the sessions of a test server; who waits for something is told. Safe for use by many threads. */
final class Ledger implements SessionListener {

    /** The session whose thread it is. */
    private static final ThreadLocal<TestSession> HERE = new ThreadLocal<>();

    private final Faults faults;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** By their ids, in the order of their beginning. */
    private final Map<String, TestSession> sessions = new LinkedHashMap<>();

    private final Set<String> loggedIn = new HashSet<>();
    private final Set<String> retrieved = new HashSet<>();
    private final Set<String> deleted = new HashSet<>();
    private int open;

    /** @param faults for whoever reads of a failure */
    Ledger(Faults faults) {
        this.faults = faults;
    }

    // ---- what happens

    /** A client was let in; its session is about to begin. */
    void connected() {
        happened(() -> open++);
    }

    @Override
    public void opened(SessionInfo session) {
        HERE.set(session(session));
    }

    /** Something was said of which the session whose thread calls does not know. */
    void note(String line) {
        HERE.get().add(line);
    }

    @Override
    public Optional<Consumer<String>> transcript(SessionInfo session) {
        return Optional.of(session(session)::add);
    }

    @Override
    public void loggedIn(SessionInfo info) {
        session(info).know(info);
        happened(() -> loggedIn.add(info.account().orElseThrow()));
    }

    @Override
    public void ended(SessionInfo info) {
        TestSession session = session(info);
        session.know(info);
        session.end();
        happened(() -> open--);
    }

    void retrieved(String uniqueId) {
        happened(() -> retrieved.add(uniqueId));
    }

    void deleted(List<String> uniqueIds) {
        happened(() -> deleted.addAll(uniqueIds));
    }

    /** Forgets everything but the sessions that are still open. */
    void reset() {
        happened(() -> {
            sessions.values().removeIf(TestSession::isEnded);
            loggedIn.clear();
            retrieved.clear();
            deleted.clear();
        });
    }

    private void happened(Runnable event) {
        lock.lock();
        try {
            event.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private TestSession session(SessionInfo info) {
        lock.lock();
        try {
            return sessions.computeIfAbsent(info.id(), any -> new TestSession(sessions.size() + 1));
        } finally {
            lock.unlock();
        }
    }

    // ---- what has happened

    List<TestSession> sessions() {
        lock.lock();
        try {
            return List.copyOf(sessions.values());
        } finally {
            lock.unlock();
        }
    }

    String transcript() {
        return sessions().stream().map(TestSession::toString).collect(Collectors.joining("\n"));
    }

    boolean wasRetrieved(String uniqueId) {
        return contains(retrieved, uniqueId);
    }

    boolean wasDeleted(String uniqueId) {
        return contains(deleted, uniqueId);
    }

    private boolean contains(Set<String> some, String one) {
        lock.lock();
        try {
            return some.contains(one);
        } finally {
            lock.unlock();
        }
    }

    // ---- waiting

    void awaitLogin(String account, Duration longest) {
        await(() -> loggedIn.contains(account), "nobody has logged in as " + account, longest);
    }

    void awaitRetrieved(String uniqueId, Duration longest) {
        await(() -> retrieved.contains(uniqueId), "nobody has retrieved the message " + uniqueId, longest);
    }

    void awaitDeleted(String uniqueId, Duration longest) {
        await(() -> deleted.contains(uniqueId), "nobody has deleted the message " + uniqueId, longest);
    }

    void awaitSessionEnd(Duration longest) {
        await(() -> open == 0, "a session is still open", longest);
    }

    private void await(BooleanSupplier event, String otherwise, Duration longest) {
        long left = longest.toNanos();
        lock.lock();
        try {
            while (!event.getAsBoolean()) {
                if (left <= 0) throw failure(otherwise + " within " + longest);
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(otherwise + " when the test was interrupted");
        } finally {
            lock.unlock();
        }
    }

    /** A failure with what was said, and with the faults and their seed, by which it can be had again. */
    AssertionError failure(String what) {
        String said = transcript();
        String words = what + "\n" + (said.isEmpty() ? "# there was no session\n" : said);
        return new AssertionError(faults.isEmpty() ? words : words + faults + "\n");
    }
}
