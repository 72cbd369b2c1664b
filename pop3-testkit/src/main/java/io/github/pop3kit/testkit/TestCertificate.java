package io.github.pop3kit.testkit;

import io.github.pop3kit.server.ServerCertificate;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The certificate of all test servers of this JVM, and a client's context that trusts it and nothing else. */
final class TestCertificate {

    static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned("localhost", "127.0.0.1", "::1");
    static final SSLContext TRUSTING = trusting();

    private TestCertificate() {}

    private static SSLContext trusting() {
        try {
            KeyStore trusted = KeyStore.getInstance("JKS");
            trusted.load(null, null);
            trusted.setCertificateEntry("server", CERTIFICATE.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java platform can trust a certificate", e);
        }
    }
}
