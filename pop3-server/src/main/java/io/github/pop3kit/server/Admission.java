package io.github.pop3kit.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Who is let in: connections are counted, in total and by address, and sessions by user. For any thread. */
final class Admission {

    /** What one household or server has of IPv6; to count single addresses would be to count nothing. */
    private static final int IPV6_BLOCK = 64;

    private final ServerLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<InetAddress, Integer> perAddress = new HashMap<>();
    private final Map<String, Integer> perUser = new HashMap<>();

    /** Those that have not logged in, the oldest first, and how each is ended. */
    private final Map<Permit, Runnable> strangers = new LinkedHashMap<>();

    private int admitted;

    Admission(ServerLimits limits) {
        this.limits = limits;
    }

    /** Whether the address has fewer connections than it may have. */
    boolean hasRoomFor(InetAddress remote) {
        lock.lock();
        try {
            return perAddress.getOrDefault(block(remote), 0) < limits.connectionsPerAddress();
        } finally {
            lock.unlock();
        }
    }

    private static InetAddress block(InetAddress remote) {
        return remote instanceof Inet6Address ? Network.around(remote, IPV6_BLOCK) : remote;
    }

    /** A permit for one connection more, if the total allows it. */
    Optional<Permit> connection() {
        lock.lock();
        try {
            if (admitted >= limits.connections()) return Optional.empty();
            admitted++;
            return Optional.of(new Permit());
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection that has not logged in for longest; false if all have. */
    boolean endOldestStranger() {
        Runnable end;
        lock.lock();
        try {
            Iterator<Map.Entry<Permit, Runnable>> oldest = strangers.entrySet().iterator();
            if (!oldest.hasNext()) return false;
            Map.Entry<Permit, Runnable> stranger = oldest.next();
            end = stranger.getValue();
            // Its place is free at once; its thread may take a moment to see that it is over.
            stranger.getKey().close();
        } finally {
            lock.unlock();
        }
        end.run();
        return true;
    }

    /** One connection's place. */
    final class Permit implements AutoCloseable {

        private @Nullable InetAddress address;
        private @Nullable String user;
        private boolean closed;

        private Permit() {}

        /** Whether there may be one connection more from this address, which then counts. */
        boolean from(InetAddress remote) {
            lock.lock();
            try {
                if (closed || !hasRoomFor(remote)) return false;
                address = block(remote);
                perAddress.merge(address, 1, Integer::sum);
                return true;
            } finally {
                lock.unlock();
            }
        }

        /** Its client has not logged in; {@code end} ends the connection, should there be no room for others. */
        void isStranger(Runnable end) {
            lock.lock();
            try {
                if (!closed) strangers.put(this, end);
            } finally {
                lock.unlock();
            }
        }

        /** Whether the user, who has shown who he is, may have one session more, which then counts until {@link #release}. */
        boolean of(String name) {
            lock.lock();
            try {
                if (closed || perUser.getOrDefault(name, 0) >= limits.sessionsPerUser()) return false;
                perUser.merge(name, 1, Integer::sum);
                user = name;
                return true;
            } finally {
                lock.unlock();
            }
        }

        /** The user has no session after all. */
        void release() {
            lock.lock();
            try {
                if (user != null) lower(perUser, user);
                user = null;
            } finally {
                lock.unlock();
            }
        }

        /** The session is the user's for good. */
        void loggedIn() {
            lock.lock();
            try {
                strangers.remove(this);
            } finally {
                lock.unlock();
            }
        }

        /** Gives the place back; a second call does nothing. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (closed) return;
                closed = true;
                admitted--;
                strangers.remove(this);
                if (address != null) lower(perAddress, address);
                release();
            } finally {
                lock.unlock();
            }
        }
    }

    private static <K> void lower(Map<K, Integer> counts, K key) {
        counts.merge(key, -1, (here, less) -> here == 1 ? null : here + less);
    }
}
