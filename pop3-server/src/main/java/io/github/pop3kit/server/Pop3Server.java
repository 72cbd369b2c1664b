package io.github.pop3kit.server;

import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.bench.Bench;
import io.github.pop3kit.store.MailStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running POP3 server.
 *
 * <pre>{@code
 * MemoryMailStore store = new MemoryMailStore();
 * store.deliver("mrose", "Subject: hello\n\nHi!\n");
 * Pop3Server server = Pop3Server.builder()
 *     .store(store)
 *     .authenticator(Authenticator.passwords(Map.of("mrose", "secret")))
 *     .allowCleartextLogin()
 *     .start();
 * }</pre>
 *
 * <p>Each session runs in a thread of its own: a virtual one from Java 21 on. All methods may be called by any thread.
 */
public final class Pop3Server implements AutoCloseable {

    private final Sessions sessions;
    private final Reaper reaper;
    private final List<Acceptor> acceptors;

    private Pop3Server(Sessions sessions, Reaper reaper, List<Acceptor> acceptors) {
        this.sessions = sessions;
        this.reaper = reaper;
        this.acceptors = acceptors;
    }

    /** A server to be configured; a store and an authenticator are what it needs. */
    public static Builder builder() {
        return new Builder();
    }

    /** The port of the first endpoint. */
    public int port() {
        return addresses().get(0).getPort();
    }

    /** Where the server listens, in the order of its endpoints. */
    public List<InetSocketAddress> addresses() {
        return acceptors.stream().map(Acceptor::address).toList();
    }

    /**
     * Stops: accepts nobody, lets commands under way finish (a RETR, the removal at QUIT) within the limit {@code stop}, and ends
     * all sessions. None of them enters UPDATE. The store stays open: it is its maker's. A second call does nothing.
     *
     * @param grace how long a session that waits for its client gets, to refuse its next command politely
     */
    public void stop(Duration grace) {
        try {
            sessions.refuseAll();
            for (Acceptor acceptor : acceptors) acceptor.close();
            sessions.endAll(grace);
        } catch (InterruptedException e) {
            sessions.running().forEach(Session::end); // Without the reaper nobody else would.
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("a listening socket cannot be closed", e);
        } finally {
            reaper.close();
        }
    }

    /** {@link #stop} without grace. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    /** Collects what a server needs. Not safe for use by several threads. */
    public static final class Builder {

        private final List<Endpoint> endpoints = new ArrayList<>();
        private @Nullable MailStore store;
        private @Nullable Authenticator authenticator;
        private ServerLimits limits = ServerLimits.defaults();
        private String greeting = "pop3kit ready";
        private boolean cleartextLogin;
        private Mechanisms mechanisms = Mechanisms.usual();
        private boolean utf8;
        private boolean last;
        private List<Network> proxies = List.of();
        private SessionListener listener = new SessionListener() {};
        private Bench bench = System::nanoTime;

        private Builder() {}

        /** Where to listen; may be said several times. Where it is not said: without TLS, on a free port of loopback. */
        public Builder listen(Endpoint endpoint) {
            endpoints.add(endpoint);
            return this;
        }

        /** Where the mail is. */
        public Builder store(MailStore where) {
            store = where;
            return this;
        }

        /** Who may log in. */
        public Builder authenticator(Authenticator who) {
            authenticator = who;
            return this;
        }

        /** What the server puts up with. */
        public Builder limits(ServerLimits some) {
            limits = some;
            return this;
        }

        /**
         * What follows {@code +OK} at the start of a session.
         *
         * @throws IllegalArgumentException if the line would be longer than 512 octets (RFC 2449 section 4), has something in it
         *     that is not printable ASCII, or a {@code <}, which clients take for the challenge of APOP; or if it
         *     begins with {@code [}, as only response codes do (RFC 2449 section 6.4)
         */
        public Builder greeting(String text) {
            int longest = 512 - "+OK \r\n".length();
            if (text.length() > longest)
                throw new IllegalArgumentException("a greeting has at most " + longest + " octets");
            if (!text.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
                throw new IllegalArgumentException("a greeting is printable ASCII");
            }
            if (text.indexOf('<') >= 0) {
                throw new IllegalArgumentException(
                        "a greeting has no \"<\": clients would take what follows for APOP's challenge");
            }
            if (text.startsWith("[")) {
                throw new IllegalArgumentException(
                        "a greeting does not begin with \"[\": clients would take what follows for a response code");
            }
            greeting = text;
            return this;
        }

        /** Accepts passwords outside TLS, where anybody on the way can read them. */
        public Builder allowCleartextLogin() {
            cleartextLogin = true;
            return this;
        }

        /**
         * By which ways clients may log in, of those that the authenticator can judge and the connection allows. Names alone are all
         * there shall be; with {@code +} or {@code -} in front of each they change what is there, which is every mechanism but
         * {@code CRAM-MD5} and {@code APOP}. {@code USER} is USER and PASS.
         *
         * @throws IllegalArgumentException if there is no such mechanism, or none would be left; with a sentence for the operator
         */
        public Builder mechanisms(String... names) {
            mechanisms = mechanisms.changed(List.of(names));
            return this;
        }

        /**
         * Speaks RFC 6856: offers UTF8 and LANG, takes names and passwords in UTF-8 alone, and refuses a message with more than ASCII in
         * its header to clients that have not said UTF8. Without it, messages go out as they are stored, and nothing is said of it.
         */
        public Builder utf8() {
            utf8 = true;
            return this;
        }

        /** Serves LAST, which RFC 1460 had and RFC 1725 took out, for clients that still ask. */
        public Builder serveLast() {
            last = true;
            return this;
        }

        /**
         * Where proxies are that put HAProxy's PROXY protocol, version 1 or 2, in front of each connection: the client that it names
         * is the peer then, for limits, log and listener. A connection from there without it is ended; from elsewhere it is no
         * command.
         *
         * @param networks such as {@code 10.1.0.0/16}, {@code 2001:db8::/32} or a single address
         * @throws IllegalArgumentException with a sentence for the operator
         */
        public Builder proxyProtocolFrom(String... networks) {
            proxies = Arrays.stream(networks).map(Network::parse).toList();
            return this;
        }

        /** Who is told what happens in the sessions. */
        public Builder listener(SessionListener some) {
            listener = some;
            return this;
        }

        /** Puts the server on a test bench: for the test kit alone, which this type is exported to. */
        public Builder bench(Bench some) {
            bench = some;
            return this;
        }

        /**
         * Starts the server; it is bound and serving when the call returns.
         *
         * @throws IOException if it cannot listen; the message names the address, and nothing stays bound
         * @throws IllegalStateException if something needed was not given, or nobody could log in
         */
        public Pop3Server start() throws IOException {
            if (store == null) throw new IllegalStateException("a server needs a store");
            if (authenticator == null) throw new IllegalStateException("a server needs an authenticator");
            if (endpoints.isEmpty()) endpoints.add(Endpoint.plain(0));
            LoginDelay loginDelay = new LoginDelay(limits.loginDelay(), bench::nanoTime);
            LoginPenalty penalty = new LoginPenalty(limits.loginFailureDelay(), limits.loginPenalty(), bench::nanoTime);
            Service service = new Service(
                    store,
                    authenticator,
                    limits,
                    greeting,
                    cleartextLogin,
                    mechanisms,
                    utf8,
                    last,
                    penalty,
                    loginDelay,
                    proxies,
                    listener,
                    bench);
            boolean anyWithoutTls = endpoints.stream().anyMatch(endpoint -> endpoint.tls() == Endpoint.Tls.NONE);
            if (anyWithoutTls && service.mechanisms(false, false, false).isEmpty()) {
                throw new IllegalStateException("nobody could log in without TLS;"
                        + " give each endpoint a certificate, or allow passwords in the clear");
            }
            Sessions sessions = new Sessions(service);
            List<Acceptor> acceptors = bind(sessions);
            Reaper reaper = new Reaper(sessions.running(), bench::nanoTime);
            bench.started(controls(sessions, reaper));
            reaper.start();
            for (Acceptor acceptor : acceptors) new Thread(acceptor, "pop3-acceptor").start();
            return new Pop3Server(sessions, reaper, acceptors);
        }

        private static Bench.Controls controls(Sessions sessions, Reaper reaper) {
            return new Bench.Controls() {
                @Override
                public void sweep() {
                    reaper.sweep();
                }

                @Override
                public void serve(Connection connection, Endpoint endpoint) throws IOException {
                    InetAddress loopback = InetAddress.getLoopbackAddress();
                    if (!sessions.serve(connection, endpoint, Peer.of(loopback, loopback))) connection.close();
                }
            };
        }

        private List<Acceptor> bind(Sessions sessions) throws IOException {
            List<Acceptor> acceptors = new ArrayList<>();
            Complaint complaint = new Complaint();
            try {
                for (Endpoint endpoint : endpoints) acceptors.add(Acceptor.bind(endpoint, sessions, complaint));
                return acceptors;
            } catch (IOException e) {
                for (Acceptor acceptor : acceptors) acceptor.close();
                throw e;
            }
        }
    }
}
