package io.github.pop3kit.server.auth;

import io.github.pop3kit.protocol.sasl.SaslPrep;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** Comparing and making secrets. */
final class Secret {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Secret() {}

    /** Compares in a time that does not tell how much of the secret is right; false where there is none to compare with. */
    static boolean same(@Nullable String expected, String given) {
        byte[] octets = given.getBytes(StandardCharsets.UTF_8);
        byte[] compared = expected == null ? octets : expected.getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(compared, octets) && expected != null;
    }

    /** The same of passwords: those that differ only in the way they are typed are one (RFC 4013). */
    static boolean samePassword(@Nullable String expected, String given) {
        return same(expected == null ? null : prepared(expected), prepared(given));
    }

    /** The password, or the name, prepared by SASLprep; as it is where that is not possible. */
    static String prepared(String text) {
        return SaslPrep.prepare(text).orElse(text);
    }

    static byte[] random(int octets) {
        byte[] random = new byte[octets];
        RANDOM.nextBytes(random);
        return random;
    }
}
