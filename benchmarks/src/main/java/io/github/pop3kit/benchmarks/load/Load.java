package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A load driver for POP3 servers, with an answer of one line of JSON:
 *
 * <pre>
 * Load WORKLOAD --port N --maildrops PREFIX:USERS:MESSAGES:OCTETS[:FORM] --password P [--pid N] [--connections 20]
 *               [--seconds 3] [--warm 1] [--tls full|resumed] [--window 50] [--sessions 10000] [--folder MAILDIRS]
 *               [--sizes lax]
 * Load fill     --maildrops … --folder MAILDIRS     makes the maildirs
 * Load canned   --maildrops …,…                     is a server that knows its answers by heart
 * </pre>
 *
 * <p>{@code login} is connect, USER, PASS, STAT and QUIT; {@code poll} has LIST and UIDL besides; {@code retr} fetches all messages
 * of a maildrop with so many RETR under way; {@code scan} is one session in a large maildrop after the other, {@code scan-cold}
 * with the server's index removed before each; {@code greeted} and {@code idle} are connections that say nothing; {@code mixed}
 * delivers, retrieves and removes. Whatever the server replies is checked, to the octet; the first reply that is wrong ends all.
 *
 * <p>{@code --pid} is the server's first process, whose CPU time and memory are told, with all that it started.
 */
public final class Load {

    private Load() {}

    /** Takes what is said above. */
    public static void main(String[] args) throws Exception {
        Options options = Options.parse(args);
        switch (args[0]) {
            case "fill" -> options.maildrops().fill(options.folder());
            case "canned" -> CannedServer.run(options);
            default -> System.out.println(run(args[0], options));
        }
        System.exit(0); // Threads that wait for a server that has failed are no reason to stay.
    }

    private static String run(String name, Options options)
            throws IOException, InterruptedException, GeneralSecurityException {
        int connections = options.number("connections", 20);
        String tlsMode = options.text("tls", "none");
        @Nullable Tls tls = tlsMode.equals("none") ? null : new Tls(tlsMode.equals("resumed"));
        Processes server = new Processes(options.number("pid", 0));
        Workload workload = workload(name, options, connections, server);
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < connections; i++) workers.add(new Worker(i, options, tls));
        ExecutorService threads = threads(connections);

        each(threads, workers, workload::prepare);
        boolean idle = workload instanceof Idle;
        long from = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(idle ? 0 : options.number("warm", 1) * 1000L);
        long length = TimeUnit.SECONDS.toNanos(idle ? 3600 : options.number("seconds", 3));
        Measured before = new Measured();
        Measured after = new Measured();
        Thread watch = new Thread(() -> {
            before.take(from, server, tls);
            after.take(from + length, server, tls);
        });
        watch.setDaemon(true);
        watch.start();
        each(threads, workers, worker -> {
            worker.start(new Worker.Clock(from, from + length));
            workload.run(worker);
        });
        if (!idle) watch.join();
        double seconds = (idle ? System.nanoTime() - from : length) / 1e9;
        each(threads, workers, workload::conclude);

        Latencies latencies = new Latencies();
        workers.forEach(worker -> latencies.add(worker.latencies));
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("workload", name);
        told.put("seconds", seconds);
        told.put("operations", latencies.count());
        told.put("per_second", latencies.count() / seconds);
        told.put("p50_ms", latencies.percentile(0.5));
        told.put("p99_ms", latencies.percentile(0.99));
        if (!idle) {
            told.put("server_cpu_us", (after.server - before.server) * 1e6 / latencies.count());
            told.put("driver_cpu_us", (after.driver - before.driver) * 1e6 / latencies.count());
            told.put("pss_kib", server.pssKib());
        }
        if (tls != null && after.handshakes > before.handshakes) {
            double full = after.full - before.full;
            told.put("resumed_share", 1 - full / (after.handshakes - before.handshakes));
        }
        told.putAll(workload.more());
        return json(told);
    }

    /**
     * Virtual threads where there are any: one that waits for its server costs a few system calls then, and no switch between
     * threads of the system. Over TLS it is the handshakes that cost.
     */
    private static ExecutorService threads(int connections) {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException before21) {
            return Executors.newFixedThreadPool(connections);
        }
    }

    private static Workload workload(String name, Options options, int connections, Processes server) {
        Maildrops maildrops = options.maildrops();
        return switch (name) {
            case "login" ->
                new Logins(
                        maildrops, false, connections, options.text("sizes", "").equals("lax"));
            case "poll" -> new Logins(maildrops, true, connections, false);
            case "retr" -> new Retrievals(maildrops, options.number("window", 1), connections);
            case "scan" -> new Scan(maildrops, null);
            case "scan-cold" -> new Scan(maildrops, options.folder());
            case "greeted", "idle" ->
                new Idle(maildrops, name.equals("idle"), options.number("sessions", 10_000), connections, server);
            case "mixed" -> new Mixed(maildrops, options.folder(), connections);
            default -> throw new IllegalArgumentException("no such workload: " + name);
        };
    }

    /** What was used up by a certain time. */
    private static final class Measured {
        private double server;
        private double driver;
        private long handshakes;
        private long full;

        void take(long when, Processes processes, @Nullable Tls tls) {
            try {
                for (long left; (left = when - System.nanoTime()) > 0; ) TimeUnit.NANOSECONDS.sleep(left);
                server = processes.cpuSeconds();
                driver = new Processes(ProcessHandle.current().pid()).cpuSeconds();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException("the server cannot be measured", e);
            }
            if (tls != null) {
                handshakes = tls.handshakes();
                full = tls.fullHandshakes();
            }
        }
    }

    @FunctionalInterface
    private interface Part {
        void of(Worker worker) throws IOException;
    }

    /** Does it in all threads at once; what one of them meets ends the program. */
    private static void each(ExecutorService threads, List<Worker> workers, Part part) throws InterruptedException {
        List<Future<?>> parts = new ArrayList<>();
        for (Worker worker : workers) {
            parts.add(threads.submit(() -> {
                part.of(worker);
                return null;
            }));
        }
        try {
            for (Future<?> each : parts) each.get();
        } catch (ExecutionException e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static String json(Map<String, Object> fields) {
        return fields.entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\": " + json(field.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String json(Object value) {
        if (value instanceof Double number) return String.format(Locale.ROOT, "%.4f", number);
        return value instanceof Number ? value.toString() : "\"" + value + "\"";
    }
}
