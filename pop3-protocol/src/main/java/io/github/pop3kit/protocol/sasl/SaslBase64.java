package io.github.pop3kit.protocol.sasl;

import java.util.Base64;
import java.util.Optional;

/** Base64 as SASL's profile of POP3 sends it (RFC 5034 section 4): strict, so that no two texts mean the same octets. */
public final class SaslBase64 {

    private SaslBase64() {}

    /** Octets as a challenge or response line. */
    public static String encode(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    /** The octets of a response line; empty if it has blanks, lacks its padding, or is not the canonical form. */
    public static Optional<byte[]> decode(String line) {
        try {
            byte[] octets = Base64.getDecoder().decode(line);
            return encode(octets).equals(line) ? Optional.of(octets) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** The octets of an initial response, where {@code =} stands for an empty one. */
    public static Optional<byte[]> decodeInitial(String response) {
        return response.equals("=") ? Optional.of(new byte[0]) : decode(response);
    }
}
