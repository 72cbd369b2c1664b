package io.github.pop3kit.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Two ends of TLS without a network between them. */
final class EnginePair {

    /** The work and not the time: others may use the processors meanwhile. */
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private final End client;
    private final End server;

    EnginePair(SSLEngine client, SSLEngine server) {
        this.client = new End(client);
        this.server = new End(server);
    }

    /** Shakes hands, and lets each end say one octet: what a server sends behind a handshake has arrived then. */
    void shakeHands() throws SSLException {
        while (!client.isDone() || !server.isDone()) {
            client.handsTo(server);
            server.handsTo(client);
        }
        for (End speaker : new End[] {client, server}) {
            End listener = speaker == client ? server : client;
            speaker.says(1);
            while (listener.heard() == 0) speaker.handsTo(listener);
        }
    }

    long serverNanos() {
        return server.nanos;
    }

    private static final class End {

        private final SSLEngine engine;
        private final ByteBuffer toSay = ByteBuffer.allocate(16).limit(0);
        private final ByteBuffer heard;
        private final ByteBuffer network;
        private boolean begun;
        private long nanos;

        End(SSLEngine engine) {
            this.engine = engine;
            this.heard = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
            this.network = ByteBuffer.allocate(2 * engine.getSession().getPacketBufferSize())
                    .limit(0);
        }

        void says(int octets) {
            toSay.clear().limit(octets);
        }

        int heard() {
            return heard.position();
        }

        boolean isDone() {
            return begun && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING && !network.hasRemaining();
        }

        /** Writes what there is to write, and lets the other end read it. */
        void handsTo(End other) throws SSLException {
            long start = CPU.getCurrentThreadCpuTime();
            network.compact();
            SSLEngineResult result;
            do {
                runTasks();
                result = engine.wrap(toSay, network);
                begun = true;
            } while (result.bytesProduced() > 0 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
            network.flip();
            nanos += CPU.getCurrentThreadCpuTime() - start;
            other.takes(network);
        }

        private void takes(ByteBuffer octets) throws SSLException {
            long start = CPU.getCurrentThreadCpuTime();
            while (octets.hasRemaining()) {
                SSLEngineResult result = engine.unwrap(octets, heard);
                begun = true;
                runTasks();
                if (result.bytesConsumed() == 0 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) break;
                if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) break;
            }
            nanos += CPU.getCurrentThreadCpuTime() - start;
        }

        private void runTasks() {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                Runnable task = engine.getDelegatedTask();
                if (task != null) task.run();
            }
        }
    }
}
