package io.github.pop3kit.benchmarks;

import io.github.pop3kit.protocol.LineEnd;
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

/** A message of 64 MiB is taken off the wire. LF for CRLF, which only some can take, is asked for with {@code -p}. */
@State(Scope.Thread)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 2, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 5, time = 2, timeUnit = TimeUnit.SECONDS)
public class MessageDecoding {

    static final int OCTETS = 64 * 1024 * 1024;

    @Param({"TEXT", "DOTS", "LONG_LINES", "SHORT_LINES"})
    public Mail mail = Mail.TEXT;

    @Param
    public Decoder decoder = Decoder.DOT_DECODER;

    private byte[] wire = {};
    private LineEnd lineEnd = LineEnd.CRLF;

    /** For JMH. */
    public MessageDecoding() {}

    /** Before the first. */
    @Setup
    public void prepare() {
        wire = mail.wire(OCTETS);
        lineEnd = mail.lineEnd();
    }

    /** One message. */
    @Benchmark
    public void decode(Throughput throughput) throws IOException {
        decoder.decode(wire, lineEnd, throughput.sink());
    }
}
