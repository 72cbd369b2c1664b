package io.github.pop3kit.server;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.bench.Bench;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/**
 * A server with one user, mrose, password "a secret", and a few messages. Every conversation is played line by line, octet by
 * octet, pipelined and in random pieces, each against a fresh server: the answers must not depend on it.
 */
final class Played {

    private static final List<Pace> PACES =
            List.of(new Pace.Lines(), new Pace.Octets(), new Pace.Pipelined(), new Pace.Splits(1));

    /** Nobody waits after a wrong password. */
    private static final Bench UNHURRIED = new Bench() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration time, CountDownLatch end) {}
    };

    private final List<String> messages;
    private final UnaryOperator<Pop3Server.Builder> configuration;

    private Played(List<String> messages, UnaryOperator<Pop3Server.Builder> configuration) {
        this.messages = messages;
        this.configuration = configuration;
    }

    static Played with(String... messages) {
        return new Played(List.of(messages), builder -> builder);
    }

    Played configured(UnaryOperator<Pop3Server.Builder> more) {
        return new Played(messages, more);
    }

    /** Logs in before the conversation begins, and quits after it if it has not. */
    void playsLoggedIn(String conversation) {
        plays("""
                S: +OK …
                C: USER mrose
                S: +OK …
                C: PASS a secret
                S: +OK …
                """ + conversation);
    }

    void plays(String conversation) {
        Transcript transcript = Transcript.parse(conversation);
        for (Pace pace : PACES) {
            try (Running running = start()) {
                running.plays(transcript, pace);
            } catch (AssertionError e) {
                throw new AssertionError(pace + ": " + e.getMessage(), e);
            }
        }
    }

    Running start() {
        MemoryMailStore store = new MemoryMailStore();
        messages.forEach(message -> store.deliver("mrose", message));
        try {
            return new Running(
                    store,
                    configuration
                            .apply(Pop3Server.builder()
                                    .store(store)
                                    .bench(UNHURRIED)
                                    .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                                    .allowCleartextLogin())
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    record Running(MemoryMailStore store, Pop3Server server) implements AutoCloseable {

        void plays(String conversation) {
            plays(Transcript.parse(conversation), new Pace.Lines());
        }

        void plays(Transcript transcript, Pace pace) {
            try (SocketChannel client = connect()) {
                transcript.playClient(client, pace);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        SocketChannel connect() throws IOException {
            return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
