package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

/**
 * Connections that say nothing after the greeting, or after a login: the memory of the server's processes before and meanwhile.
 * They come from many addresses of the loopback network, so that a server's limits for one address stay as they are.
 */
final class Idle implements Workload {

    private static final int PER_ADDRESS = 90;

    /** For what is under way to settle. */
    private static final long REST_MILLIS = 2000;

    private final Maildrops maildrops;
    private final boolean login;
    private final int sessions;
    private final int threads;
    private final Processes server;
    private final CyclicBarrier opened;
    private final Map<String, Double> measured = new LinkedHashMap<>();

    Idle(Maildrops maildrops, boolean login, int sessions, int threads, Processes server) {
        this.maildrops = maildrops;
        this.login = login;
        this.sessions = sessions;
        this.threads = threads;
        this.server = server;
        this.opened = new CyclicBarrier(threads, this::measure);
    }

    @Override
    public void prepare(Worker worker) throws IOException {
        if (worker.number == 0) measured.put("pss_before_kib", (double) server.pssKib());
    }

    /** When all are there, and before any leaves. */
    private void measure() {
        try {
            TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            double pss = server.pssKib();
            measured.put("pss_kib", pss);
            measured.put("kib_each", (pss - measured.getOrDefault("pss_before_kib", 0.0)) / sessions);
            measured.put("processes", (double) server.count());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("the server cannot be measured", e);
        }
    }

    @Override
    public void run(Worker worker) throws IOException {
        List<Line> lines = new ArrayList<>();
        try {
            for (int i = worker.number; i < sessions; i += threads) {
                long began = System.nanoTime();
                Line line = worker.connect(new InetSocketAddress(address(i / PER_ADDRESS), 0));
                lines.add(line);
                if (login) {
                    worker.login(line, maildrops.user(i));
                } else {
                    line.ok();
                }
                worker.did(began);
            }
            opened.await();
            for (Line line : lines) Worker.quit(line);
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IOException("another thread has failed", e);
        } finally {
            opened.reset();
            for (Line line : lines) line.close();
        }
    }

    private static InetAddress address(int number) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, (byte) (1 + number / 200), (byte) (1 + number % 200)});
    }

    @Override
    public Map<String, Double> more() {
        return measured;
    }
}
