package io.github.pop3kit.auth;

import io.github.pop3kit.server.auth.PasswordScheme;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** Argon2 (RFC 9106), as Dovecot keeps it: {@code $argon2id$v=19$m=65536,t=3,p=1$salt$hash}. */
public final class Argon2Scheme implements PasswordScheme {

    private static final Pattern KEPT =
            Pattern.compile("\\$argon2(id|i)\\$v=19\\$m=([1-9][0-9]{0,7}),t=([1-9][0-9]{0,4}),p=([1-9][0-9]?)"
                    + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT = 16;
    private static final int HASH = 32;
    private static final int KIBIBYTES = 65_536;
    private static final int PASSES = 3;

    /** For the service loader. */
    public Argon2Scheme() {}

    @Override
    public Set<String> names() {
        return Set.of("ARGON2I", "ARGON2ID");
    }

    @Override
    public boolean slow() {
        return true;
    }

    @Override
    public boolean matches(String name, String kept, String password) {
        Matcher parts = KEPT.matcher(kept);
        if (!parts.matches()) return false;
        try {
            byte[] right = Base64.getDecoder().decode(parts.group(6));
            byte[] given = hash(
                    "argon2" + parts.group(1),
                    Integer.parseInt(parts.group(2)),
                    Integer.parseInt(parts.group(3)),
                    Integer.parseInt(parts.group(4)),
                    Base64.getDecoder().decode(parts.group(5)),
                    password,
                    right.length);
            return MessageDigest.isEqual(right, given);
        } catch (IllegalArgumentException notArgon2) {
            return false;
        }
    }

    @Override
    public String keep(String name, String password) {
        byte[] salt = new byte[SALT];
        RANDOM.nextBytes(salt);
        String variant = name.equals("ARGON2I") ? "argon2i" : "argon2id";
        byte[] hash = hash(variant, KIBIBYTES, PASSES, 1, salt, password, HASH);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$" + variant + "$v=19$m=" + KIBIBYTES + ",t=" + PASSES + ",p=1$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(hash);
    }

    private static byte[] hash(
            String variant, int memory, int passes, int lanes, byte[] salt, String password, int length) {
        int type = variant.equals("argon2i") ? Argon2Parameters.ARGON2_i : Argon2Parameters.ARGON2_id;
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(type)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memory)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] hash = new byte[length];
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
        return hash;
    }
}
