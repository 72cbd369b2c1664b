package io.github.pop3kit.jakarta;

import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.TlsTrust;
import jakarta.mail.MessagingException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** What the properties say about TLS, as a context in which only that is supported. */
final class TlsSettings {

    /** The client uses no others: forward secrecy and AEAD (RFC 9325 section 4.2). */
    private static final Pattern SAFE = Pattern.compile("TLS_(AES|CHACHA20)_.*|TLS_ECDHE_.*(_GCM_|_CHACHA20_).*");

    private TlsSettings() {}

    static void apply(
            MailProperties properties, Pop3Client.Builder builder, String host, @Nullable SSLSocketFactory given)
            throws MessagingException {
        boolean trusted = given == null && isTrusted(properties.words(Property.SSL_TRUST), host);
        boolean checked = properties.is(Property.SSL_CHECK_IDENTITY, true) && !trusted;
        List<String> protocols = properties.words(Property.SSL_PROTOCOLS);
        List<String> suites = properties.words(Property.SSL_CIPHER_SUITES);
        if (given == null && checked && protocols.isEmpty() && suites.isEmpty()) return;
        SSLContext context = new Restricted(base(trusted), given, protocols, suites).context();
        SSLParameters possible = context.getSupportedSSLParameters();
        if (possible.getProtocols().length == 0) {
            throw properties.refused(
                    Property.SSL_PROTOCOLS, "leaves neither TLSv1.2 nor TLSv1.3, and no other is safe");
        }
        if (possible.getCipherSuites().length == 0) {
            throw properties.refused(Property.SSL_CIPHER_SUITES, "names no suite that this Java has and that is safe");
        }
        builder.trust(checked ? TlsTrust.context(context) : TlsTrust.contextForAnyHost(context));
    }

    private static boolean isTrusted(List<String> hosts, String host) {
        return hosts.contains("*") || hosts.stream().anyMatch(host::equalsIgnoreCase);
    }

    private static SSLContext base(boolean anybody) throws MessagingException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, anybody ? new TrustManager[] {new Anybody()} : null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new MessagingException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** A context that supports less than another, or makes its sockets by a factory that was given. */
    private static final class Restricted extends SSLContextSpi {

        private final SSLContext base;
        private final SSLSocketFactory sockets;
        private final List<String> protocols;
        private final List<String> suites;

        Restricted(SSLContext base, @Nullable SSLSocketFactory given, List<String> protocols, List<String> suites) {
            this.base = base;
            this.sockets = given == null ? base.getSocketFactory() : given;
            this.protocols = protocols;
            this.suites = suites;
        }

        SSLContext context() {
            return new SSLContext(this, base.getProvider(), base.getProtocol()) {};
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return sockets;
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            SSLParameters supported = base.getSupportedSSLParameters();
            supported.setProtocols(Arrays.stream(supported.getProtocols())
                    .filter(each -> each.equals("TLSv1.2") || each.equals("TLSv1.3"))
                    .filter(each -> protocols.isEmpty() || protocols.contains(each))
                    .toArray(String[]::new));
            supported.setCipherSuites(Arrays.stream(sockets.getSupportedCipherSuites())
                    .filter(each -> suites.isEmpty() || suites.contains(each))
                    .filter(SAFE.asMatchPredicate())
                    .toArray(String[]::new));
            return supported;
        }

        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return base.getDefaultSSLParameters();
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("it is set up already");
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw new UnsupportedOperationException("this is a client's");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return base.createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return base.createSSLEngine(host, port);
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return base.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return base.getClientSessionContext();
        }
    }

    /** {@code ssl.trust}: the application answers for it. */
    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
