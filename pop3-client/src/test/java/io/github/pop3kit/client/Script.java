package io.github.pop3kit.client;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A server that plays one conversation with each client that connects, in turn, and is gone then. */
final class Script implements AutoCloseable {

    /** A login at a server that does not know CAPA. */
    static final String LOGIN = """
            S: +OK ready
            C: CAPA
            S: -ERR what?
            C: USER mrose
            S: +OK
            C: PASS secret
            S: +OK
            C: CAPA
            S: -ERR what?
            """;

    /** A login at a server that offers everything but SASL. */
    static final String FULL_LOGIN = """
            S: +OK ready
            C: CAPA
            S: +OK
            S: USER
            S: .
            C: USER mrose
            S: +OK
            C: PASS secret
            S: +OK
            C: CAPA
            S: +OK
            S: USER
            S: TOP
            S: UIDL
            S: PIPELINING
            S: .
            """;

    static final Login MROSE = Login.password("mrose", "secret");

    private final ServerSocketChannel listening;
    private final int port;
    private final CompletableFuture<Void> played;

    private Script(Pace pace, List<Transcript> conversations) {
        try {
            listening = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = listening.socket().getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        played = CompletableFuture.runAsync(() -> play(pace, conversations), task -> {
            Thread thread = new Thread(task, "script");
            thread.setDaemon(true);
            thread.start();
        });
    }

    static Script of(String... conversations) {
        return paced(new Pace.Lines(), conversations);
    }

    static Script paced(Pace pace, String... conversations) {
        return new Script(pace, Stream.of(conversations).map(Transcript::parse).toList());
    }

    /** The same conversation with every line of the server ended by LF alone. */
    static String withLineFeeds(String conversation) {
        return conversation
                .lines()
                .map(String::strip)
                .map(line -> line.startsWith("S: ") && !line.endsWith("\\") ? line + "\\n\\" : line)
                .collect(Collectors.joining("\n"));
    }

    private void play(Pace pace, List<Transcript> conversations) {
        try (listening) { // Who comes too late is refused.
            for (Transcript conversation : conversations) {
                try (SocketChannel client = listening.accept()) {
                    conversation.playServer(client, pace);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** A client that talks to this server without TLS. */
    Pop3Client.Builder client() {
        return Pop3Client.builder("127.0.0.1").tls(Tls.NONE).port(port()).allowCleartextLogin();
    }

    RemoteMaildrop open() throws Pop3Exception {
        return client().build().open(MROSE);
    }

    /** Waits until everything was played, and throws what did not come as it stands there. */
    void check() {
        try {
            played.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof AssertionError difference) throw difference;
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
