package io.github.pop3kit.server.auth;

import io.github.pop3kit.protocol.sasl.SaslBase64;
import io.github.pop3kit.protocol.sasl.ScramHash;
import io.github.pop3kit.store.Account;
import java.security.MessageDigest;
import java.util.Optional;

/** What Dovecot's schemes SCRAM-SHA-1 and SCRAM-SHA-256 keep: {@code iterations,salt,StoredKey,ServerKey}, in base64. */
final class StoredScram {

    private static final int SALT = 16;

    private final ScramHash hash;
    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private StoredScram(ScramHash hash, int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.hash = hash;
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    static StoredScram make(String mechanism, String password) {
        ScramHash hash = ScramHash.of(mechanism).orElseThrow();
        byte[] salt = Secret.random(SALT);
        byte[] salted = hash.salted(Secret.prepared(password), salt, ScramKeys.ITERATIONS);
        return new StoredScram(hash, ScramKeys.ITERATIONS, salt, hash.storedKey(salted), hash.serverKey(salted));
    }

    /** Empty if it is not what such a scheme keeps. */
    static Optional<StoredScram> parse(String mechanism, String kept) {
        Optional<ScramHash> hash = ScramHash.of(mechanism);
        String[] parts = kept.split(",", -1);
        if (hash.isEmpty() || parts.length != 4 || !parts[0].matches("[1-9][0-9]{0,8}")) return Optional.empty();
        Optional<byte[]> salt = SaslBase64.decode(parts[1]);
        Optional<byte[]> stored = SaslBase64.decode(parts[2]);
        Optional<byte[]> server = SaslBase64.decode(parts[3]);
        if (salt.isEmpty() || stored.isEmpty() || server.isEmpty()) return Optional.empty();
        return Optional.of(
                new StoredScram(hash.get(), Integer.parseInt(parts[0]), salt.get(), stored.get(), server.get()));
    }

    boolean isOf(String password) {
        return MessageDigest.isEqual(storedKey, hash.storedKey(hash.salted(password, salt, iterations)));
    }

    int iterations() {
        return iterations;
    }

    ScramKeys keys(Account account) {
        return ScramKeys.stored(account, iterations, salt, storedKey, serverKey);
    }

    String print() {
        return iterations + "," + SaslBase64.encode(salt) + "," + SaslBase64.encode(storedKey) + ","
                + SaslBase64.encode(serverKey);
    }
}
