package io.github.pop3kit.server;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** A fresh key and its certificate (RFC 5280 section 4.1), for demonstrations and tests: signed by itself, or by another of these. */
record SelfSigned(KeyPair keys, X509Certificate certificate) {

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Valid for these host names and addresses, from yesterday (clocks differ) and for a year. */
    static SelfSigned create(String... names) {
        return signed(names[0], alternativeNames(names));
    }

    /** An authority, whose certificate is for no host. */
    static SelfSigned authority(String name) {
        byte[] mayIssue = Der.sequence(Der.tagged(Der.BOOLEAN, new byte[] {(byte) 0xFF}));
        return signed(name, extension("2.5.29.19", mayIssue));
    }

    private static SelfSigned signed(String name, byte[] extension) {
        KeyPair keys = newKeys();
        Instant from = Instant.now().minus(Duration.ofDays(1));
        Instant until = from.plus(Duration.ofDays(366));
        return new SelfSigned(keys, sign(keys, name(name), keys, name(name), from, until, extension));
    }

    /** A fresh key, and a certificate that this authority vouches for. */
    SelfSigned issue(Instant from, Instant until, String... names) {
        KeyPair fresh = newKeys();
        byte[] issuer = certificate.getSubjectX500Principal().getEncoded();
        return new SelfSigned(fresh, sign(keys, issuer, fresh, name(names[0]), from, until, alternativeNames(names)));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    private static X509Certificate sign(
            KeyPair issuer,
            byte[] issuerName,
            KeyPair keys,
            byte[] name,
            Instant from,
            Instant until,
            byte[] extension) {
        try {
            byte[] toBeSigned = Der.sequence(
                    Der.tagged(0xA0, Der.integer(BigInteger.TWO)),
                    Der.integer(new BigInteger(127, new SecureRandom()).add(BigInteger.ONE)),
                    ECDSA_WITH_SHA256,
                    issuerName,
                    Der.sequence(time(from), time(until)),
                    name,
                    keys.getPublic().getEncoded(),
                    Der.tagged(0xA3, Der.sequence(extension)));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(issuer.getPrivate());
            signature.update(toBeSigned);
            byte[] certificate = Der.sequence(toBeSigned, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256 and SHA-256", e);
        }
    }

    private static byte[] name(String common) {
        return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.text(common))));
    }

    private static byte[] time(Instant instant) {
        return Der.tagged(0x18, GENERALIZED_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] extension(String oid, byte[] value) {
        return Der.sequence(Der.oid(oid), Der.tagged(Der.OCTET_STRING, value));
    }

    private static byte[] alternativeNames(String[] names) {
        byte[][] alternatives = new byte[names.length][];
        for (int i = 0; i < names.length; i++) alternatives[i] = alternativeName(names[i]);
        return extension("2.5.29.17", Der.sequence(alternatives));
    }

    /** An iPAddress or a dNSName. */
    private static byte[] alternativeName(String name) {
        boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
        try {
            return address
                    ? Der.tagged(0x87, InetAddress.getByName(name).getAddress())
                    : Der.tagged(0x82, name.getBytes(StandardCharsets.US_ASCII));
        } catch (UnknownHostException notAnAddress) {
            throw new IllegalArgumentException("neither a host name nor an address: " + name, notAnAddress);
        }
    }
}
