package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.StreamConnection;
import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.ServerTls;
import io.github.pop3kit.server.bench.Bench;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What is under a test server: its clock, what faults put between it and its clients, and a hold on every connection. */
final class TestBench implements Bench {

    /** How long a session that is busy is waited for; one that writes to a client that does not read stays busy for ever. */
    private static final long LONGEST_BUSY = TimeUnit.MILLISECONDS.toNanos(250);

    private final TestClock clock;
    private final Ledger ledger;
    private final IntFunction<Fixture> fixtures;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quieter = lock.newCondition();
    private final Set<Seat> seats = new HashSet<>();
    private int connections;
    private volatile @Nullable Controls controls;

    /**
     * A bench.
     *
     * @param fixtures makes what faults put into the connection of this number, counted from 1
     */
    TestBench(TestClock clock, Ledger ledger, IntFunction<Fixture> fixtures) {
        this.clock = clock;
        this.ledger = ledger;
        this.fixtures = fixtures;
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    /** A wrong password is answered at once: tests have no time to lose, and there is nobody who guesses. */
    @Override
    public void pause(Duration time, CountDownLatch end) {}

    /** Each login asks the store once, or what it is to refuse would depend on the pace of threads. */
    @Override
    public Duration parting() {
        return Duration.ZERO;
    }

    @Override
    public void started(Controls some) {
        controls = some;
    }

    @Override
    public Fixture connected() {
        ledger.connected();
        lock.lock();
        try {
            Seat seat = new Seat(fixtures.apply(++connections));
            seats.add(seat);
            return seat;
        } finally {
            lock.unlock();
        }
    }

    /** Serves the other end of a socket in memory. */
    void serve(Socket farEnd, Endpoint endpoint) throws IOException {
        controls().serve(new StreamConnection(farEnd), endpoint);
    }

    /** Ends the sessions whose time is over. */
    void sweep() {
        controls().sweep();
    }

    private Controls controls() {
        Controls started = controls;
        if (started == null) throw new IllegalStateException("the server has not started");
        return started;
    }

    /** Cuts all connections, and counts those to come from 1 again. */
    void reset() {
        lock.lock();
        try {
            seats.forEach(Seat::cut);
            connections = 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits a moment until every session waits for its client. A reply is on its way before the session has noted from when its
     * client's time counts.
     */
    void settle() {
        long left = LONGEST_BUSY;
        lock.lock();
        try {
            while (left > 0 && seats.stream().anyMatch(seat -> seat.busy)) left = quieter.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** The connection of one session, seen from outside. */
    private final class Seat implements Fixture {

        private final Fixture fixture;
        private final Set<Connection> carried = new HashSet<>();
        private boolean busy = true;
        private boolean cut;

        Seat(Fixture fixture) {
            this.fixture = fixture;
        }

        @Override
        public Connection carry(Connection connection) {
            Connection outermost = fixture.carry(connection);
            lock.lock();
            try {
                busy = true;
                carried.add(outermost);
                if (cut) outermost.abort();
            } finally {
                lock.unlock();
            }
            return new Watched(this, outermost);
        }

        @Override
        public List<String> mechanisms(List<String> offered) {
            return fixture.mechanisms(offered);
        }

        @Override
        public String timestamp(String own) {
            return fixture.timestamp(own);
        }

        /** The handshake's time counts already. */
        @Override
        public ServerTls handshake(Connection clear, ServerTls own) throws IOException {
            busy(false);
            return fixture.handshake(clear, own);
        }

        void cut() {
            cut = true;
            carried.forEach(Connection::abort);
        }

        void busy(boolean now) {
            lock.lock();
            try {
                busy = now;
                quieter.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void leave() {
            lock.lock();
            try {
                seats.remove(this);
                quieter.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Tells a seat when its session waits for the client, and when it leaves. */
    private record Watched(Seat seat, Connection connection) implements Connection {

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            seat.busy(false);
            try {
                return connection.read(buffer);
            } finally {
                seat.busy(true);
            }
        }

        @Override
        public int write(ByteBuffer buffer) throws IOException {
            return connection.write(buffer);
        }

        @Override
        public int available() throws IOException {
            return connection.available();
        }

        @Override
        public void endOutput() throws IOException {
            connection.endOutput();
        }

        @Override
        public Socket socket() {
            return connection.socket();
        }

        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public void close() throws IOException {
            try {
                connection.close();
            } finally {
                seat.leave();
            }
        }

        @Override
        public void abort() {
            connection.abort();
        }
    }
}
