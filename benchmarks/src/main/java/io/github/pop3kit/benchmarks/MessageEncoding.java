package io.github.pop3kit.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A message of 64 MiB is put on the wire. The verbatim encoder, which cannot take all, is asked for with {@code -p}. */
@State(Scope.Thread)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 2, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 5, time = 2, timeUnit = TimeUnit.SECONDS)
public class MessageEncoding {

    @Param({"TEXT", "LINE_FEEDS", "DOTS", "LONG_LINES", "SHORT_LINES"})
    public Mail mail = Mail.TEXT;

    @Param({"DOT_ENCODER", "NAIVE", "COMMONS_NET", "JAMES"})
    public Encoder encoder = Encoder.DOT_ENCODER;

    private byte[] stored = {};

    /** For JMH. */
    public MessageEncoding() {}

    /** Before the first. */
    @Setup
    public void prepare() {
        stored = mail.stored(MessageDecoding.OCTETS);
    }

    /** One message. */
    @Benchmark
    public void encode(Throughput throughput) throws IOException {
        encoder.encode(stored, throughput.sink());
    }
}
