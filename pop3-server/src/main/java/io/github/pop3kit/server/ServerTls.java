package io.github.pop3kit.server;

import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.TlsConnection;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * How a server speaks TLS: version 1.2 or later, forward secrecy and AEAD only (RFC 9325 section 4.2), and ALPN, where a client
 * offers it, for {@code pop3} alone (RFC 7301 section 3.2). Sessions are resumed as long as it lives. Immutable but for the
 * certificates that change with their files.
 */
public final class ServerTls {

    static {
        // TLS 1.2 lets a client ask for handshake after handshake; the JDK has no other way to refuse.
        String renegotiation = "jdk.tls.rejectClientInitiatedRenegotiation";
        if (System.getProperty(renegotiation) == null) System.setProperty(renegotiation, "true");
    }

    private enum ClientCertificates {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    private final List<ServerCertificate> certificates;
    private final ClientCertificates clients;
    private final Collection<X509Certificate> authorities;
    private final Optional<Provider> provider;
    private final SSLContext context;
    private final SSLParameters parameters;

    private ServerTls(
            List<ServerCertificate> certificates,
            ClientCertificates clients,
            Collection<X509Certificate> authorities,
            Optional<Provider> provider) {
        this.certificates = certificates;
        this.clients = clients;
        this.authorities = authorities;
        this.provider = provider;
        try {
            context = provider.isPresent()
                    ? SSLContext.getInstance("TLS", provider.get())
                    : SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new NamedKeys(certificates)}, trusting(authorities), null);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("TLS cannot be spoken with these certificates: " + e.getMessage(), e);
        }
        parameters = parameters();
    }

    /**
     * With one certificate or several.
     *
     * @param first for clients that ask for no name, or for one that no certificate is for
     * @param more for clients that ask for a name of theirs (SNI, RFC 6066 section 3), or whose key the client prefers
     */
    public static ServerTls of(ServerCertificate first, ServerCertificate... more) {
        List<ServerCertificate> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return new ServerTls(List.copyOf(all), ClientCertificates.NONE, List.of(), Optional.empty());
    }

    /** The same, asking clients for a certificate of these authorities; they may have none, but not another. */
    public ServerTls withOptionalClientCertificates(Collection<X509Certificate> authorities) {
        return new ServerTls(certificates, ClientCertificates.OPTIONAL, authorities, provider);
    }

    /** The same, for clients only that have a certificate of these authorities. */
    public ServerTls withRequiredClientCertificates(Collection<X509Certificate> authorities) {
        return new ServerTls(certificates, ClientCertificates.REQUIRED, authorities, provider);
    }

    /**
     * The same, spoken by another provider than the JDK's, such as {@code org.conscrypt.Conscrypt.newProvider()}: for less CPU in
     * each handshake, at the price of native code.
     */
    public ServerTls withProvider(Provider other) {
        return new ServerTls(certificates, clients, authorities, Optional.of(other));
    }

    /** For TLS sockets of one's own, such as those of a server in a test; how they speak it is theirs to say. */
    public SSLContext context() {
        return context;
    }

    /** Shakes hands; {@link Connection#abort} of the carrier ends the attempt. */
    TlsConnection accept(Connection carrier) throws IOException {
        return TlsConnection.accept(carrier, context, parameters);
    }

    private SSLParameters parameters() {
        SSLParameters safe = context.getDefaultSSLParameters();
        safe.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        safe.setCipherSuites(Arrays.stream(context.getSupportedSSLParameters().getCipherSuites())
                .filter(suite -> suite.startsWith("TLS_AES_")
                        || suite.startsWith("TLS_CHACHA20_")
                        || (suite.startsWith("TLS_ECDHE_")
                                && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"))))
                .toArray(String[]::new));
        safe.setUseCipherSuitesOrder(true);
        safe.setApplicationProtocols(new String[] {"pop3"});
        // Each of the two setters undoes the other.
        if (clients == ClientCertificates.OPTIONAL) safe.setWantClientAuth(true);
        if (clients == ClientCertificates.REQUIRED) safe.setNeedClientAuth(true);
        return safe;
    }

    private static TrustManager[] trusting(Collection<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        if (authorities.isEmpty()) return new TrustManager[0];
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        int number = 0;
        for (X509Certificate authority : authorities) store.setCertificateEntry("authority " + number++, authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust.getTrustManagers();
    }
}
