package io.github.pop3kit.client;

import io.github.pop3kit.client.ConnectFailure.Kind;
import io.github.pop3kit.client.Watchdog.Watched;
import io.github.pop3kit.protocol.wire.Connection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.SocketFactory;

/** Makes connections to one server, directly or through a proxy. Thread-safe. */
final class Connector {

    private final ConnectOptions options;

    Connector(ConnectOptions options) {
        this.options = options;
    }

    /**
     * Connects. The message of a failure goes on behind the name of the server.
     *
     * @throws ConnectFailure for whatever reason; nothing is left open then
     */
    Connection connect(Deadline deadline) throws ConnectFailure {
        ProxyServer proxy = options.proxy();
        if (proxy == null) return reach(options.host(), options.port(), deadline);
        Connection carrier;
        try {
            carrier = reach(proxy.host(), proxy.port(), deadline);
        } catch (ConnectFailure e) {
            throw new ConnectFailure(e.kind(), "is behind the proxy " + proxy.host() + ", which " + e.getMessage(), e);
        }
        boolean open = false;
        Watched watched = options.watchdog().watch(deadline, carrier::abort);
        try {
            proxy.open(carrier, options.host(), options.port());
            open = true;
        } catch (IOException e) {
            watched.close();
            if (Thread.currentThread().isInterrupted()) throw interrupted(e);
            if (!watched.bit()) {
                String why = e instanceof ProxyServer.Refusal ? e.getMessage() : "ended the connection";
                throw new ConnectFailure(Kind.PROXY, "is behind the proxy " + proxy.host() + ", which " + why, e);
            }
        } finally {
            watched.close();
            if (!open) carrier.abort();
        }
        if (watched.bit()) {
            throw new ConnectFailure(
                    Kind.TIMED_OUT, "is behind the proxy " + proxy.host() + ", which did not answer in time");
        }
        return carrier;
    }

    private Connection reach(String host, int port, Deadline deadline) throws ConnectFailure {
        SocketFactory sockets = options.sockets();
        Call.Dialer dialer = sockets == null
                ? Call.OfChannel::new
                : address -> new Call.OfFactory(address, sockets, deadline.left());
        return new AddressRace(dialer, options.nanoTime()).run(addresses(host, deadline), port, deadline);
    }

    /**
     * Asks the resolver in a thread of its own, for nothing can end the call: past the deadline the thread is left alone with it,
     * and ends when the resolver gives up.
     */
    private List<InetAddress> addresses(String host, Deadline deadline) throws ConnectFailure {
        FutureTask<List<InetAddress>> lookup =
                new FutureTask<>(() -> options.resolver().resolve(host));
        if (HostName.isAddress(host)) {
            lookup.run();
        } else {
            // Not a virtual one: the system's resolver would hold its carrier.
            ClientThreads.PLATFORM.execute(lookup);
        }
        try {
            while (!deadline.passed()) {
                try {
                    // In short turns: a clock that is driven does not wake us.
                    long most = AddressRace.DELAY.toNanos();
                    return lookup.get(Math.min(most, deadline.left().toNanos()), TimeUnit.NANOSECONDS);
                } catch (TimeoutException again) {
                    // The deadline is looked at.
                }
            }
            throw new ConnectFailure(Kind.TIMED_OUT, "could not be looked up in time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException) {
                throw new ConnectFailure(
                        Kind.UNKNOWN_HOST, "is not known: there is no address for " + host, e.getCause());
            }
            throw new ConnectFailure(Kind.UNKNOWN_HOST, "could not be looked up", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        } finally {
            lookup.cancel(true);
        }
    }

    private static ConnectFailure interrupted(Exception e) {
        return new ConnectFailure(Kind.INTERRUPTED, "was not connected to, for the thread was interrupted", e);
    }
}
