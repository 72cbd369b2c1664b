package io.github.pop3kit.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** A server's certificate and its private key, and how TLS is spoken with them. Immutable. */
public final class ServerCertificate {

    private static final char[] NO_PASSWORD = new char[0];

    static {
        // TLS 1.2 lets a client ask for handshake after handshake; the JDK has no other way to refuse.
        String renegotiation = "jdk.tls.rejectClientInitiatedRenegotiation";
        if (System.getProperty(renegotiation) == null) System.setProperty(renegotiation, "true");
    }

    private final SSLContext context;
    private final X509Certificate certificate;

    private ServerCertificate(SSLContext context, X509Certificate certificate) {
        this.context = context;
        this.certificate = certificate;
    }

    /**
     * Reads a certificate with its chain, and its key, from PEM files as OpenSSL and certbot write them.
     *
     * @param chain the server's own certificate first
     * @param key PKCS#8, PKCS#1 or SEC1, not encrypted; may be the same file
     * @throws IOException if a file cannot be read, holds something else, or the key is not the certificate's; the message names
     *     the file
     */
    public static ServerCertificate pem(Path chain, Path key) throws IOException {
        List<X509Certificate> certificates = Pem.certificates(chain);
        PrivateKey privateKey = Pem.privateKey(key);
        if (!belongTogether(privateKey, certificates.get(0))) {
            throw new IOException("The private key in " + key + " is not the one of the certificate in " + chain);
        }
        return of(privateKey, certificates);
    }

    /**
     * Reads the one private key of a PKCS#12 or JKS keystore.
     *
     * @throws IOException if the file cannot be read, the password is another, or there is no private key in it
     */
    public static ServerCertificate keystore(Path file, char[] password) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(in, password);
            for (String alias : Collections.list(store.aliases())) {
                if (!store.isKeyEntry(alias)) continue;
                List<X509Certificate> chain = Arrays.stream(store.getCertificateChain(alias))
                        .map(X509Certificate.class::cast)
                        .toList();
                return of((PrivateKey) store.getKey(alias, password), chain);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is not a keystore that can be read", e);
        }
        throw new IOException(file + " holds no private key");
    }

    /** A fresh certificate that nobody but its maker vouches for, valid for these host names and addresses for a year. */
    public static ServerCertificate selfSigned(String... names) {
        SelfSigned made = SelfSigned.create(names);
        return of(made.keys().getPrivate(), List.of(made.certificate()));
    }

    /** The server's own certificate, for a client that is to trust it. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** The server's own certificate in PEM form. */
    public String toPem() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    SSLContext context() {
        return context;
    }

    /** TLS 1.2 and later, forward secrecy and AEAD only (RFC 9325 section 4.2); whoever offers ALPN must offer pop3. */
    SSLParameters parameters() {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setCipherSuites(
                Arrays.stream(context.getSupportedSSLParameters().getCipherSuites())
                        .filter(suite -> suite.startsWith("TLS_AES_")
                                || suite.startsWith("TLS_CHACHA20_")
                                || (suite.startsWith("TLS_ECDHE_")
                                        && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"))))
                        .toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(new String[] {"pop3"});
        return parameters;
    }

    private static ServerCertificate of(PrivateKey key, List<X509Certificate> chain) {
        try {
            // Never written anywhere: JKS, because PKCS#12 takes 200 ms to encrypt what stays in memory.
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(null, NO_PASSWORD);
            store.setKeyEntry("server", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return new ServerCertificate(context, chain.get(0));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the certificate cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    /** Signs something with the one and verifies it with the other. */
    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            return signature.verify(signed);
        } catch (GeneralSecurityException differentKinds) {
            return false;
        }
    }
}
