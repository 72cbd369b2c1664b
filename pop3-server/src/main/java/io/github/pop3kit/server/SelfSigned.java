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

/** A fresh key and the certificate that it signs for itself (RFC 5280 section 4.1), for demonstrations and tests. */
record SelfSigned(KeyPair keys, X509Certificate certificate) {

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Valid for these host names and addresses, from yesterday (clocks differ) and for a year. */
    static SelfSigned create(String... names) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] toBeSigned = toBeSigned(keys, names);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(toBeSigned);
            byte[] certificate = Der.sequence(toBeSigned, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
            return new SelfSigned(keys, (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256 and SHA-256", e);
        }
    }

    private static byte[] toBeSigned(KeyPair keys, String[] names) {
        byte[] name = Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.text(names[0]))));
        Instant from = Instant.now().minus(Duration.ofDays(1));
        return Der.sequence(
                Der.tagged(0xA0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, new SecureRandom()).add(BigInteger.ONE)),
                ECDSA_WITH_SHA256,
                name,
                Der.sequence(time(from), time(from.plus(Duration.ofDays(366)))),
                name,
                keys.getPublic().getEncoded(),
                Der.tagged(0xA3, Der.sequence(extension("2.5.29.17", alternativeNames(names)))));
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
        return Der.sequence(alternatives);
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
