package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A server's processes: the one that was started, and all that came from it, as Linux knows them. */
final class Processes {

    private static final long TICKS = 100; // By the second; what Linux shows to programs, everywhere.

    private final long root;

    Processes(long root) {
        this.root = root;
    }

    /** Seconds of all processors, those of children that have ended included. */
    double cpuSeconds() throws IOException {
        long ticks = 0;
        for (long process : all()) {
            String[] fields = stat(process);
            // utime, stime, and those of children that were waited for (proc_pid_stat(5)).
            for (int field = 14; field <= 17 && fields.length > 15; field++) ticks += Long.parseLong(fields[field - 3]);
        }
        return ticks / (double) TICKS;
    }

    /** KiB of memory, what processes share divided among them. */
    long pssKib() throws IOException {
        long sum = 0;
        for (long process : all()) {
            try (Stream<String> lines = Files.lines(Path.of("/proc/" + process + "/smaps_rollup"))) {
                sum += lines.filter(line -> line.startsWith("Pss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .sum();
            } catch (IOException | java.io.UncheckedIOException ended) {
                // It has none any more.
            }
        }
        return sum;
    }

    int count() throws IOException {
        return all().size();
    }

    private List<Long> all() throws IOException {
        List<Long> found = new ArrayList<>(List.of(root));
        for (int i = 0; i < found.size(); i++) {
            Path tasks = Path.of("/proc/" + found.get(i) + "/task");
            if (!Files.exists(tasks)) continue;
            try (Stream<Path> threads = Files.list(tasks)) {
                for (Path thread : threads.toList()) {
                    for (String child : read(thread.resolve("children")).split(" ", -1)) {
                        if (!child.isBlank()) found.add(Long.parseLong(child.trim()));
                    }
                }
            } catch (java.nio.file.NoSuchFileException ended) {
                // Just now.
            }
        }
        return found;
    }

    /** The fields behind the name, which may have anything in it. */
    private static String[] stat(long process) {
        String line = read(Path.of("/proc/" + process + "/stat"));
        return line.substring(line.lastIndexOf(')') + 1).trim().split(" ", -1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ended) {
            return "";
        }
    }
}
