package io.github.pop3kit.testkit;

import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerLimits;
import io.github.pop3kit.store.MailStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A POP3 server for one test or a few.
 *
 * <pre>{@code
 * try (Pop3TestServer server = Pop3TestServer.start()) {
 *     server.user("bob", "secret").deliver("Subject: hi\n\nHello\n");
 *     fetchMail(server.host(), server.port(), "bob", "secret"); // the code under test
 * }
 * }</pre>
 *
 * <p>It is the real server on free ports of loopback: {@link #port()} offers STLS and takes passwords in the clear too,
 * {@link #tlsPort()} speaks TLS from the first octet. Its time {@linkplain #clock() stands still} unless the test lets it pass. All
 * methods may be called by any thread.
 */
public final class Pop3TestServer implements AutoCloseable {

    /** How qpopper 2.4 greets, for {@link #greeting}. */
    public static final String QPOPPER_2_4 = "+OK QPOP (version 2.4) at pop.foo.bar starting.";

    static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final TestLogins logins;
    private final Faults faults = new Faults();
    private final Ledger ledger = new Ledger(faults);
    private final TestClock clock = new TestClock(this::settle, this::timeHasPassed);
    private final TestBench bench = new TestBench(clock, ledger, this::fixture);
    private final Endpoint stls = Endpoint.stls(0, TestCertificate.CERTIFICATE);
    private final Endpoint tls = Endpoint.implicitTls(0, TestCertificate.CERTIFICATE);
    private final TestStore store;
    private final Pop3Server server;
    private final int port;
    private final int tlsPort;
    private volatile Personality personality = Personality.PLAIN;
    private volatile boolean closed;

    private Pop3TestServer(Builder builder) throws IOException {
        logins = new TestLogins(builder.checksPasswords);
        store = new TestStore(builder.store, clock, builder.expireDays);
        Pop3Server.Builder real = Pop3Server.builder()
                .listen(stls)
                .listen(tls)
                .store(new FaultyStore(new ObservedStore(store, ledger), faults))
                .authenticator(logins)
                .mechanisms("+CRAM-MD5", "+APOP") // Each session offers of all there are what its personality has.
                .limits(builder.limits)
                .listener(ledger)
                .bench(bench);
        if (builder.cleartextLogin) real.allowCleartextLogin();
        if (builder.utf8) real.utf8();
        server = real.start();
        port = server.addresses().get(0).getPort();
        tlsPort = server.addresses().get(1).getPort();
    }

    /** Starts a server with its mail in memory. */
    public static Pop3TestServer start() {
        return builder().start();
    }

    /** A server to be configured. */
    public static Builder builder() {
        return new Builder();
    }

    // ---- where it is

    /** The port without TLS, where STLS is offered. */
    public int port() {
        return port;
    }

    /** The port with implicit TLS. */
    public int tlsPort() {
        return tlsPort;
    }

    /** The host: {@code localhost}. */
    public String host() {
        return "localhost";
    }

    /** Where {@link #port()} is, as {@code pop3://localhost:1234}. */
    public String url() {
        return "pop3://" + host() + ":" + port();
    }

    /** A user's maildrop (RFC 2384), as {@code pop3://bob@localhost:1234}. */
    public String url(String user) {
        String encoded = URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20");
        return "pop3://" + encoded + "@" + host() + ":" + port();
    }

    /** A context for clients, which trusts this server's certificate and whoever vouches for its {@linkplain Faults#onHandshake bad ones}. */
    public SSLContext sslContext() {
        return TestCertificate.TRUSTING;
    }

    /** The server's certificate, for localhost, 127.0.0.1 and ::1; all test servers of a JVM have the same. */
    public X509Certificate certificate() {
        return TestCertificate.CERTIFICATE.certificate();
    }

    /** The server's certificate in PEM form. */
    public String certificatePem() {
        return TestCertificate.CERTIFICATE.toPem();
    }

    /** Writes whom {@link #sslContext()} trusts into a file of this directory, for programs that are told so by a file. */
    public Path caFile(Path directory) {
        try {
            String trusted = certificatePem() + TestCertificate.AUTHORITY.toPem();
            return Files.writeString(directory.resolve("pop3-test-ca.pem"), trusted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- without a network

    /**
     * Makes sockets that reach this server without a network, whatever host they are connected to: {@link #tlsPort()} and 995 are the
     * endpoint with implicit TLS, every other port is the one with STLS. TLS works over them.
     */
    public SocketFactory socketFactory() {
        return new MemorySocketFactory(this::accept);
    }

    /** A connection to the server without a network, for octets of the test's own. */
    public Socket connect() {
        try {
            return socketFactory().createSocket(host(), port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(Socket farEnd, int port) throws IOException {
        if (closed) throw new ConnectException("Connection refused");
        bench.serve(farEnd, port == tlsPort || port == 995 ? tls : stls);
    }

    // ---- users

    /** A user who may log in from now on; one who is there already gets this password. */
    public TestUser user(String name, String password) {
        logins.put(name, password);
        return new TestUser(name, store, logins);
    }

    /**
     * A user who is there.
     *
     * @throws IllegalArgumentException if there is no such user
     */
    public TestUser user(String name) {
        if (!logins.users().contains(name)) {
            throw new IllegalArgumentException("there is no user " + name + "; there are " + logins.users());
        }
        return new TestUser(name, store, logins);
    }

    // ---- how it behaves; each holds for the sessions that begin afterwards

    /** The faults of this server: none, until some are asked for. */
    public Faults faults() {
        return faults;
    }

    /** Greets with this line; it has the {@code +OK}, or {@code -ERR}, with it. */
    public Pop3TestServer greeting(String line) {
        return become(personality.withGreeting(line));
    }

    /** Does not list the capability, and refuses its command: {@code TOP}, {@code UIDL}, {@code STLS}, {@code USER}, {@code SASL}. */
    public Pop3TestServer withoutCapability(String name) {
        return become(personality.withoutCapability(name));
    }

    /** Serves the capability, but does not list it. */
    public Pop3TestServer hideCapability(String name) {
        return become(personality.hiding(name));
    }

    /** Lists a capability, with its arguments, that is not served. */
    public Pop3TestServer claimCapability(String capability) {
        return become(personality.claiming(capability));
    }

    /** Refuses CAPA, as servers older than RFC 2449 do. */
    public Pop3TestServer withoutCapa() {
        return become(personality.withoutCommand("CAPA"));
    }

    /**
     * Offers these SASL mechanisms, in this order, and no others; without a word it is {@code PLAIN} and {@code LOGIN}. The server has
     * those of SCRAM (with {@code -PLUS} over TLS), {@code OAUTHBEARER} and {@code XOAUTH2} (see {@link TestUser#token}), {@code CRAM-MD5},
     * {@code PLAIN} and {@code LOGIN}; any other, such as {@code GSSAPI}, it lists and refuses. With {@code APOP} among them it greets
     * with a timestamp, or takes that of its {@link #greeting}, and serves APOP. USER and PASS are there all the same, see
     * {@link #withoutCapability}.
     */
    public Pop3TestServer mechanisms(String... names) {
        return become(personality.withMechanisms(names));
    }

    private synchronized Pop3TestServer become(Personality another) {
        personality = another;
        return this;
    }

    private Interposer fixture(int connection) {
        return new Interposer(faults, personality, connection, ledger::note);
    }

    // ---- time

    /** The server's time: it stands still, and no session is cut, until the test lets it pass. */
    public TestClock clock() {
        return clock;
    }

    private void settle() {
        bench.settle();
    }

    private void timeHasPassed() {
        bench.sweep();
        store.expire(logins.users());
    }

    // ---- what the server saw

    /** All that was said, session by session, as {@link io.github.pop3kit.protocol.transcript.Transcript} writes it. */
    public String transcript() {
        return ledger.transcript();
    }

    /** The sessions so far, in the order of their beginning. */
    public List<TestSession> sessions() {
        return ledger.sessions();
    }

    Ledger ledger() {
        return ledger;
    }

    /** Waits until this user has logged in, or had before; at most ten seconds of real time, as all waiting does. */
    public void awaitLogin(String user) {
        awaitLogin(user, LONGEST_WAIT);
    }

    /**
     * Waits until this user has logged in, or had before.
     *
     * @throws AssertionError with the transcript, if it takes longer
     */
    public void awaitLogin(String user, Duration longest) {
        ledger.awaitLogin(user, longest);
    }

    /** Waits until this message was sent whole by RETR, or had been before. */
    public void awaitRetrieved(String uniqueId) {
        awaitRetrieved(uniqueId, LONGEST_WAIT);
    }

    /**
     * Waits until this message was sent whole by RETR, or had been before.
     *
     * @throws AssertionError with the transcript, if it takes longer
     */
    public void awaitRetrieved(String uniqueId, Duration longest) {
        ledger.awaitRetrieved(uniqueId, longest);
    }

    /** Waits until a session has removed this message at its QUIT, or had before. */
    public void awaitDeleted(String uniqueId) {
        awaitDeleted(uniqueId, LONGEST_WAIT);
    }

    /**
     * Waits until a session has removed this message at its QUIT, or had before.
     *
     * @throws AssertionError with the transcript, if it takes longer
     */
    public void awaitDeleted(String uniqueId, Duration longest) {
        ledger.awaitDeleted(uniqueId, longest);
    }

    /** Waits until all sessions that have begun are over, and their locks given back. */
    public void awaitSessionEnd() {
        awaitSessionEnd(LONGEST_WAIT);
    }

    /**
     * Waits until all sessions that have begun are over, and their locks given back. A client's session has begun when the client has
     * the greeting.
     *
     * @throws AssertionError with the transcript, if it takes longer
     */
    public void awaitSessionEnd(Duration longest) {
        ledger.awaitSessionEnd(longest);
    }

    // ---- the end, and a new beginning

    /**
     * Back to the beginning, on the same ports: sessions are cut, and mail, faults, the behaviour, the transcript and the time are as
     * they were at the start. Users stay, with empty maildrops.
     */
    public void reset() {
        faults.clear();
        become(Personality.PLAIN);
        bench.reset();
        ledger.awaitSessionEnd(LONGEST_WAIT);
        ledger.reset();
        clock.reset();
        store.reset(logins.users());
    }

    /** {@link #reset}, and nobody is left. */
    void resetWithUsers() {
        reset();
        logins.clear();
    }

    /** Cuts the sessions and stops the server. A store that was given stays open. A second call does nothing. */
    @Override
    public void close() {
        closed = true;
        bench.reset();
        server.close();
    }

    /** Where the server is. */
    @Override
    public String toString() {
        return "Pop3TestServer[" + url() + "]";
    }

    /** Collects what makes a test server special. Not safe for use by several threads. */
    public static final class Builder {

        private Optional<MailStore> store = Optional.empty();
        private ServerLimits limits = ServerLimits.defaults().with("connections-per-address", "10000");
        private int expireDays = -1;
        private boolean checksPasswords = true;
        private boolean cleartextLogin = true;
        private boolean utf8;

        private Builder() {}

        /**
         * Serves this store, which stays its maker's. While a session holds a maildrop, the test can look into it in a
         * {@link io.github.pop3kit.store.memory.MemoryMailStore} alone; with any other, looking fails then. Delivering needs
         * {@link MailStore#delivery()}.
         */
        public Builder store(MailStore some) {
            store = Optional.of(some);
            return this;
        }

        /** Changes a limit by its name, as {@link ServerLimits#with}: {@code limit("idle", "15m")}. */
        public Builder limit(String name, String value) {
            limits = limits.with(name, value);
            return this;
        }

        /** Removes mail that is older than so many days, by the {@linkplain Pop3TestServer#clock() server's clock}, and says so in CAPA. */
        public Builder expire(int days) {
            expireDays = days;
            limits = limits.withExpire(days);
            return this;
        }

        /**
         * Refuses a login with {@code [LOGIN-DELAY]} if the user's last one is not so long ago, by the
         * {@linkplain Pop3TestServer#clock() server's clock}, and says so in CAPA.
         */
        public Builder loginDelay(Duration shortest) {
            limits = limits.withLoginDelay(shortest);
            return this;
        }

        /** Lets everybody in with any password; who has no mail has an empty maildrop. */
        public Builder withoutPasswordCheck() {
            checksPasswords = false;
            return this;
        }

        /** Speaks RFC 6856: lists and serves UTF8 and LANG, and refuses mail beyond ASCII to clients that have not said UTF8. */
        public Builder utf8() {
            utf8 = true;
            return this;
        }

        /** Refuses passwords before TLS, as servers on the Internet do. */
        public Builder passwordsOverTlsOnly() {
            cleartextLogin = false;
            return this;
        }

        /** Starts the server; it is serving when the call returns. */
        public Pop3TestServer start() {
            try {
                return new Pop3TestServer(this);
            } catch (IOException e) {
                throw new UncheckedIOException("the test server cannot start", e);
            }
        }
    }
}
