package io.github.pop3kit.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What crypt(3) makes: MD5 as in FreeBSD 2.0 ({@code $1$}), SHA-256 and SHA-512 as U. Drepper specified them in "Unix crypt using
 * SHA-256 and SHA-512", version 0.6 ({@code $5$}, {@code $6$}). Our own, so that a server in a test needs no jar that is not ours.
 */
final class UnixCrypt {

    private static final String DIGITS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final Pattern SETTING =
            Pattern.compile("\\$(?:(1)\\$|([56])\\$(?:rounds=([0-9]{1,9})\\$)?)([^$]*)(?:\\$.*)?");
    private static final int LEAST_ROUNDS = 1000;
    private static final int USUAL_ROUNDS = 5000;

    private UnixCrypt() {}

    /** A setting with new salt for {@link #crypt}; {@code kind} is 1, 5 or 6. */
    static String setting(int kind) {
        StringBuilder setting = new StringBuilder("$" + kind + "$");
        for (byte random : Secret.random(kind == 1 ? 8 : 16)) setting.append(DIGITS.charAt(random & 63));
        return setting.toString();
    }

    /**
     * The password hashed as {@code setting} says, with the setting in front.
     *
     * @param setting kind, salt and perhaps rounds; what stands behind, as in an entry that is kept, is not looked at
     * @throws IllegalArgumentException if it is of another kind
     */
    static String crypt(String password, String setting) {
        Matcher parts = SETTING.matcher(setting);
        if (!parts.matches()) throw new IllegalArgumentException("another kind of crypt");
        byte[] octets = password.getBytes(StandardCharsets.UTF_8);
        String salt = parts.group(4);
        if (parts.group(1) != null) return md5(octets, salt.substring(0, Math.min(salt.length(), 8)));
        String kept = salt.substring(0, Math.min(salt.length(), 16));
        return sha(parts.group(2), octets, kept, parts.group(3));
    }

    private static String md5(byte[] password, String salt) {
        byte[] salted = salt.getBytes(StandardCharsets.UTF_8);
        MessageDigest md5 = digest("MD5");
        byte[] hash = hash(md5, password, salted, password);
        md5.update(password);
        md5.update("$1$".getBytes(StandardCharsets.US_ASCII));
        md5.update(salted);
        md5.update(repeated(hash, password.length));
        for (int bits = password.length; bits > 0; bits >>= 1) {
            if ((bits & 1) != 0) md5.update((byte) 0);
            else md5.update(password, 0, 1);
        }
        hash = md5.digest();
        for (int round = 0; round < 1000; round++) hash = round(md5, round, hash, password, salted);
        return "$1$" + salt + "$"
                + printed(hash, new int[] {0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5, -1, -1, 11});
    }

    private static String sha(String kind, byte[] password, String salt, @Nullable String rounds) {
        boolean is256 = kind.equals("5");
        byte[] salted = salt.getBytes(StandardCharsets.UTF_8);
        MessageDigest sha = digest(is256 ? "SHA-256" : "SHA-512");
        byte[] hash = hash(sha, password, salted, password);
        sha.update(password);
        sha.update(salted);
        sha.update(repeated(hash, password.length));
        for (int bits = password.length; bits > 0; bits >>= 1) sha.update((bits & 1) != 0 ? hash : password);
        hash = sha.digest();
        for (int i = 0; i < password.length; i++) sha.update(password);
        byte[] manyPasswords = repeated(sha.digest(), password.length);
        for (int i = 0; i < 16 + (hash[0] & 0xFF); i++) sha.update(salted);
        byte[] manySalts = repeated(sha.digest(), salted.length);
        int count = rounds == null ? USUAL_ROUNDS : Math.max(LEAST_ROUNDS, Integer.parseInt(rounds));
        for (int round = 0; round < count; round++) hash = round(sha, round, hash, manyPasswords, manySalts);
        return "$" + kind + "$" + (rounds == null ? "" : "rounds=" + count + "$") + salt + "$"
                + printed(hash, is256 ? order(10, -1, 31, 30) : order(21, -1, -1, 63));
    }

    /** All three kinds have the same rounds. */
    private static byte[] round(MessageDigest digest, int round, byte[] before, byte[] password, byte[] salt) {
        boolean odd = (round & 1) != 0;
        digest.update(odd ? password : before);
        if (round % 3 != 0) digest.update(salt);
        if (round % 7 != 0) digest.update(password);
        digest.update(odd ? before : password);
        return digest.digest();
    }

    private static byte[] hash(MessageDigest digest, byte[]... parts) {
        for (byte[] part : parts) digest.update(part);
        return digest.digest();
    }

    /** So many octets of {@code hash}, begun again where it ends. */
    private static byte[] repeated(byte[] hash, int length) {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) octets[i] = hash[i % hash.length];
        return octets;
    }

    /** In which order SHA's octets are printed: three by three, one from each third of them, turned by one each time. */
    private static int[] order(int third, int... last) {
        int[] order = new int[3 * third + 3];
        int step = third % 3 == 0 ? 1 : 2; // SHA-512 turns them one way, SHA-256 the other.
        for (int column = 0; column < third; column++) {
            for (int row = 0; row < 3; row++) order[3 * column + row] = column + third * ((row + step * column) % 3);
        }
        System.arraycopy(last, 0, order, 3 * third, 3);
        return order;
    }

    /** Six bits a digit, the lowest first, three octets a time, the highest first; -1 is no octet. */
    private static String printed(byte[] hash, int[] order) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < order.length; i += 3) {
            int bits = 0;
            int octets = 0;
            for (int index : Arrays.copyOfRange(order, i, i + 3)) {
                bits = bits << 8 | (index < 0 ? 0 : hash[index] & 0xFF);
                if (index >= 0) octets++;
            }
            for (int digit = 0; digit <= octets; digit++, bits >>= 6) text.append(DIGITS.charAt(bits & 63));
        }
        return text.toString();
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
