package io.github.pop3kit.testkit;

import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerTls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificate of all test servers of this JVM, an authority that vouches for those with which something is wrong, and a client's
 * context that trusts the two and nothing else: what it refuses is refused for what is wrong.
 */
final class TestCertificate {

    private static final String[] NAMES = {"localhost", "127.0.0.1", "::1"};

    static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned(NAMES);
    static final ServerCertificate AUTHORITY = ServerCertificate.authority("pop3kit test authority");
    static final SSLContext TRUSTING = trusting();

    static final ServerTls EXPIRED = ServerTls.of(AUTHORITY.issue(ago(60), ago(30), NAMES));
    static final ServerTls NOT_YET_VALID = ServerTls.of(AUTHORITY.issue(ago(-30), ago(-60), NAMES));
    static final ServerTls FOR_ANOTHER_HOST = ServerTls.of(AUTHORITY.issue(ago(1), ago(-365), "another-host.invalid"));

    /** Its issuer has another name than {@link #CERTIFICATE}, or clients would take it for a forgery of that. */
    static final ServerTls UNKNOWN = ServerTls.of(ServerCertificate.selfSigned("127.0.0.1", "localhost", "::1"));

    private TestCertificate() {}

    private static SSLContext trusting() {
        try {
            KeyStore trusted = KeyStore.getInstance("JKS");
            trusted.load(null, null);
            trusted.setCertificateEntry("server", CERTIFICATE.certificate());
            trusted.setCertificateEntry("authority", AUTHORITY.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform can trust a certificate", e);
        }
    }

    private static Instant ago(int days) {
        return Instant.now().minus(Duration.ofDays(days));
    }
}
