package io.github.pop3kit.server;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Private keys that are encrypted with a password. */
final class EncryptedKey {

    private static final byte[] PBES2 = Der.oid("1.2.840.113549.1.5.13");
    private static final byte[] PBKDF2 = Der.oid("1.2.840.113549.1.5.12");
    private static final byte[] DES_EDE3_CBC = Der.oid("1.2.840.113549.3.7");

    /** The arcs of HMAC with these digests are 7 and those that follow it. */
    private static final String HMAC = "1.2.840.113549.2.";

    private static final List<String> DIGESTS = List.of("SHA1", "SHA224", "SHA256", "SHA384", "SHA512");

    private EncryptedKey() {}

    /** Decrypts an EncryptedPrivateKeyInfo (RFC 5958 section 3) to PKCS#8. */
    static byte[] pkcs8(Path file, byte[] encrypted, char[] password) throws IOException {
        requirePassword(file, password);
        try {
            Optional<byte[]> tripleDes = tripleDes(encrypted, password);
            if (tripleDes.isPresent()) return tripleDes.get();
            EncryptedPrivateKeyInfo info = parsed(file, encrypted);
            AlgorithmParameters parameters = info.getAlgParameters();
            // For PBES2 the JDK says which key derivation and which cipher only here.
            String algorithm = parameters == null ? info.getAlgName() : parameters.toString();
            if (!algorithm.startsWith("PBE")) algorithm = info.getAlgName();
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password)),
                    parameters);
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException e) {
            throw wrong(file, e);
        }
    }

    /**
     * Decrypts what {@code openssl req} makes up to version 3.4 if it is not told otherwise: PBES2 with triple DES (RFC 8018 section
     * 6.2), which the JDK does not know there. Empty if it is something else.
     */
    private static Optional<byte[]> tripleDes(byte[] encrypted, char[] password) throws GeneralSecurityException {
        // PBES2, PBKDF2, salt, iterations, perhaps the key's length and the digest; the cipher, its vector, the key.
        List<Der.Value> values = Der.values(encrypted);
        int cipher = values.size() - 3;
        boolean is = cipher >= 4
                && values.get(0).is(PBES2)
                && values.get(1).is(PBKDF2)
                && values.get(cipher).is(DES_EDE3_CBC);
        if (!is) return Optional.empty();
        int iterations = new BigInteger(values.get(3).octets()).intValue();
        if (iterations <= 0) return Optional.empty();
        PBEKeySpec spec = new PBEKeySpec(password, values.get(2).octets(), iterations, 24 * Byte.SIZE);
        String derivation = "PBKDF2WithHmac" + digest(values.subList(4, cipher));
        byte[] key =
                SecretKeyFactory.getInstance(derivation).generateSecret(spec).getEncoded();
        Cipher decryption = Cipher.getInstance("DESede/CBC/PKCS5Padding");
        decryption.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, "DESede"),
                new IvParameterSpec(values.get(cipher + 1).octets()));
        return Optional.of(decryption.doFinal(values.get(cipher + 2).octets()));
    }

    private static String digest(List<Der.Value> parameters) {
        for (int i = 0; i < DIGESTS.size(); i++) {
            byte[] hmac = Der.oid(HMAC + (7 + i));
            if (parameters.stream().anyMatch(parameter -> parameter.is(hmac))) return DIGESTS.get(i);
        }
        return DIGESTS.get(0); // RFC 8018 section A.2
    }

    private static EncryptedPrivateKeyInfo parsed(Path file, byte[] encrypted) throws IOException {
        try {
            return new EncryptedPrivateKeyInfo(encrypted);
        } catch (IOException e) {
            throw new IOException(
                    file
                            + " holds a key that is damaged, or encrypted with another cipher than AES and 3DES; encrypt it anew by"
                            + " openssl pkcs8 -topk8",
                    e);
        }
    }

    /**
     * Decrypts what OpenSSL has encrypted in its own way, with the digest MD5 once over password and salt (EVP_BytesToKey).
     *
     * @param vector in hexadecimal; its first eight octets are the salt as well
     */
    static byte[] openssl(Path file, String cipher, String vector, byte[] encrypted, char[] password)
            throws IOException {
        requirePassword(file, password);
        try {
            byte[] iv = HexFormat.of().parseHex(vector);
            String algorithm;
            int keyLength;
            switch (cipher) {
                case "AES-128-CBC", "AES-192-CBC", "AES-256-CBC" -> {
                    algorithm = "AES";
                    keyLength = Integer.parseInt(cipher.substring(4, 7)) / 8;
                }
                case "DES-EDE3-CBC" -> {
                    algorithm = "DESede";
                    keyLength = 24;
                }
                default -> throw new IOException(file + " is encrypted with " + cipher + "; encrypt it anew, with AES");
            }
            Cipher decryption = Cipher.getInstance(algorithm + "/CBC/PKCS5Padding");
            byte[] key = derived(octets(password), Arrays.copyOf(iv, 8), keyLength);
            decryption.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, algorithm), new IvParameterSpec(iv));
            return decryption.doFinal(encrypted);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw wrong(file, e);
        }
    }

    private static byte[] derived(byte[] password, byte[] salt, int length) throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        ByteBuffer key = ByteBuffer.allocate(length + md5.getDigestLength());
        byte[] last = new byte[0];
        while (key.position() < length) {
            md5.update(last);
            md5.update(password);
            last = md5.digest(salt);
            key.put(last);
        }
        return Arrays.copyOf(key.array(), length);
    }

    private static byte[] octets(char[] password) {
        ByteBuffer octets = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        byte[] copy = new byte[octets.remaining()];
        octets.get(copy);
        return copy;
    }

    private static void requirePassword(Path file, char[] password) throws IOException {
        if (password.length == 0) throw new IOException(file + " holds a key that is encrypted: it needs a password");
    }

    private static IOException wrong(Path file, Exception cause) {
        return new IOException("the password of the key in " + file + " is another", cause);
    }
}
