package io.github.pop3kit.protocol.sasl;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** What both ends of SCRAM do to its messages (RFC 5802 section 7): attributes of one letter, parted by commas, in a fixed order. */
final class ScramMessage {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE_OCTETS = 24;

    private ScramMessage() {}

    static String nonce() {
        byte[] octets = new byte[NONCE_OCTETS];
        RANDOM.nextBytes(octets);
        return Base64.getEncoder().encodeToString(octets); // It has no comma.
    }

    static byte[] octets(String message) {
        return message.getBytes(StandardCharsets.UTF_8);
    }

    /** The attributes of a message, of which the first ones must be these; empty if they are not. */
    static Optional<String[]> values(String message, String names) {
        String[] attributes = message.split(",", -1);
        if (attributes.length < names.length()) return Optional.empty();
        String[] values = new String[names.length()];
        for (int i = 0; i < attributes.length; i++) {
            boolean wellFormed = attributes[i].length() > 2
                    && attributes[i].charAt(1) == '='
                    && Character.isLetter(attributes[i].charAt(0))
                    && attributes[i].indexOf('\0') < 0;
            if (!wellFormed) return Optional.empty();
            if (i >= names.length()) continue; // Extensions that are not mandatory are let pass.
            if (attributes[i].charAt(0) != names.charAt(i)) return Optional.empty();
            values[i] = attributes[i].substring(2);
        }
        return Optional.of(values);
    }

    /** RFC 5802 section 7: printable, without a comma. */
    static boolean isNonce(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ',');
    }

    static byte[] xor(byte[] one, byte[] other) {
        byte[] result = one.clone();
        for (int i = 0; i < result.length; i++) result[i] ^= other[i];
        return result;
    }

    static byte[] join(byte[] one, byte[] other) {
        byte[] joined = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, joined, one.length, other.length);
        return joined;
    }
}
