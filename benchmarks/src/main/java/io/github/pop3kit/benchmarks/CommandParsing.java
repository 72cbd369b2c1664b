package io.github.pop3kit.benchmarks;

import io.github.pop3kit.protocol.Command;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A line becomes a command. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 5, time = 1, timeUnit = TimeUnit.SECONDS)
public class CommandParsing {

    @Param({"RETR 1234", "retr 1234", "STAT", "USER mrose", "PASS tanstaaf", "XYZZY 1"})
    public String line = "";

    /** For JMH. */
    public CommandParsing() {}

    /** Ours. */
    @Benchmark
    public Command command() {
        return Command.parse(line);
    }

    /** The least that one can do: an upper-case keyword, and a number where there is one. */
    @Benchmark
    public long naive() {
        String[] words = line.split(" ", 2);
        long keyword = words[0].toUpperCase(Locale.ROOT).hashCode();
        return words.length > 1 && Character.isDigit(words[1].charAt(0))
                ? keyword + Integer.parseInt(words[1])
                : keyword;
    }
}
