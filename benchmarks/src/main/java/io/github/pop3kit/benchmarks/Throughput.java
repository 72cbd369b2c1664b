package io.github.pop3kit.benchmarks;

import java.io.OutputStream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** How many octets or lines went through; JMH shows them by the second. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Throughput {
    public long octets;

    /** For JMH. */
    public Throughput() {}

    /** A sink that counts. */
    OutputStream sink() {
        return new OutputStream() {
            @Override
            public void write(int octet) {
                octets++;
            }

            @Override
            public void write(byte[] block, int offset, int length) {
                octets += length;
            }
        };
    }
}
