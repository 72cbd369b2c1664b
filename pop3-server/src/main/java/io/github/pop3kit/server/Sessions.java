package io.github.pop3kit.server;

import io.github.pop3kit.protocol.wire.Connection;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of a server: how they begin, each in a thread of its own, and how they are brought to an end. */
final class Sessions {

    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    /** A client that took nothing for so long gives way when there is no room; a slow one takes something every few seconds. */
    private static final Duration STUCK = Duration.ofMinutes(1);

    private final Service service;
    private final Admission admission;
    private final ThreadFactory threads = SessionThreads.create();
    private final Set<Session> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private final Complaint full = new Complaint();
    private volatile boolean stopping;

    Sessions(Service service) {
        this.service = service;
        this.admission = new Admission(service.limits());
    }

    Set<Session> running() {
        return running;
    }

    /**
     * Serves a client in a thread of its own.
     *
     * @return false if it is one too many: then the connection stays the caller's
     */
    boolean serve(Connection connection, Endpoint endpoint, Peer peer) {
        // Whom a proxy speaks for is not known yet; its session will ask.
        boolean known = !service.isProxy(peer.remote());
        // Before others give way: who has his share must not take their place.
        if (stopping || (known && !admission.hasRoomFor(peer.remote()))) return false;
        // The permit comes before the session and its thread: what is refused costs neither.
        Optional<Admission.Permit> permit = permit();
        if (permit.isEmpty()) return false;
        boolean started = false;
        try {
            if (known && !permit.get().from(peer.remote())) return false;
            start(new Session(this, service, endpoint, connection, peer, permit.get()), permit.get());
            started = true;
            return true;
        } finally {
            if (!started) permit.get().close();
        }
    }

    /** Where there is no room, somebody has to go: first who has not logged in, for then nothing is lost. */
    private Optional<Admission.Permit> permit() {
        Optional<Admission.Permit> permit = admission.connection();
        if (permit.isPresent()) return permit;
        if (full.isDue())
            log.warn("all {} connections are taken", service.limits().connections());
        return admission.endOldestStranger() || endMostStuck() ? admission.connection() : permit;
    }

    private boolean endMostStuck() {
        long now = service.bench().nanoTime();
        Optional<Session> mostStuck = running.stream()
                .filter(session -> session.stuckFor(now) > STUCK.toNanos())
                .max(Comparator.comparingLong(session -> session.stuckFor(now)));
        mostStuck.ifPresent(Session::giveWay);
        return mostStuck.isPresent();
    }

    /** Runs an admitted session, and gives its permit back at its end. Throws if no thread can be had. */
    private void start(Session session, Admission.Permit permit) {
        running.add(session);
        permit.isStranger(session::end);
        if (stopping) { // It was admitted just before.
            session.stop();
            session.endWhenWaiting();
        }
        Thread thread = threads.newThread(() -> {
            try {
                session.run();
            } finally {
                permit.close();
                ended(session);
            }
        });
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) ended(session);
        }
    }

    private void ended(Session session) {
        running.remove(session);
        lock.lock();
        try {
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits a moment for the end of the user's other sessions.
     *
     * @return whether there were any, and all of them have ended
     */
    boolean awaitEndOfOthers(Session self, String account) throws InterruptedException {
        long left = service.bench().parting().toNanos();
        if (left == 0 || !hasOthers(self, account)) return false;
        lock.lock();
        try {
            while (hasOthers(self, account)) {
                if (left <= 0) return false;
                left = fewer.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasOthers(Session self, String account) {
        return running.stream().anyMatch(session -> session != self && session.isOf(account));
    }

    /** From now on nobody is admitted, and every session has its next command refused. */
    void refuseAll() {
        stopping = true;
        running.forEach(Session::stop);
    }

    /**
     * Ends all sessions without UPDATE; {@link #refuseAll} came before. Those that wait for their client get {@code grace}, those
     * with a command under way as long as the limit says.
     */
    void endAll(Duration grace) throws InterruptedException {
        awaitEnd(grace);
        running.forEach(Session::endWhenWaiting);
        awaitEnd(service.limits().stop());
        running.forEach(Session::end);
        awaitEnd(Duration.ofSeconds(1));
    }

    private void awaitEnd(Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lock();
        try {
            while (!running.isEmpty() && left > 0) left = fewer.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }
}
