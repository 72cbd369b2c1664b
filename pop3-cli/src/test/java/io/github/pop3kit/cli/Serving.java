package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code pop3 serve} in a thread of this process, which listens as it said on stdout. */
final class Serving implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("pop3kit listening on .*:(\\d+) \\((.*)\\)");

    private final StringWriter err = new StringWriter();
    private final BufferedReader out;
    private final Pop3 pop3;
    private final CompletableFuture<Integer> status = new CompletableFuture<>();

    private Serving(String... args) throws IOException {
        Pipe pipe = Pipe.open();
        out = new BufferedReader(Channels.newReader(pipe.source(), UTF_8));
        OutputStream begin = Channels.newOutputStream(pipe.sink());
        pop3 = new Pop3(begin, new PrintWriter(err), Map.of());
        Runnable run = () -> {
            try (begin) {
                status.complete(pop3.run(args));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                status.complete(-1);
            }
        };
        new Thread(run, "pop3").start();
    }

    static Serving with(String... options) throws IOException {
        List<String> args = new ArrayList<>(List.of("serve", "--log-level", "error"));
        args.addAll(List.of(options));
        return new Serving(args.toArray(String[]::new));
    }

    /** The next line on stdout. */
    String line() throws IOException {
        String line = out.readLine();
        if (line == null) throw new AssertionError("it ended with " + status.join() + ": " + err);
        return line;
    }

    /** The port in the next line on stdout, which says that there is a listener of this kind. */
    int port(String kind) throws IOException {
        String line = line();
        Matcher matcher = LISTENING.matcher(line);
        if (!matcher.matches() || !matcher.group(2).equals(kind)) throw new AssertionError(line);
        return Integer.parseInt(matcher.group(1));
    }

    static void plays(int port, String conversation) throws IOException {
        try (SocketChannel client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            Transcript.parse(conversation).playClient(client, new Pace.Lines());
        }
    }

    /** Ends it as a signal would, and returns its status. */
    int stop() {
        pop3.stop();
        return status.join();
    }

    @Override
    public void close() {
        stop();
    }
}
