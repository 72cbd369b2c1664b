package io.github.pop3kit.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Private keys that are encrypted with a password. */
final class EncryptedKey {

    private EncryptedKey() {}

    /** Decrypts an EncryptedPrivateKeyInfo (RFC 5958 section 3) to PKCS#8. */
    static byte[] pkcs8(Path file, byte[] encrypted, char[] password) throws IOException {
        requirePassword(file, password);
        try {
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

    private static EncryptedPrivateKeyInfo parsed(Path file, byte[] encrypted) throws IOException {
        try {
            return new EncryptedPrivateKeyInfo(encrypted);
        } catch (IOException e) {
            throw new IOException(
                    file + " holds a key that is damaged, or encrypted with another cipher than AES; encrypt it anew by"
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
