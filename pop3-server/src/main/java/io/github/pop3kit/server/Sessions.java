package io.github.pop3kit.server;

import io.github.pop3kit.protocol.wire.Connection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The sessions of a server: how many there may be, and how they are brought to an end. */
final class Sessions {

    private final Service service;
    private final ThreadFactory threads = SessionThreads.create();
    private final Set<Session> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private final Map<InetAddress, Integer> perAddress = new HashMap<>();
    private int admitted;
    private volatile boolean stopping;

    Sessions(Service service) {
        this.service = service;
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
        // The permit comes before the session and its thread: what is refused costs neither.
        if (!admit(peer.remote())) return false;
        boolean started = false;
        try {
            start(new Session(service, endpoint, connection, peer), peer.remote());
            started = true;
            return true;
        } finally {
            if (!started) release(peer.remote());
        }
    }

    private boolean admit(InetAddress address) {
        lock.lock();
        try {
            int here = perAddress.getOrDefault(address, 0);
            ServerLimits limits = service.limits();
            if (stopping || admitted >= limits.connections() || here >= limits.connectionsPerAddress()) return false;
            admitted++;
            perAddress.put(address, here + 1);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void release(InetAddress address) {
        lock.lock();
        try {
            admitted--;
            perAddress.merge(address, -1, (here, less) -> here == 1 ? null : here + less);
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Runs an admitted session, and gives its permit back at its end. Throws if no thread can be had. */
    private void start(Session session, InetAddress address) {
        running.add(session);
        if (stopping) { // It was admitted just before.
            session.stop();
            session.endWhenWaiting();
        }
        Thread thread = threads.newThread(() -> {
            try {
                session.run();
            } finally {
                running.remove(session);
                release(address);
            }
        });
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) running.remove(session);
        }
    }

    /** From now on nobody is admitted, and every session has its next command refused. */
    void refuseAll() {
        lock.lock();
        try {
            stopping = true;
        } finally {
            lock.unlock();
        }
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
            while (admitted > 0 && left > 0) left = fewer.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }
}
