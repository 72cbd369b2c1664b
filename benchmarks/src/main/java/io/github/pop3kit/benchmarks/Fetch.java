package io.github.pop3kit.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A JVM that stays warm between the rounds of {@code benchmarks/clients}: for each line of its input, a port, a user and a
 * password, it fetches all mail into memory, prints the nanoseconds, those of all processors together, and the number of messages,
 * and before that puts them into a file to be checked.
 */
public final class Fetch {

    private Fetch() {}

    /** Takes the name of a {@link Client} and a file. */
    public static void main(String[] args) throws IOException {
        Client client = Client.valueOf(args[0]);
        Path file = Path.of(args[1]);
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
        for (String line; (line = lines.readLine()) != null; ) {
            String[] words = line.split(" ", -1);
            Account account = new Account("127.0.0.1", Integer.parseInt(words[0]), words[1], words[2]);
            messages.reset();
            long cpu = cpu();
            long began = System.nanoTime();
            int count = client.fetch(account, messages);
            long took = System.nanoTime() - began;
            cpu = cpu() - cpu;
            try (OutputStream arrived = Files.newOutputStream(file)) {
                messages.writeTo(arrived);
            }
            System.out.println(took + " " + cpu + " " + count);
        }
    }

    private static long cpu() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }
}
