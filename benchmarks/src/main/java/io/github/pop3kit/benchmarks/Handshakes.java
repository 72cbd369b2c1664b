package io.github.pop3kit.benchmarks;

import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerTls;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.conscrypt.Conscrypt;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A client of the JDK's shakes hands with a server, in memory. The operation is both ends' work; {@code serverMicros} is the
 * CPU time of the server's part.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 5, time = 2, timeUnit = TimeUnit.SECONDS)
public class Handshakes {

    /** Who speaks TLS for the server. */
    public enum Speaker {
        /** The JDK. */
        JSSE,
        /** BoringSSL. */
        CONSCRYPT
    }

    @Param
    public Speaker server = Speaker.JSSE;

    @Param({"TLSv1.3", "TLSv1.2"})
    public String version = "";

    @Param({"false", "true"})
    public boolean resumed;

    private ServerTls tls = ServerTls.of(ServerCertificate.selfSigned("localhost"));
    private SSLContext client = tls.context();

    private long created;
    private long createdBefore;

    /** For JMH. */
    public Handshakes() {}

    /** How much of the work was the server's. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Share {

        private long nanos;
        private long handshakes;

        /** For JMH. */
        public Share() {}

        /** Of one handshake. */
        public double serverMicros() {
            return handshakes == 0 ? 0 : nanos / 1000.0 / handshakes;
        }

        /** An iteration begins. */
        @Setup(Level.Iteration)
        public void reset() {
            nanos = 0;
            handshakes = 0;
        }
    }

    /** Makes the two ends' contexts. */
    @Setup
    public void prepare() throws Exception {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        tls = ServerTls.of(certificate);
        if (server == Speaker.CONSCRYPT) tls = tls.withProvider(Conscrypt.newProvider());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        client = SSLContext.getInstance("TLS");
        client.init(null, trust.getTrustManagers(), null);
        handshake(new Share());
    }

    /** Whether the last handshake went on with the session of one before: that is as old as its first handshake. */
    boolean isResumed() {
        return created == createdBefore;
    }

    /** One handshake, and an octet to and fro, by which a client of TLS 1.3 gets what it resumes with. */
    @Benchmark
    public String handshake(Share share) throws GeneralSecurityException, SSLException {
        // A client resumes with a host and a port that it has spoken to.
        SSLEngine ours = resumed ? client.createSSLEngine("localhost", 995) : client.createSSLEngine();
        ours.setUseClientMode(true);
        ours.setEnabledProtocols(new String[] {version});
        SSLEngine theirs = tls.context().createSSLEngine();
        theirs.setUseClientMode(false);
        theirs.setEnabledProtocols(new String[] {version});
        if (Conscrypt.isConscrypt(theirs)) Conscrypt.setUseSessionTickets(theirs, true); // As our server does.
        EnginePair pair = new EnginePair(ours, theirs);
        pair.shakeHands();
        share.nanos += pair.serverNanos();
        share.handshakes++;
        createdBefore = created;
        created = ours.getSession().getCreationTime();
        return ours.getSession().getCipherSuite();
    }
}
