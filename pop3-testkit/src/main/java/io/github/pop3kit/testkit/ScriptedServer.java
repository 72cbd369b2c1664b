package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server that knows nothing of POP3 and says what the test has written down:
 *
 * <pre>{@code
 * try (ScriptedServer server = ScriptedServer.plays("""
 *         S: +OK ready
 *         C: STAT
 *         S: +OK 1 many
 *         S cuts
 *         """)) {
 *     … // the client under test connects to server.port()
 * }
 * }</pre>
 *
 * <p>Conversations are written as {@link Transcript} has them. One that is alone is played to every client; of several each is
 * played to one client, in the order in which the clients connect. A client that says something else is cut off, and
 * {@link #close()} throws what was expected and what came. Behind the last line of a conversation the server hangs up. All methods
 * may be called by any thread.
 */
public final class ScriptedServer implements AutoCloseable {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** How long a client whose test is over may take to say the rest. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private record Conversation(Transcript first, Optional<Transcript> overTls) {}

    private final List<Conversation> conversations;
    private final Pace pace;
    private final boolean implicitTls;
    private final SSLContext tls;
    private final ServerSocket listening;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Socket> playing = new HashSet<>();
    private final List<AssertionError> deviations = new ArrayList<>();
    private int connections;
    private int played;

    private ScriptedServer(Builder builder) throws IOException {
        this.conversations = List.copyOf(builder.conversations);
        this.pace = builder.pace;
        this.implicitTls = builder.implicitTls;
        this.tls = ServerTls.of(builder.certificate).context();
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept, "scripted-server");
    }

    /** Plays this conversation to every client, without TLS. */
    public static ScriptedServer plays(String conversation) {
        return builder().plays(conversation).start();
    }

    /** Plays each of these conversations to one client, without TLS. */
    public static ScriptedServer playsInOrder(String... conversations) {
        Builder builder = builder();
        for (String conversation : conversations) builder.plays(conversation);
        return builder.start();
    }

    /** Plays the server's part of a session that was recorded, to every client, without TLS; any secret is right. */
    public static ScriptedServer replays(Recording recording) {
        return builder().replays(recording).start();
    }

    /** A server to be configured. */
    public static Builder builder() {
        return new Builder();
    }

    // ---- where it is

    /** The host: {@code localhost}. */
    public String host() {
        return "localhost";
    }

    /** The port. */
    public int port() {
        return listening.getLocalPort();
    }

    /** A context for clients, which trusts the certificate of the kit's own servers; another certificate it does not trust. */
    public SSLContext sslContext() {
        return TestCertificate.TRUSTING;
    }

    // ---- playing

    private void accept() {
        while (true) {
            try {
                Socket client = listening.accept();
                int number = begin(client);
                daemon(() -> serve(client, number), "scripted-conversation-" + number);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private int begin(Socket client) {
        lock.lock();
        try {
            playing.add(client);
            return ++connections;
        } finally {
            lock.unlock();
        }
    }

    private void serve(Socket client, int number) {
        @Nullable AssertionError deviation = null;
        try (client) {
            if (conversations.size() == 1) {
                play(conversations.get(0), client);
            } else if (number <= conversations.size()) {
                play(conversations.get(number - 1), client);
            } else {
                deviation = new AssertionError("only " + conversations.size() + " clients were expected");
            }
        } catch (IOException | AssertionError e) {
            deviation = new AssertionError("connection " + number + ": " + e.getMessage(), e);
        } catch (RuntimeException defect) {
            deviation = new AssertionError("connection " + number + ": " + defect, defect);
        }
        lock.lock();
        try {
            playing.remove(client);
            played++;
            if (deviation != null) deviations.add(deviation);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void play(Conversation conversation, Socket client) throws IOException {
        client.setTcpNoDelay(true);
        if (implicitTls) {
            try (Socket secured = TlsSocket.accept(client, tls)) {
                conversation.first.playServer(secured, pace);
            }
            return;
        }
        conversation.first.playServer(client, pace);
        if (conversation.overTls.isEmpty()) return;
        try (Socket secured = TlsSocket.accept(client, tls)) {
            conversation.overTls.get().playServer(secured, pace);
        }
    }

    // ---- the end

    /**
     * Waits until every conversation that has begun is over, and at least as many as there are conversations; at most ten seconds.
     *
     * @throws AssertionError at a client that said something else, or if it takes longer
     */
    public void await() {
        if (!awaitPlayed(conversations.size(), LONGEST_WAIT)) {
            throw new AssertionError("not all was played within " + LONGEST_WAIT.toSeconds() + " seconds");
        }
        verify();
    }

    /**
     * Stops listening. A conversation under way has a second to come to its end, and counts as one that went wrong otherwise.
     *
     * @throws AssertionError at a client that said something else, as often as it is called
     */
    @Override
    public void close() {
        try {
            listening.close();
            if (!awaitPlayed(0, LAST_WORDS)) {
                for (Socket client : copyOfPlaying()) client.close();
                awaitPlayed(0, LONGEST_WAIT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        verify();
    }

    private boolean awaitPlayed(int atLeast, Duration longest) {
        long left = longest.toNanos();
        lock.lock();
        try {
            while (!playing.isEmpty() || played < atLeast) {
                if (left <= 0) return false;
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private List<Socket> copyOfPlaying() {
        lock.lock();
        try {
            return List.copyOf(playing);
        } finally {
            lock.unlock();
        }
    }

    private void verify() {
        lock.lock();
        try {
            if (deviations.isEmpty()) return;
            AssertionError first = new AssertionError(deviations.get(0).getMessage(), deviations.get(0));
            deviations.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        } finally {
            lock.unlock();
        }
    }

    private static void daemon(Runnable what, String name) {
        Thread thread = new Thread(what, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Collects what is played and how. Not safe for use by several threads. */
    public static final class Builder {

        private final List<Conversation> conversations = new ArrayList<>();
        private Pace pace = new Pace.Lines();
        private boolean implicitTls;
        private ServerCertificate certificate = TestCertificate.CERTIFICATE;

        private Builder() {}

        /**
         * A conversation; may be said several times.
         *
         * @throws IllegalArgumentException if it is none
         */
        public Builder plays(String conversation) {
            conversations.add(new Conversation(Transcript.parse(conversation), Optional.empty()));
            return this;
        }

        /** The server's part of a session that was recorded; any secret is right. */
        public Builder replays(Recording recording) {
            conversations.add(new Conversation(recording.asServer(), Optional.empty()));
            return this;
        }

        /** How the conversation goes on behind a TLS handshake, which follows its last line: the {@code +OK} to STLS. */
        public Builder thenTls(String conversation) {
            if (conversations.isEmpty()) throw new IllegalStateException("what comes before TLS is said first");
            if (implicitTls) throw new IllegalStateException("TLS is there from the beginning");
            int last = conversations.size() - 1;
            Conversation before = conversations.get(last);
            if (before.overTls.isPresent()) throw new IllegalStateException("TLS has begun already");
            conversations.set(last, new Conversation(before.first, Optional.of(Transcript.parse(conversation))));
            return this;
        }

        /** Speaks TLS from the first octet. */
        public Builder implicitTls() {
            if (conversations.stream().anyMatch(some -> some.overTls.isPresent())) {
                throw new IllegalStateException("TLS begins within a conversation already");
            }
            implicitTls = true;
            return this;
        }

        /** Another certificate than that of the kit's own servers: one for another host, say, or one that is out of date. */
        public Builder certificate(ServerCertificate another) {
            certificate = another;
            return this;
        }

        /** In what pieces the server's lines are sent; line by line, where nothing is said. */
        public Builder pace(Pace some) {
            if (some instanceof Pace.Pipelined) throw new IllegalArgumentException("a server does not speak first");
            pace = some;
            return this;
        }

        /** Starts the server on a free port of loopback. */
        public ScriptedServer start() {
            if (conversations.isEmpty()) throw new IllegalStateException("there is nothing to play");
            try {
                return new ScriptedServer(this);
            } catch (IOException e) {
                throw new UncheckedIOException("the scripted server cannot start", e);
            }
        }
    }
}
