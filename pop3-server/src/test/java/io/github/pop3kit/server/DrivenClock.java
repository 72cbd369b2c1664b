package io.github.pop3kit.server;

import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.server.bench.Bench;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The time of one server at a time; it passes when the test says so. */
final class DrivenClock implements Bench {

    /** A session that writes to a client that does not read stays busy for ever. */
    private static final long LONGEST_BUSY = Duration.ofMillis(500).toNanos();

    private final AtomicLong now = new AtomicLong();
    private final Queue<Duration> pauses = new ConcurrentLinkedQueue<>();
    private final Set<Fixture> busy = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Controls> server = new AtomicReference<>();

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void started(Controls controls) {
        server.set(controls);
    }

    @Override
    public Fixture connected() {
        return new Fixture() {
            @Override
            public Connection carry(Connection connection) {
                busy.add(this);
                return new Watched(this, connection);
            }

            /** The handshake's time counts already. */
            @Override
            public ServerTls handshake(Connection clear, ServerTls own) {
                busy.remove(this);
                return own;
            }
        };
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

    /**
     * Lets time pass and the reaper look once, as soon as every session waits for its client: a reply is on its way before the session
     * has noted from when its client's time counts.
     */
    void passes(Duration time) {
        long begun = System.nanoTime();
        while (!busy.isEmpty() && System.nanoTime() - begun < LONGEST_BUSY) Thread.onSpinWait();
        passesMeanwhile(time);
    }

    /** Lets time pass while sessions are at work. */
    void passesMeanwhile(Duration time) {
        now.addAndGet(time.toNanos());
        server.get().sweep();
    }

    /** Tells when a session waits for its client. */
    private final class Watched implements Connection {

        private final Fixture session;
        private final Connection connection;

        Watched(Fixture session, Connection connection) {
            this.session = session;
            this.connection = connection;
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            busy.remove(session);
            try {
                return connection.read(buffer);
            } finally {
                busy.add(session);
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
            busy.remove(session);
            connection.close();
        }

        @Override
        public void abort() {
            connection.abort();
        }
    }
}
