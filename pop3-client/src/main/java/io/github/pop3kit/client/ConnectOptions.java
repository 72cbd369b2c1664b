package io.github.pop3kit.client;

import java.util.function.LongSupplier;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where a client connects to, and how.
 *
 * @param host a name or an address, as {@link HostName#of} makes it
 * @param sockets makes the sockets, instead of a {@link java.nio.channels.SocketChannel}
 * @param nanoTime the clock of the deadlines that come with it
 */
record ConnectOptions(
        String host,
        int port,
        @Nullable ProxyServer proxy,
        @Nullable SocketFactory sockets,
        Resolver resolver,
        LongSupplier nanoTime,
        Watchdog watchdog) {

    ConnectOptions {
        host = HostName.of(host);
        HostName.checkPort(port);
    }

    /** Directly, by the clock and the resolver of the system. */
    static ConnectOptions to(String host, int port) {
        return new ConnectOptions(host, port, null, null, Resolver.SYSTEM, System::nanoTime, Watchdog.shared());
    }

    ConnectOptions withProxy(ProxyServer through) {
        return new ConnectOptions(host, port, through, sockets, resolver, nanoTime, watchdog);
    }

    ConnectOptions withSockets(SocketFactory made) {
        return new ConnectOptions(host, port, proxy, made, resolver, nanoTime, watchdog);
    }

    ConnectOptions withResolver(Resolver other) {
        return new ConnectOptions(host, port, proxy, sockets, other, nanoTime, watchdog);
    }

    /** For a test that lets the time pass. */
    ConnectOptions withClock(LongSupplier driven, Watchdog drivenToo) {
        return new ConnectOptions(host, port, proxy, sockets, resolver, driven, drivenToo);
    }
}
