package io.github.pop3kit.client;

import io.github.pop3kit.client.TlsFailure.Kind;
import io.github.pop3kit.client.Watchdog.Watched;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.TlsConnection;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Puts TLS over connections: 1.2 or later, with forward secrecy and AEAD only (RFC 9325 section 4.2), to a server that proves to
 * be the one that was asked for (RFC 2595 section 2.4). Keep one for the life of a client, for it remembers sessions to resume. Thread-safe.
 */
final class TlsLayer {

    private final TlsOptions options;
    private final Watchdog watchdog;
    private final SSLContext context;

    TlsLayer(TlsOptions options) {
        this(options, Watchdog.shared());
    }

    TlsLayer(TlsOptions options, Watchdog watchdog) {
        this.options = options;
        this.watchdog = watchdog;
        this.context = options.trust().newContext();
    }

    /**
     * Shakes hands. When that fails, {@code carrier} was aborted.
     *
     * @param carrier without octets that were read from it already
     * @param host the name or address that the certificate has to be for
     * @throws TlsFailure for whatever reason; its message goes on behind the name of the server
     */
    TlsConnection handshake(Connection carrier, String host, int port, Deadline deadline) throws TlsFailure {
        boolean done = false;
        Watched watched = watchdog.watch(deadline, carrier::abort);
        try (watched) {
            TlsConnection tls = TlsConnection.connect(carrier, context, parameters(host), identity(host), port);
            checkPins(tls);
            watched.close();
            if (watched.bit()) throw new IOException("too late by a hair");
            done = true;
            return tls;
        } catch (TlsFailure e) {
            throw e;
        } catch (IOException e) {
            if (watched.bit()) throw new TlsFailure(Kind.TIMED_OUT, "did not complete the TLS handshake in time", e);
            if (Thread.currentThread().isInterrupted()) {
                throw new TlsFailure(
                        Kind.INTERRUPTED, "did not complete the TLS handshake, for the thread was interrupted", e);
            }
            throw TlsComplaint.about(e, host);
        } finally {
            if (!done) carrier.abort();
        }
    }

    private SSLParameters parameters(String host) {
        SSLParameters supported = context.getSupportedSSLParameters();
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(Arrays.stream(supported.getProtocols())
                .filter(version -> version.equals("TLSv1.3") || version.equals("TLSv1.2"))
                .toArray(String[]::new));
        parameters.setCipherSuites(Arrays.stream(supported.getCipherSuites())
                .filter(suite -> suite.startsWith("TLS_AES_")
                        || suite.startsWith("TLS_CHACHA20_")
                        || (suite.startsWith("TLS_ECDHE_")
                                && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"))))
                .toArray(String[]::new));
        parameters.setApplicationProtocols(new String[] {"pop3"});
        if (options.trust().checksHost()) parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setServerNames(serverNames(host));
        return parameters;
    }

    /** Names without a dot, too, which the JDK leaves out. */
    private static List<SNIServerName> serverNames(String host) {
        if (HostName.isAddress(host)) return List.of();
        try {
            return List.of(new SNIHostName(identity(host)));
        } catch (IllegalArgumentException notForSni) {
            return List.of(); // One with an underscore, say.
        }
    }

    /** The host as it stands in certificates: without the dot of the root, without the zone of an address. */
    private static String identity(String host) {
        if (host.endsWith(".")) return host.substring(0, host.length() - 1);
        int zone = host.indexOf('%');
        return zone < 0 ? host : host.substring(0, zone);
    }

    private void checkPins(TlsConnection tls) throws IOException {
        if (options.pins().keys().isEmpty()) return;
        List<X509Certificate> shown = Arrays.stream(tls.session().getPeerCertificates())
                .map(X509Certificate.class::cast)
                .toList();
        if (!options.pins().allow(shown)) {
            throw new TlsFailure(Kind.PIN, "shows none of the pinned keys; its own is " + Pins.of(shown.get(0)), null);
        }
    }
}
