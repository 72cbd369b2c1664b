package io.github.pop3kit.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's certificate and its private key. If they were read from files they are read again when those change: the next
 * handshake has the new ones. If that fails, the log says so and the former ones stay. Safe for use by several threads.
 */
public final class ServerCertificate {

    private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);

    /** Reads the files. */
    @FunctionalInterface
    private interface Source {
        ServerKeys read() throws IOException;
    }

    private final List<Path> files;
    private final Source source;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile ServerKeys keys;
    private volatile String seen;

    private ServerCertificate(List<Path> files, Source source) throws IOException {
        this.files = files;
        this.source = source;
        this.seen = state();
        this.keys = source.read();
    }

    private ServerCertificate(ServerKeys made) {
        this.files = List.of();
        this.source = () -> made;
        this.seen = "";
        this.keys = made;
    }

    /** {@link #pem(Path, Path, char[])} for a key that is not encrypted. */
    public static ServerCertificate pem(Path chain, Path key) throws IOException {
        return pem(chain, key, new char[0]);
    }

    /**
     * Reads a certificate with its chain, and its key, from PEM files as OpenSSL and certbot write them.
     *
     * @param chain the server's own certificate first
     * @param key PKCS#8, PKCS#1 or SEC1; may be the same file
     * @param password of a key that is encrypted; otherwise not looked at. Kept, to read the key again.
     * @throws IOException if a file cannot be read, holds something else, the password is another, or the key is not the
     *     certificate's; the message names the file
     */
    public static ServerCertificate pem(Path chain, Path key, char[] password) throws IOException {
        char[] kept = password.clone();
        return new ServerCertificate(List.of(chain, key), () -> {
            List<X509Certificate> certificates = Pem.certificates(chain);
            ServerKeys read = new ServerKeys(Pem.privateKey(key, kept), certificates);
            if (!read.belongTogether()) {
                throw new IOException("The private key in " + key + " is not the one of the certificate in " + chain);
            }
            return read;
        });
    }

    /**
     * Reads the one private key of a PKCS#12 or JKS keystore.
     *
     * @param password kept, to read the file again
     * @throws IOException if the file cannot be read, the password is another, or there is no private key in it
     */
    public static ServerCertificate keystore(Path file, char[] password) throws IOException {
        char[] kept = password.clone();
        return new ServerCertificate(List.of(file), () -> readKeystore(file, kept));
    }

    private static ServerKeys readKeystore(Path file, char[] password) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(in, password);
            for (String alias : Collections.list(store.aliases())) {
                if (!store.isKeyEntry(alias)) continue;
                List<X509Certificate> chain = Arrays.stream(store.getCertificateChain(alias))
                        .map(X509Certificate.class::cast)
                        .toList();
                return new ServerKeys((PrivateKey) store.getKey(alias, password), chain);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is not a keystore that can be read", e);
        }
        throw new IOException(file + " holds no private key");
    }

    /** A fresh certificate that nobody but its maker vouches for, valid for these host names and addresses for a year. */
    public static ServerCertificate selfSigned(String... names) {
        return of(SelfSigned.create(names));
    }

    /** A fresh authority for tests: clients that trust its {@link #certificate()} trust those that it {@linkplain #issue issues}. */
    public static ServerCertificate authority(String name) {
        return of(SelfSigned.authority(name));
    }

    /** A fresh certificate that this one vouches for, valid in this time for these host names and addresses. */
    public ServerCertificate issue(Instant from, Instant until, String... names) {
        ServerKeys own = keys();
        KeyPair pair = new KeyPair(own.own().getPublicKey(), own.key());
        return of(new SelfSigned(pair, own.own()).issue(from, until, names));
    }

    private static ServerCertificate of(SelfSigned made) {
        return new ServerCertificate(new ServerKeys(made.keys().getPrivate(), List.of(made.certificate())));
    }

    /** The server's own certificate, for a client that is to trust it. */
    public X509Certificate certificate() {
        return keys().own();
    }

    /** The server's own certificate in PEM form. */
    public String toPem() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(certificate().getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    /** What is in the files now, or was when they could last be used. */
    ServerKeys keys() {
        // To look costs some microseconds, and a handshake a thousand times as much.
        if (files.isEmpty() || !reading.tryLock()) return keys;
        try {
            String now = state();
            if (!now.equals(seen)) {
                seen = now; // First: what cannot be used is complained about once, until it changes again.
                keys = source.read();
                log.info("the certificate in {} is read again; it is valid until {}", files.get(0), validUntil());
            }
        } catch (IOException | RuntimeException e) {
            log.error("the certificate in {} cannot be read again; the former one stays", files.get(0), e);
        } finally {
            reading.unlock();
        }
        return keys;
    }

    private String validUntil() {
        return keys.own().getNotAfter().toInstant().toString();
    }

    /** Differs when a file was written, replaced or removed. */
    private String state() {
        List<String> states = new ArrayList<>();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                states.add(attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey());
            } catch (IOException e) {
                states.add(e.toString()); // Whoever reads it says so.
            }
        }
        return states.toString();
    }
}
