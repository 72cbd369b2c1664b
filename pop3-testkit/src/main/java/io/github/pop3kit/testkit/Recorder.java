package io.github.pop3kit.testkit;

import io.github.pop3kit.server.ServerTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;

/**
 * Stands between clients and a real server, passes on what they say, and writes it down:
 *
 * <pre>{@code
 * try (Recorder recorder = Recorder.of("pop.example.org", 110)) {
 *     … // a client connects to recorder.port() instead
 *     recorder.recording().write(Path.of("example.pop3"));
 * }
 * }</pre>
 *
 * <p>What a client says behind STLS cannot be heard; {@link #overTls} speaks TLS to both sides instead. All methods may be called
 * by any thread.
 */
public final class Recorder implements AutoCloseable {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final SSLContext CONTEXT =
            ServerTls.of(TestCertificate.CERTIFICATE).context();

    /** One connection and what is heard on it. */
    private static final class Relayed {
        private final Tape tape = new Tape();
        private final List<Socket> sockets = new ArrayList<>();
        private boolean over;
    }

    private final String host;
    private final int port;
    private final SocketFactory towardsServer;
    private final boolean tls;
    private final ServerSocket listening;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Relayed> all = new ArrayList<>();

    private Recorder(String host, int port, SocketFactory towardsServer, boolean tls) {
        this.host = host;
        this.port = port;
        this.towardsServer = towardsServer;
        this.tls = tls;
        try {
            this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("the recorder cannot listen", e);
        }
        daemon(this::accept);
    }

    /** A recorder before a server without TLS. */
    public static Recorder of(String host, int port) {
        return new Recorder(host, port, SocketFactory.getDefault(), false);
    }

    /**
     * A recorder before a server with implicit TLS, which speaks it to its clients too.
     *
     * @param trust whom to trust; whether the certificate is the host's is not looked at
     */
    public static Recorder overTls(String host, int port, SSLContext trust) {
        return new Recorder(host, port, trust.getSocketFactory(), true);
    }

    /** Where clients connect to, on loopback. */
    public int port() {
        return listening.getLocalPort();
    }

    /** A context for clients of {@link #overTls}, which trusts this recorder. */
    public SSLContext sslContext() {
        return TestCertificate.TRUSTING;
    }

    /**
     * The first session; waits at most ten seconds until it is over.
     *
     * @throws AssertionError if there was none, or if it takes longer
     */
    public Recording recording() {
        List<Recording> recordings = recordings();
        if (recordings.isEmpty()) throw new AssertionError("no client has connected");
        return recordings.get(0);
    }

    /** The sessions in the order of their beginning; waits at most ten seconds until all are over. */
    public List<Recording> recordings() {
        long left = LONGEST_WAIT.toNanos();
        lock.lock();
        try {
            while (!all.stream().allMatch(some -> some.over)) {
                if (left <= 0)
                    throw new AssertionError("a session is not over:\n"
                            + all.get(all.size() - 1).tape.text());
                left = changed.awaitNanos(left);
            }
            return all.stream().map(some -> Recording.parse(some.tape.text())).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /** Stops listening, and ends the sessions under way. */
    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : sockets()) socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Socket> sockets() {
        lock.lock();
        try {
            return all.stream().flatMap(some -> some.sockets.stream()).toList();
        } finally {
            lock.unlock();
        }
    }

    // ---- relaying

    private void accept() {
        while (true) {
            try {
                Socket client = listening.accept();
                Relayed relayed = new Relayed();
                relayed.sockets.add(client);
                change(() -> all.add(relayed));
                daemon(() -> relay(relayed, client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void relay(Relayed relayed, Socket accepted) {
        try (Socket client = tls ? TlsSocket.accept(accepted, CONTEXT) : accepted;
                Socket server = towardsServer.createSocket(host, port)) {
            change(() -> relayed.sockets.add(server));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread back = daemon(() -> passBack(relayed.tape, server, client));
            passOn(relayed.tape, client, server);
            back.join();
        } catch (IOException failed) {
            relayed.tape.serverEnds();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            change(() -> relayed.over = true);
        }
    }

    private static void passOn(Tape tape, Socket client, Socket server) {
        byte[] octets = new byte[16 * 1024];
        try {
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            int read;
            while ((read = read(tape, in, octets)) >= 0) {
                tape.client(octets, read); // Before the server can reply to it.
                out.write(octets, 0, read);
            }
            tape.clientEnds(false);
            server.shutdownOutput();
        } catch (IOException serverGone) {
            // The way back has noted it.
        }
    }

    /** A client that resets the connection is noted as one that cuts it. */
    private static int read(Tape tape, InputStream client, byte[] octets) {
        try {
            return client.read(octets);
        } catch (IOException reset) {
            tape.clientEnds(true);
            return -1;
        }
    }

    private static void passBack(Tape tape, Socket server, Socket client) {
        byte[] octets = new byte[16 * 1024];
        try {
            InputStream in = server.getInputStream();
            OutputStream out = client.getOutputStream();
            int read;
            while ((read = in.read(octets)) >= 0) {
                tape.server(octets, read); // Before the client can answer it.
                out.write(octets, 0, read);
            }
        } catch (IOException gone) {
            // Either of them: it is the end.
        }
        tape.serverEnds();
        try {
            client.shutdownOutput();
        } catch (IOException gone) {
            // The client has ended first.
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Thread daemon(Runnable what) {
        Thread thread = new Thread(what, "recorder");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
