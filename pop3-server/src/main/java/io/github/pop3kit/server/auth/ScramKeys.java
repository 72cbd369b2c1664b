package io.github.pop3kit.server.auth;

import io.github.pop3kit.protocol.sasl.ScramHash;
import io.github.pop3kit.store.Account;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is kept of a password for SCRAM (RFC 5802 section 3): with it a client can be checked, but nobody can log in elsewhere.
 * Immutable.
 */
public final class ScramKeys {

    /** What Dovecot and others use; RFC 7677 section 4 asks for as many at least. */
    static final int ITERATIONS = 4096;

    private static final int SALT = 16;

    /** Salts of those of whom none is kept: the same each time, in this process. */
    private static final byte[] SALT_KEY = Secret.random(32);

    /** Both keys, which are worked out when the client has answered, and not before: nobody shall see how long that takes. */
    private record Keys(Supplier<byte[]> stored, Supplier<byte[]> server) {}

    private final Optional<Account> account;
    private final int iterations;
    private final byte[] salt;
    private final Keys keys;

    private ScramKeys(Optional<Account> account, int iterations, byte[] salt, Keys keys) {
        this.account = account;
        this.iterations = iterations;
        this.salt = salt;
        this.keys = keys;
    }

    /** What was kept: the keys as RFC 5802 section 3 names them. */
    public static ScramKeys stored(Account account, int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        byte[] stored = storedKey.clone();
        byte[] server = serverKey.clone();
        return new ScramKeys(Optional.of(account), iterations, salt.clone(), new Keys(stored::clone, server::clone));
    }

    /**
     * Of a password that is kept as it is.
     *
     * @param mechanism such as {@code SCRAM-SHA-256}
     */
    public static ScramKeys ofPassword(Account account, String mechanism, String password) {
        return made(Optional.of(account), hash(mechanism), account.name(), password, ITERATIONS);
    }

    /** Of a user who is not there, so that it cannot be told: nobody's proof is right. */
    public static ScramKeys nobody(String mechanism, String user) {
        return nobody(mechanism, user, ITERATIONS);
    }

    static ScramKeys nobody(String mechanism, String user, int iterations) {
        return made(Optional.empty(), hash(mechanism), user, "nobody", iterations);
    }

    private static ScramKeys made(
            Optional<Account> account, ScramHash hash, String name, String password, int iterations) {
        byte[] whose = (hash + name.toLowerCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8);
        byte[] salt = Arrays.copyOf(ScramHash.SHA_256.hmac(SALT_KEY, whose), SALT);
        Supplier<byte[]> salted = once(() -> hash.salted(Secret.prepared(password), salt, iterations));
        Keys keys = new Keys(() -> hash.storedKey(salted.get()), () -> hash.serverKey(salted.get()));
        return new ScramKeys(account, iterations, salt, keys);
    }

    /** Both keys are made of what takes the time. */
    private static Supplier<byte[]> once(Supplier<byte[]> work) {
        byte[][] done = new byte[1][];
        return () -> {
            synchronized (done) {
                if (done[0] == null) done[0] = work.get();
                return done[0];
            }
        };
    }

    private static ScramHash hash(String mechanism) {
        return ScramHash.of(mechanism)
                .orElseThrow(() -> new IllegalArgumentException("SCRAM has no mechanism " + mechanism));
    }

    /** Whose they are; empty for nobody's. */
    public Optional<Account> account() {
        return account;
    }

    /** How often the password was hashed. */
    public int iterations() {
        return iterations;
    }

    /** What was hashed with the password. */
    public byte[] salt() {
        return salt.clone();
    }

    /** What checks the client. May take milliseconds. */
    public byte[] storedKey() {
        return keys.stored.get();
    }

    /** What proves the server. May take milliseconds. */
    public byte[] serverKey() {
        return keys.server.get();
    }

    @Override
    public String toString() {
        return "ScramKeys[" + account.map(Account::name).orElse("nobody") + "]";
    }
}
