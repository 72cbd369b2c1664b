package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One of the driver's threads, and how long what it did took. */
final class Worker {

    final int number;
    final String password;
    final Latencies latencies = new Latencies();

    private final int port;
    private final @Nullable Tls tls;
    private final Line.Buffers buffers;
    private Clock clock = new Clock(0, 0);

    /** When operations count. */
    record Clock(long from, long until) {
        boolean isOver() {
            return System.nanoTime() - until >= 0;
        }

        boolean counts(long now) {
            return now - from >= 0 && now - until < 0;
        }
    }

    Worker(int number, Options options, @Nullable Tls tls) {
        this.number = number;
        this.password = options.required("password");
        this.port = options.number("port", 110);
        this.tls = tls;
        this.buffers = new Line.Buffers(tls != null);
    }

    Line connect() throws IOException {
        return tls == null ? connect(null) : Line.over(tls.connect(port, number), buffers);
    }

    /** From this address, or any. */
    Line connect(@Nullable InetSocketAddress from) throws IOException {
        return Line.connect(port, buffers, from);
    }

    /** Connects and logs in, with all commands at their time. */
    Line login(String user) throws IOException {
        Line line = connect();
        try {
            login(line, user);
            return line;
        } catch (IOException e) {
            line.close();
            throw e;
        }
    }

    /** Takes the greeting and logs in. */
    void login(Line line, String user) throws IOException {
        line.ok();
        line.say("USER " + user);
        line.ok();
        line.say("PASS " + password);
        line.ok();
    }

    /** Says QUIT, and awaits that the server ends the connection. */
    static void quit(Line line) throws IOException {
        line.say("QUIT");
        line.ok();
        line.end();
    }

    /** From now on it does what is counted. */
    void start(Clock when) {
        clock = when;
    }

    /** An operation is done. */
    void did(long began) {
        long now = System.nanoTime();
        if (clock.counts(now)) latencies.add(now - began);
    }

    boolean isOver() {
        return clock.isOver();
    }
}
