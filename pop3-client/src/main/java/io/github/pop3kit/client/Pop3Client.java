package io.github.pop3kit.client;

import io.github.pop3kit.protocol.DotFraming;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A POP3 client for one server: an immutable configuration, and what it has learned of the server's quirks. Keep it and use it again;
 * all methods may be called by any thread.
 *
 * <pre>{@code
 * Pop3Client client = Pop3Client.builder("pop.example.org").build();
 * try (RemoteMaildrop maildrop = client.open(Login.password("mrose", secret))) {
 *     for (UniqueIdListing entry : maildrop.uniqueIds()) {
 *         try (InputStream message = maildrop.retrieve(entry.number())) {
 *             archive(message);
 *         }
 *         maildrop.delete(entry.number());
 *     }
 *     maildrop.quit();
 * }
 * }</pre>
 *
 * <p>Every wait has an end. What goes wrong is a {@link Pop3Exception}.
 */
public final class Pop3Client {

    private static final Logger log = LoggerFactory.getLogger(Pop3Client.class);

    private final Settings settings;
    private final Memory memory;

    private Pop3Client(Settings settings, Memory memory) {
        this.settings = settings;
        this.memory = memory;
    }

    /**
     * A client to be configured.
     *
     * @param host a name or an address
     * @throws IllegalArgumentException if it is neither
     */
    public static Builder builder(String host) {
        return new Builder(HostName.of(host));
    }

    /** The server, as {@code host:port}. */
    public String server() {
        return settings.server();
    }

    /** Connects and, as configured, starts TLS. Nobody has logged in then. */
    public Pop3Connection connect() throws Pop3Exception {
        return connect(settings.newOperation());
    }

    private Pop3Connection connect(@Nullable Deadline operation) throws Pop3Exception {
        return withOrWithoutCapa(() -> Pop3Connection.establish(this, settings, memory, operation));
    }

    /**
     * Connects and logs in; tries again as the retry policy says.
     *
     * @throws CredentialsRefusedException if the server does not accept the login
     */
    public RemoteMaildrop open(Login login) throws Pop3Exception {
        Deadline operation = settings.newOperation();
        for (int attempt = 1; ; attempt++) {
            try {
                return withOrWithoutCapa(() -> {
                    Pop3Connection connection = Pop3Connection.establish(this, settings, memory, operation);
                    try {
                        return connection.login(login, operation);
                    } catch (Pop3Exception | RuntimeException e) {
                        connection.close();
                        throw e;
                    }
                });
            } catch (Pop3Exception e) {
                Optional<Duration> wait = settings.retry().waitAfter(attempt, e, settings.random());
                if (wait.isEmpty()) throw e;
                if (operation != null && operation.left().compareTo(wait.get()) <= 0) throw e;
                log.debug("{} and is tried again in {}", e.getMessage(), wait.get());
                await(wait.get());
            }
        }
    }

    private interface Attempt<T> {
        T run() throws Pop3Exception;
    }

    /** A server that hangs up at CAPA is tried once more without. Only if that helps it is remembered. */
    private <T> T withOrWithoutCapa(Attempt<T> attempt) throws Pop3Exception {
        try {
            return attempt.run();
        } catch (ConnectionLostException e) {
            if (memory.withoutCapa || !e.command().equals("CAPA")) throw e;
        }
        boolean helped = false;
        memory.withoutCapa = true;
        try {
            T opened = attempt.run();
            helped = true;
            return opened;
        } finally {
            memory.withoutCapa = helped;
        }
    }

    private void await(Duration wait) throws CancelledException {
        try {
            settings.waiter().await(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException(server(), "was not tried again, for the thread was interrupted", e);
        }
    }

    @Override
    public String toString() {
        return "Pop3Client[" + server() + ", " + settings.tls() + "]";
    }

    /** Collects what a client needs. Not safe for use by several threads. */
    public static final class Builder {

        private final String host;
        private Tls tls = Tls.IMPLICIT;
        private int port;
        private TlsTrust trust = TlsTrust.system();
        private Pins pins = Pins.NONE;
        private @Nullable ProxyServer proxy;
        private @Nullable SocketFactory sockets;
        private Duration connectTimeout = Duration.ofSeconds(30);
        private Duration handshakeTimeout = Duration.ofSeconds(30);
        private Duration readTimeout = Duration.ofSeconds(60);
        private Duration writeTimeout = Duration.ofSeconds(60);
        private @Nullable Duration operation;
        private boolean cleartextLogin;
        private boolean withoutCapa;
        private boolean pipelining;
        private DotFraming framing = DotFraming.ADAPTIVE;
        private ClientLimits limits = ClientLimits.defaults();
        private ClientListener listener = new ClientListener() {};
        private RetryPolicy retry = RetryPolicy.never();
        private Settings.Waiter waiter = wait -> Thread.sleep(wait.toMillis());
        private RandomGenerator random = RandomGenerator.getDefault();
        private LongSupplier nanoTime = System::nanoTime;
        private Watchdog watchdog = Watchdog.shared();

        private Builder(String host) {
            this.host = host;
        }

        /** How to come to TLS; {@link Tls#IMPLICIT} if it is not said. */
        public Builder tls(Tls how) {
            tls = how;
            return this;
        }

        /** Another port than 995 for {@link Tls#IMPLICIT}, and 110 for all others. */
        public Builder port(int number) {
            HostName.checkPort(number);
            port = number;
            return this;
        }

        /** Who may vouch for the server's certificate; the authorities of the system if it is not said. */
        public Builder trust(TlsTrust authorities) {
            trust = authorities;
            return this;
        }

        /** {@link TlsTrust#context}. */
        public Builder sslContext(SSLContext context) {
            return trust(TlsTrust.context(context));
        }

        /**
         * Keys of which the server has to show one, beside a certificate that is trusted.
         *
         * @param sha256 each {@code sha256//} and the base64 of the hash of a SubjectPublicKeyInfo (RFC 7469 section 2.4)
         */
        public Builder pins(String... sha256) {
            pins = Pins.of(sha256);
            return this;
        }

        /** Connects through a proxy. */
        public Builder proxy(ProxyServer through) {
            proxy = through;
            return this;
        }

        /** Makes the sockets in its own way. A thread that waits on one of them cannot be interrupted, only cancelled. */
        public Builder socketFactory(SocketFactory factory) {
            sockets = factory;
            return this;
        }

        /** How long it may take to be connected; 30 seconds if it is not said. */
        public Builder connectTimeout(Duration time) {
            connectTimeout = positive(time);
            return this;
        }

        /** How long a TLS handshake may take; 30 seconds if it is not said. */
        public Builder handshakeTimeout(Duration time) {
            handshakeTimeout = positive(time);
            return this;
        }

        /**
         * How long the server may take for a line, or to go on with a message; 60 seconds if it is not said. A listing or a message
         * brings at least 512 octets in that time, or it is given up: an octet now and then gains none. Where QUIT deletes
         * something, its answer may take five times as long.
         */
        public Builder readTimeout(Duration time) {
            readTimeout = positive(time);
            return this;
        }

        /** How long the server may take no octets that are sent to it; 60 seconds if it is not said. */
        public Builder writeTimeout(Duration time) {
            writeTimeout = positive(time);
            return this;
        }

        /**
         * How long each operation may take as a whole: one call, a stream from {@code retrieve} to {@code close()}. If it is not said,
         * as long as it makes progress.
         */
        public Builder operationDeadline(Duration time) {
            operation = positive(time);
            return this;
        }

        private static Duration positive(Duration time) {
            if (time.isNegative() || time.isZero()) throw new IllegalArgumentException("a time is positive");
            return time;
        }

        /** Sends passwords outside TLS too, where anybody on the way can read them. */
        public Builder allowCleartextLogin() {
            cleartextLogin = true;
            return this;
        }

        /** Never asks CAPA, for a server whose answer is wrong. What it can do is then found out by trying. */
        public Builder withoutCapa() {
            withoutCapa = true;
            return this;
        }

        /** Has several commands under way even if the server does not say that it can do PIPELINING (RFC 2449 section 6.6). */
        public Builder assumePipelining() {
            pipelining = true;
            return this;
        }

        /** What ends a line of a message; {@link DotFraming#ADAPTIVE} if it is not said. */
        public Builder framing(DotFraming some) {
            framing = some;
            return this;
        }

        /** What the client puts up with. */
        public Builder limits(ClientLimits some) {
            limits = some;
            return this;
        }

        /** Who is told what happens. */
        public Builder listener(ClientListener some) {
            listener = some;
            return this;
        }

        /** When {@link Pop3Client#open} tries again; never if it is not said. */
        public Builder retry(RetryPolicy policy) {
            retry = policy;
            return this;
        }

        /** For a test that does not wait. */
        Builder waiter(Settings.Waiter some, RandomGenerator chance) {
            waiter = some;
            random = chance;
            return this;
        }

        /** For a test that lets the time pass. */
        Builder clock(LongSupplier driven, Watchdog drivenToo) {
            nanoTime = driven;
            watchdog = drivenToo;
            return this;
        }

        /** The client. It does not connect yet. */
        public Pop3Client build() {
            ConnectOptions connect = new ConnectOptions(
                    host, port == 0 ? tls.port() : port, proxy, sockets, Resolver.SYSTEM, nanoTime, watchdog);
            Settings settings = new Settings(
                    connect,
                    new Connector(connect),
                    tls,
                    tls == Tls.NONE ? null : new TlsLayer(new TlsOptions(trust, pins), watchdog),
                    new Settings.Times(connectTimeout, handshakeTimeout, readTimeout, writeTimeout),
                    operation,
                    cleartextLogin,
                    framing,
                    limits,
                    listener,
                    retry,
                    waiter,
                    random);
            return new Pop3Client(settings, new Memory(withoutCapa, pipelining));
        }
    }
}
