package io.github.pop3kit.testkit;

import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * A fault that was asked for: how often it happens, and how often it has. Without a word it happens every time that its occasion
 * comes. What is said here counts from then on, so it is best said before a client connects. For any thread.
 */
public final class FaultRule {

    private final String description;
    private int skipped;
    private int times = Integer.MAX_VALUE;
    private double probability = 1;
    private int occasions;
    private int fired;

    FaultRule(String description) {
        this.description = description;
    }

    /** Happens the first {@code n} times, of all connections together; then all is good. */
    public synchronized FaultRule times(int n) {
        if (n < 1) throw new IllegalArgumentException("a fault happens at least once, not " + n + " times");
        times = n;
        return this;
    }

    /** {@code times(1)}. */
    public FaultRule once() {
        return times(1);
    }

    /** Lets the first {@code n} occasions pass, of all connections together; the next is the first at which it happens. */
    public synchronized FaultRule after(int n) {
        if (n < 0) throw new IllegalArgumentException("less than no occasion cannot pass");
        skipped = n;
        return this;
    }

    /** Happens with this probability each time, by the random numbers of {@link Faults#seed()}. */
    public synchronized FaultRule withProbability(double p) {
        if (!(p > 0 && p <= 1)) throw new IllegalArgumentException("a probability is above 0 and at most 1");
        probability = p;
        return this;
    }

    /** How often it has happened. */
    public synchronized int fired() {
        return fired;
    }

    /** How often it could have happened. */
    synchronized int occasions() {
        return occasions;
    }

    /** Whether it happened, and if it was told how many times, that many. */
    synchronized boolean isDone() {
        return fired > 0 && (times == Integer.MAX_VALUE || fired == times);
    }

    /** Its occasion has come: whether it happens. */
    synchronized boolean fires(RandomGenerator random) {
        if (occasions++ < skipped || fired == times) return false;
        if (probability < 1 && random.nextDouble() >= probability) return false;
        fired++;
        return true;
    }

    /** The rule in words. */
    @Override
    public synchronized String toString() {
        StringBuilder words = new StringBuilder(description);
        if (skipped > 0) words.append(", after ").append(count(skipped));
        if (times < Integer.MAX_VALUE) words.append(", ").append(count(times));
        if (probability < 1) words.append(String.format(Locale.ROOT, ", with probability %s", probability));
        return words.append("; happened ").append(count(fired)).toString();
    }

    private static String count(int n) {
        return n == 1 ? "once" : n + " times";
    }
}
