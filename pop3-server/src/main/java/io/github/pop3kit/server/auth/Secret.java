package io.github.pop3kit.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Comparing secrets. */
final class Secret {

    private Secret() {}

    /** Compares in a time that does not tell how much of the secret is right; false where there is none to compare with. */
    static boolean same(@Nullable String expected, String given) {
        byte[] octets = given.getBytes(StandardCharsets.UTF_8);
        byte[] compared = expected == null ? octets : expected.getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(compared, octets) && expected != null;
    }
}
