package io.github.pop3kit.benchmarks;

import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A line of LIST or UIDL is read and printed. The parsers of commons-net and Angus Mail are private. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 5, time = 1, timeUnit = TimeUnit.SECONDS)
public class Listings {

    private String scanLine = "1234 56789";
    private String uniqueIdLine = "1234 1700000000.M000001P101.mail.example";
    private ScanListing scan = new ScanListing(1234, 56789);
    private UniqueIdListing uniqueId = new UniqueIdListing(1234, "1700000000.M000001P101.mail.example");

    /** For JMH. */
    public Listings() {}

    /** Ours, of LIST. */
    @Benchmark
    public Optional<ScanListing> readScanListing() {
        return ScanListing.parse(scanLine);
    }

    /** Of LIST, with a tokenizer and without checks. */
    @Benchmark
    public ScanListing readScanListingNaively() {
        StringTokenizer words = new StringTokenizer(scanLine);
        return new ScanListing(Integer.parseInt(words.nextToken()), Long.parseLong(words.nextToken()));
    }

    /** Ours, of UIDL. */
    @Benchmark
    public Optional<UniqueIdListing> readUniqueIdListing() {
        return UniqueIdListing.parse(uniqueIdLine);
    }

    /** Of UIDL, with a tokenizer and without checks. */
    @Benchmark
    public UniqueIdListing readUniqueIdListingNaively() {
        StringTokenizer words = new StringTokenizer(uniqueIdLine);
        return new UniqueIdListing(Integer.parseInt(words.nextToken()), words.nextToken());
    }

    /** Ours, of LIST. */
    @Benchmark
    public String printScanListing() {
        return scan.toString();
    }

    /** Ours, of UIDL. */
    @Benchmark
    public String printUniqueIdListing() {
        return uniqueId.toString();
    }
}
