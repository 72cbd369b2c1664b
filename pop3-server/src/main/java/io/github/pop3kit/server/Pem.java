package io.github.pop3kit.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Certificates and keys as OpenSSL and certbot write them (RFC 7468). */
final class Pem {

    /** In front of the base64, OpenSSL's own encryption has headers (RFC 1421 section 4.6). */
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN (?<label>[A-Z0-9 ]+)-----"
                    + "(\\s+Proc-Type: 4,ENCRYPTED\\s+DEK-Info: (?<cipher>[A-Z0-9-]+),(?<vector>[0-9A-Fa-f]+)\\s)?"
                    + "(?<base64>.*?)-----END \\k<label>-----",
            Pattern.DOTALL);

    private static final byte[] RSA_ENCRYPTION = Der.sequence(Der.oid("1.2.840.113549.1.1.1"), new byte[] {0x05, 0x00});
    private static final String EC_PUBLIC_KEY = "1.2.840.10045.2.1";

    /**
     * What stands between BEGIN and END.
     *
     * @param cipher of OpenSSL's own encryption; empty if the block has none
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Block(
            String label, String cipher, @Nullable String vector, byte[] content) {

        Block decrypted(Path file, char[] password) throws IOException {
            if (vector == null) return this;
            return new Block(label, "", null, EncryptedKey.openssl(file, cipher, vector, content, password));
        }
    }

    private Pem() {}

    /** The chain, the server's own certificate first. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (!block.label.endsWith("CERTIFICATE")) continue;
            try {
                chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(block.content)));
            } catch (GeneralSecurityException e) {
                throw new IOException(file + " holds a certificate that cannot be read", e);
            }
        }
        if (chain.isEmpty()) throw new IOException(file + " holds no certificate in PEM form");
        return chain;
    }

    /**
     * The first private key: PKCS#8, PKCS#1 (RSA) or SEC1 (EC).
     *
     * @param password of a key that is encrypted; empty if there is none
     */
    static PrivateKey privateKey(Path file, char[] password) throws IOException {
        for (Block block : blocks(file)) {
            Optional<byte[]> pkcs8 = pkcs8(file, block.decrypted(file, password), password);
            if (pkcs8.isPresent()) return privateKey(file, pkcs8.get());
        }
        throw new IOException(file + " holds no private key in PEM form");
    }

    private static Optional<byte[]> pkcs8(Path file, Block block, char[] password) throws IOException {
        return switch (block.label) {
            case "PRIVATE KEY" -> Optional.of(block.content);
            case "RSA PRIVATE KEY" -> Optional.of(pkcs8(RSA_ENCRYPTION, block.content));
            case "EC PRIVATE KEY" ->
                Optional.of(pkcs8(Der.sequence(Der.oid(EC_PUBLIC_KEY), curve(file, block.content)), block.content));
            case "ENCRYPTED PRIVATE KEY" -> Optional.of(EncryptedKey.pkcs8(file, block.content, password));
            default -> Optional.empty();
        };
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.sequence(Der.integer(BigInteger.ZERO), algorithm, Der.tagged(Der.OCTET_STRING, key));
    }

    /** The object identifier of the curve: the only one in an ECPrivateKey, in its element [0] (RFC 5915 section 3). */
    private static byte[] curve(Path file, byte[] key) throws IOException {
        for (int i = 0; i + 3 < key.length; i++) {
            boolean named = (key[i] & 0xFF) == 0xA0 && key[i + 2] == 0x06 && key[i + 1] == key[i + 3] + 2;
            if (named) return Arrays.copyOfRange(key, i + 2, Math.min(i + 4 + key[i + 3], key.length));
        }
        throw new IOException(file + " holds an EC key that does not name its curve");
    }

    private static PrivateKey privateKey(Path file, byte[] pkcs8) throws IOException {
        for (String algorithm : List.of("EC", "RSA", "RSASSA-PSS", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException notThisOne) {
                // The kind of key stands inside; asking each factory is simpler than looking.
            }
        }
        throw new IOException(file + " holds a private key of a kind that TLS cannot use");
    }

    private static List<Block> blocks(Path file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            try {
                String cipher = matcher.group("cipher") == null ? "" : matcher.group("cipher");
                byte[] content = Base64.getMimeDecoder().decode(matcher.group("base64"));
                blocks.add(new Block(matcher.group("label"), cipher, matcher.group("vector"), content));
            } catch (IllegalArgumentException notBase64) {
                throw new IOException(file + " is damaged: a block of it is not base64");
            }
        }
        return blocks;
    }
}
