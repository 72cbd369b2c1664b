package io.github.pop3kit.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pop3kit.protocol.LineDecoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.net.io.CRLFLineReader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The lines of a long UIDL become strings; an operation is one line. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 5, time = 1, timeUnit = TimeUnit.SECONDS)
public class LineDecoding {

    private static final int LINES = 10_000;

    private final byte[] wire = IntStream.rangeClosed(1, LINES)
            .mapToObj(number -> number + " 1700000000.M000001P101.mail.example\r\n")
            .collect(Collectors.joining())
            .getBytes(ISO_8859_1);

    /** For JMH. */
    public LineDecoding() {}

    /** Ours. */
    @Benchmark
    @OperationsPerInvocation(LINES)
    public void lineDecoder(Throughput throughput, Blackhole taken) {
        LineDecoder decoder = new LineDecoder(512);
        ByteBuffer in = ByteBuffer.wrap(wire);
        while (decoder.decode(in) == LineDecoder.Result.LINE) taken.consume(decoder.line());
        throughput.octets += wire.length;
    }

    /** Octet by octet into a StringBuilder. */
    @Benchmark
    @OperationsPerInvocation(LINES)
    public void naive(Throughput throughput, Blackhole taken) {
        Naive.lines(ByteBuffer.wrap(wire), taken::consume);
        throughput.octets += wire.length;
    }

    /** What POP3Client reads replies with. */
    @Benchmark
    @OperationsPerInvocation(LINES)
    public void commonsNet(Throughput throughput, Blackhole taken) throws IOException {
        try (CRLFLineReader in =
                new CRLFLineReader(new InputStreamReader(new ByteArrayInputStream(wire), ISO_8859_1))) {
            String line;
            while ((line = in.readLine()) != null) taken.consume(line);
        }
        throughput.octets += wire.length;
    }
}
