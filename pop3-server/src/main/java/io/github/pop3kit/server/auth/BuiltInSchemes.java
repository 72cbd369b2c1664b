package io.github.pop3kit.server.auth;

import io.github.pop3kit.protocol.sasl.ScramHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The schemes of Dovecot that need no more than the JDK. */
final class BuiltInSchemes {

    static final List<PasswordScheme> ALL =
            List.of(new Plain(), new Digest(), new Crypt(), new Pbkdf2(), new Scram(), new CramMd5());

    private BuiltInSchemes() {}

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The password itself. */
    static final class Plain implements PasswordScheme {

        @Override
        public Set<String> names() {
            return Set.of("PLAIN", "CLEARTEXT", "CLEAR");
        }

        @Override
        public boolean slow() {
            return false;
        }

        @Override
        public boolean matches(String name, String kept, String password) {
            return !kept.isEmpty() && Secret.samePassword(kept, password);
        }

        @Override
        public String keep(String name, String password) {
            return password;
        }
    }

    /** Base64 of a hash of the password and the salt, and behind it the salt; those without an S in front have none. */
    private static final class Digest implements PasswordScheme {

        private static final Map<String, String> ALGORITHMS = Map.of(
                "SSHA", "SHA-1",
                "SSHA256", "SHA-256",
                "SSHA512", "SHA-512",
                "SHA", "SHA-1",
                "SHA1", "SHA-1",
                "SHA256", "SHA-256",
                "SHA512", "SHA-512");

        private static final int SALT = 16;

        @Override
        public Set<String> names() {
            return ALGORITHMS.keySet();
        }

        @Override
        public boolean slow() {
            return false;
        }

        @Override
        public boolean matches(String name, String kept, String password) {
            MessageDigest digest = digest(name);
            int length = digest.getDigestLength();
            boolean salted = name.startsWith("SS");
            boolean hexadecimal = !salted && kept.length() == 2 * length; // Dovecot takes both.
            byte[] both;
            try {
                both = hexadecimal
                        ? HexFormat.of().parseHex(kept)
                        : Base64.getDecoder().decode(kept);
            } catch (IllegalArgumentException neither) {
                return false;
            }
            if (salted ? both.length <= length : both.length != length) return false;
            byte[] salt = Arrays.copyOfRange(both, length, both.length);
            return MessageDigest.isEqual(Arrays.copyOf(both, length), hash(digest, password, salt));
        }

        @Override
        public String keep(String name, String password) {
            byte[] salt = name.startsWith("SS") ? Secret.random(SALT) : new byte[0];
            byte[] hash = hash(digest(name), password, salt);
            byte[] both = Arrays.copyOf(hash, hash.length + salt.length);
            System.arraycopy(salt, 0, both, hash.length, salt.length);
            return Base64.getEncoder().encodeToString(both);
        }

        private static byte[] hash(MessageDigest digest, String password, byte[] salt) {
            digest.update(octets(password));
            return digest.digest(salt);
        }

        private static MessageDigest digest(String name) {
            String algorithm = ALGORITHMS.get(name);
            try {
                return MessageDigest.getInstance(String.valueOf(algorithm));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalArgumentException("there is no " + algorithm, e);
            }
        }
    }

    /** What crypt(3) makes; the password is hashed many times, and the salt and their number stand in front. */
    private static final class Crypt implements PasswordScheme {

        @Override
        public Set<String> names() {
            return Set.of("MD5-CRYPT", "MD5", "SHA256-CRYPT", "SHA512-CRYPT", "CRYPT");
        }

        @Override
        public boolean slow() {
            return true;
        }

        @Override
        public boolean matches(String name, String kept, String password) {
            try {
                return Secret.same(kept, UnixCrypt.crypt(password, kept));
            } catch (IllegalArgumentException notOfCrypt) {
                return false;
            }
        }

        @Override
        public String keep(String name, String password) {
            int kind = switch (name) {
                case "MD5-CRYPT", "MD5" -> 1;
                case "SHA256-CRYPT" -> 5;
                default -> 6;
            };
            return UnixCrypt.crypt(password, UnixCrypt.setting(kind));
        }
    }

    /** {@code $1$salt$rounds$hexadecimal}, with SHA-1. */
    private static final class Pbkdf2 implements PasswordScheme {

        private static final int ROUNDS = 5000;

        @Override
        public Set<String> names() {
            return Set.of("PBKDF2");
        }

        @Override
        public boolean slow() {
            return true;
        }

        @Override
        public boolean matches(String name, String kept, String password) {
            String[] parts = kept.split("\\$", -1);
            boolean wellFormed = parts.length == 5
                    && parts[0].isEmpty()
                    && parts[1].equals("1")
                    && parts[3].matches("[1-9][0-9]{0,8}");
            return wellFormed && Secret.same(parts[4], hash(password, parts[2], Integer.parseInt(parts[3])));
        }

        @Override
        public String keep(String name, String password) {
            String salt = Base64.getUrlEncoder().encodeToString(Secret.random(12));
            return "$1$" + salt + "$" + ROUNDS + "$" + hash(password, salt, ROUNDS);
        }

        private static String hash(String password, String salt, int rounds) {
            return HexFormat.of().formatHex(ScramHash.SHA_1.salted(password, octets(salt), rounds));
        }
    }

    /** {@code iterations,salt,StoredKey,ServerKey}. */
    private static final class Scram implements PasswordScheme {

        @Override
        public Set<String> names() {
            return Set.of("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512");
        }

        @Override
        public boolean slow() {
            return true;
        }

        @Override
        public boolean matches(String name, String kept, String password) {
            return StoredScram.parse(name, kept)
                    .map(stored -> stored.isOf(password))
                    .orElse(false);
        }

        @Override
        public String keep(String name, String password) {
            return StoredScram.make(name, password).print();
        }
    }

    /** The states of HMAC-MD5. */
    private static final class CramMd5 implements PasswordScheme {

        @Override
        public Set<String> names() {
            return Set.of("CRAM-MD5", "HMAC-MD5");
        }

        @Override
        public boolean slow() {
            return false;
        }

        @Override
        public boolean matches(String name, String kept, String password) {
            return Secret.same(kept, CramMd5Key.of(password).print());
        }

        @Override
        public String keep(String name, String password) {
            return CramMd5Key.of(password).print();
        }
    }
}
