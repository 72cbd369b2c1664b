package io.github.pop3kit.server;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Chooses a certificate by the name that the client asks for (SNI) and by the kinds of keys that it can verify. */
final class NamedKeys extends X509ExtendedKeyManager {

    private final List<ServerCertificate> certificates;

    /**
     * By alias, which is the certificate's number: JSSE asks for an alias first and then for what it stands for, and all three
     * have to be of one reading of the files. An alias that was chosen before a change, and is asked for behind it, gets the
     * former keys.
     */
    private final Map<String, ServerKeys> chosen = new ConcurrentHashMap<>();

    NamedKeys(List<ServerCertificate> certificates) {
        this.certificates = certificates;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return choose(keyType, socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return choose(keyType, engine == null ? null : engine.getHandshakeSession());
    }

    private @Nullable String choose(String keyType, @Nullable SSLSession handshake) {
        List<ServerKeys> all =
                certificates.stream().map(ServerCertificate::keys).toList();
        Stream<ServerKeys> named = requestedName(handshake)
                .map(host -> all.stream().filter(keys -> keys.isFor(host)))
                .orElse(Stream.empty());
        return Stream.concat(named, all.stream())
                .filter(keys -> keys.key().getAlgorithm().equals(keyType))
                .findFirst()
                .map(this::alias)
                .orElse(null);
    }

    private String alias(ServerKeys keys) {
        String alias = keys.own().getSerialNumber().toString(16) + "-" + Integer.toHexString(keys.hashCode());
        if (chosen.putIfAbsent(alias, keys) == null && chosen.size() > 4 * certificates.size()) forget(alias);
        return alias;
    }

    /** Files that changed often have left aliases that no handshake asks for any more. */
    private void forget(String latest) {
        List<ServerKeys> current =
                certificates.stream().map(ServerCertificate::keys).toList();
        chosen.entrySet().removeIf(entry -> !entry.getKey().equals(latest) && !current.contains(entry.getValue()));
    }

    private static Optional<String> requestedName(@Nullable SSLSession handshake) {
        if (!(handshake instanceof ExtendedSSLSession extended)) return Optional.empty();
        for (SNIServerName name : extended.getRequestedServerNames()) {
            if (name.getType() == StandardConstants.SNI_HOST_NAME) {
                return Optional.of(new SNIHostName(name.getEncoded()).getAsciiName());
            }
        }
        return Optional.empty();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        ServerKeys keys = chosen.get(alias);
        return keys == null ? null : keys.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        ServerKeys keys = chosen.get(alias);
        return keys == null ? null : keys.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = choose(keyType, null);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null; // A server is no client.
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
