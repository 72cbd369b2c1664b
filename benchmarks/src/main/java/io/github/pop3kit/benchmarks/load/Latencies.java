package io.github.pop3kit.benchmarks.load;

/** How long operations took, in a table whose steps are a 32nd of an octave. For one thread. */
final class Latencies {

    private static final int STEPS = 32;

    private final long[] counts = new long[64 * STEPS];
    private long count;

    void add(long nanos) {
        counts[index(Math.max(1, nanos))]++;
        count++;
    }

    void add(Latencies others) {
        for (int i = 0; i < counts.length; i++) counts[i] += others.counts[i];
        count += others.count;
    }

    long count() {
        return count;
    }

    /** In milliseconds, for a share between 0 and 1. */
    double percentile(double share) {
        long left = (long) Math.ceil(share * count);
        for (int i = 0; i < counts.length; i++) {
            left -= counts[i];
            if (left <= 0 && count > 0) return middle(i) / 1e6;
        }
        return 0;
    }

    private static int index(long nanos) {
        int octave = 63 - Long.numberOfLeadingZeros(nanos);
        int step = octave >= 5 ? (int) (nanos >>> (octave - 5)) & (STEPS - 1) : 0;
        return octave * STEPS + step;
    }

    private static double middle(int index) {
        return Math.scalb(1 + (index % STEPS + 0.5) / STEPS, index / STEPS);
    }
}
