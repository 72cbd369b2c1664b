package io.github.pop3kit.protocol.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The hash functions that SCRAM is used with (RFC 5802, RFC 7677), weakest first. */
public enum ScramHash {
    SHA_1("SHA-1", "HmacSHA1"),
    SHA_256("SHA-256", "HmacSHA256"),
    SHA_512("SHA-512", "HmacSHA512");

    private static final String PLUS = "-PLUS";

    private final String digest;
    private final String hmac;

    ScramHash(String digest, String hmac) {
        this.digest = digest;
        this.hmac = hmac;
    }

    /** The hash of a mechanism, with or without {@code -PLUS}; empty if it is not one of SCRAM's. */
    public static Optional<ScramHash> of(String mechanism) {
        String bare = isPlus(mechanism) ? mechanism.substring(0, mechanism.length() - PLUS.length()) : mechanism;
        return Arrays.stream(values())
                .filter(hash -> hash.mechanism().equals(bare))
                .findFirst();
    }

    /** Whether the mechanism binds to the channel. */
    public static boolean isPlus(String mechanism) {
        return mechanism.endsWith(PLUS);
    }

    /** The mechanism without channel binding, such as {@code SCRAM-SHA-256}. */
    public String mechanism() {
        return "SCRAM-" + digest;
    }

    /** The mechanism with channel binding, such as {@code SCRAM-SHA-256-PLUS}. */
    public String plus() {
        return mechanism() + PLUS;
    }

    /** {@code H(text)}. */
    public byte[] hash(byte[] text) {
        try {
            return MessageDigest.getInstance(digest).digest(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + digest, e);
        }
    }

    /** {@code HMAC(key, text)}. */
    public byte[] hmac(byte[] key, byte[] text) {
        return mac(key).doFinal(text);
    }

    byte[] hmac(byte[] key, String text) {
        return hmac(key, text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@code Hi(password, salt, iterations)}, which is PBKDF2 with one block. */
    public byte[] salted(String password, byte[] salt, int iterations) {
        Mac mac = mac(password.getBytes(StandardCharsets.UTF_8));
        mac.update(salt);
        byte[] last = mac.doFinal(new byte[] {0, 0, 0, 1});
        byte[] result = last.clone();
        for (int i = 1; i < iterations; i++) {
            last = mac.doFinal(last);
            for (int j = 0; j < result.length; j++) result[j] ^= last[j];
        }
        return result;
    }

    /** What a server keeps of a salted password to check the client. */
    public byte[] storedKey(byte[] salted) {
        return hash(hmac(salted, "Client Key"));
    }

    /** What a server keeps of a salted password to prove itself. */
    public byte[] serverKey(byte[] salted) {
        return hmac(salted, "Server Key");
    }

    private Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(hmac);
            // An empty key is one zero octet to HMAC, and nothing at all to Java.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, hmac));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + hmac, e);
        }
    }
}
