package io.github.pop3kit.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Who may vouch for a server's certificate. Immutable. */
public final class TlsTrust {

    /** Beside certificates, PEM files may hold keys, other things and words. */
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

    private final @Nullable SSLContext given;
    private final @Nullable List<X509Certificate> authorities;
    private final boolean checksHost;

    private TlsTrust(@Nullable SSLContext given, @Nullable List<X509Certificate> authorities, boolean checksHost) {
        this.given = given;
        this.authorities = authorities;
        this.checksHost = checksHost;
    }

    /** The authorities that this Java trusts: its {@code cacerts}, or {@code javax.net.ssl.trustStore}. */
    public static TlsTrust system() {
        return new TlsTrust(null, null, true);
    }

    /**
     * The authorities of a PEM file, and no others. A server's own certificate may stand there, too.
     *
     * @throws IOException if the file cannot be read or holds no certificate; the message names it
     */
    public static TlsTrust caFile(Path file) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        Matcher blocks = CERTIFICATE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            while (blocks.find()) {
                byte[] block = blocks.group().getBytes(StandardCharsets.ISO_8859_1);
                found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
            }
        } catch (CertificateException e) {
            throw new IOException(file + " holds a certificate that cannot be read", e);
        }
        if (found.isEmpty()) throw new IOException(file + " does not hold a certificate in PEM form");
        return new TlsTrust(null, List.copyOf(found), true);
    }

    /** These authorities, and no others. A server's own certificate may be among them. */
    public static TlsTrust certificates(X509Certificate... certificates) {
        if (certificates.length == 0) throw new IllegalArgumentException("no certificate");
        return new TlsTrust(null, List.of(certificates), true);
    }

    /**
     * As this context decides, which also holds the client's own certificate, if it has one. The host name is checked all the same,
     * and no more than TLS 1.2 and 1.3 with the strong suites of the context are used.
     */
    public static TlsTrust context(SSLContext context) {
        return new TlsTrust(context, null, true);
    }

    /** Like {@link #context}, but the certificate may be for another host: only where the caller checks in its own way whose it is. */
    public static TlsTrust contextForAnyHost(SSLContext context) {
        return new TlsTrust(context, null, false);
    }

    /**
     * Whoever answers. What is sent is encrypted, but perhaps for an attacker: only for trying things out, or together with a pin.
     */
    public static TlsTrust insecure() {
        return new TlsTrust(null, List.of(), false);
    }

    boolean checksHost() {
        return checksHost;
    }

    /** A context that shares its sessions with no other client, unless it was given. */
    SSLContext newContext() {
        if (given != null) return given;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {checksHost ? verifier() : new Anybody()}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private TrustManager verifier() throws GeneralSecurityException, IOException {
        KeyStore store = null;
        if (authorities != null) {
            store = KeyStore.getInstance("JKS");
            store.load(null, null);
            int number = 0;
            for (X509Certificate authority : authorities) store.setCertificateEntry("ca" + number++, authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509ExtendedTrustManager judge) return new Witness(judge);
        }
        throw new GeneralSecurityException("no trust manager for X.509");
    }

    /** What a trust manager of a client has to do, and what never happens to it. */
    private abstract static class ForServers extends X509ExtendedTrustManager {

        @Override
        public final void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("not without its socket");
        }

        @Override
        public final void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("not without its socket");
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public final X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Remembers which certificate was refused: the handshake does not tell. */
    private static final class Witness extends ForServers {

        private final X509ExtendedTrustManager judge;

        Witness(X509ExtendedTrustManager judge) {
            this.judge = judge;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            try {
                judge.checkServerTrusted(chain, authType, socket);
            } catch (CertificateException e) {
                throw new RefusedCertificate(chain[0], e);
            }
        }
    }

    private static final class Anybody extends ForServers {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}
    }

    /** A certificate that was refused, and why. */
    static final class RefusedCertificate extends CertificateException {

        private static final long serialVersionUID = 1L;

        private final transient X509Certificate certificate;

        private RefusedCertificate(X509Certificate certificate, CertificateException reason) {
            super(reason);
            this.certificate = certificate;
        }

        X509Certificate certificate() {
            return certificate;
        }
    }
}
