package io.github.pop3kit.client;

import io.github.pop3kit.protocol.DotFraming;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the builder has collected.
 *
 * @param tlsLayer null where no TLS is wanted
 * @param operation how long an operation may take as a whole; null for as long as it makes progress
 */
record Settings(
        ConnectOptions connect,
        Connector connector,
        Tls tls,
        @Nullable TlsLayer tlsLayer,
        Times times,
        @Nullable Duration operation,
        boolean cleartextLogin,
        DotFraming framing,
        ClientLimits limits,
        ClientListener listener,
        RetryPolicy retry,
        Waiter waiter,
        RandomGenerator random) {

    /** How long each step may take. */
    record Times(Duration connect, Duration handshake, Duration read, Duration write) {}

    /** Waits before the next attempt. */
    interface Waiter {
        void await(Duration time) throws InterruptedException;
    }

    /** {@code host:port}. */
    String server() {
        return HostName.isIpv6(connect.host())
                ? "[" + connect.host() + "]:" + connect.port()
                : connect.host() + ":" + connect.port();
    }

    /** So long from now, and not past the end of the operation. */
    Deadline within(Duration patience, @Nullable Deadline whole) {
        Deadline deadline = Deadline.in(patience, connect.nanoTime());
        return whole == null ? deadline : deadline.orEarlier(whole);
    }

    @Nullable
    Deadline newOperation() {
        return operation == null ? null : Deadline.in(operation, connect.nanoTime());
    }
}
