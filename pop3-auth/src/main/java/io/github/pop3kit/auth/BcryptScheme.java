package io.github.pop3kit.auth;

import io.github.pop3kit.server.auth.PasswordScheme;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** bcrypt, as crypt(3) and Dovecot keep it: {@code $2y$05$…}. */
public final class BcryptScheme implements PasswordScheme {

    private static final Pattern KEPT = Pattern.compile("\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT = 16;

    /** Some hundredths of a second. */
    private static final int COST = 10;

    /** What crypt(3) takes of a password. */
    private static final int LONGEST = 72;

    /** For the service loader. */
    public BcryptScheme() {}

    @Override
    public Set<String> names() {
        return Set.of("BLF-CRYPT");
    }

    @Override
    public boolean slow() {
        return true;
    }

    @Override
    public boolean matches(String name, String kept, String password) {
        if (!KEPT.matcher(kept).matches()) return false;
        // In constant time.
        return OpenBSDBCrypt.checkPassword(kept, octets(password));
    }

    @Override
    public String keep(String name, String password) {
        byte[] salt = new byte[SALT];
        RANDOM.nextBytes(salt);
        return OpenBSDBCrypt.generate("2y", octets(password), salt, COST);
    }

    private static byte[] octets(String password) {
        byte[] octets = password.getBytes(StandardCharsets.UTF_8);
        return octets.length > LONGEST ? Arrays.copyOf(octets, LONGEST) : octets;
    }
}
