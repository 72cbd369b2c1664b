package io.github.pop3kit.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.conscrypt.Conscrypt;

/** TLS from the first octet, by BoringSSL: the driver shares its processors with the server, and has to cost little. */
final class Tls {

    private static final int MOST_THREADS = 1000;

    private final SSLContext context;
    private final boolean resume;
    private final AtomicInteger hosts = new AtomicInteger();
    private final LongAdder handshakes = new LongAdder();
    private final LongAdder certificates = new LongAdder();

    /** With sessions that are resumed, as far as the server agrees, or with none. */
    Tls(boolean resume) throws GeneralSecurityException {
        this.resume = resume;
        context = SSLContext.getInstance("TLS", Conscrypt.newProvider());
        context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
        if (resume) context.getClientSessionContext().setSessionCacheSize(MOST_THREADS);
    }

    /** Who is asked for trust was shown a certificate: it is not when a session is resumed. */
    private final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String how) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String how) {
            certificates.increment();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Connects, for this thread of the driver, which resumes its own sessions alone. */
    SSLSocket connect(int port, int thread) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            socket.setTcpNoDelay(true);
            // Sessions are kept by the name of the host; for one that was never seen there is none.
            String host = (resume ? "thread" + thread : "full" + hosts.getAndIncrement()) + ".load.example";
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
            tls.startHandshake();
            handshakes.increment();
            return tls;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    long handshakes() {
        return handshakes.sum();
    }

    /** Those in which the server had to show who it is. */
    long fullHandshakes() {
        return certificates.sum();
    }
}
