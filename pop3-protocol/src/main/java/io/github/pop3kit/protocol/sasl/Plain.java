package io.github.pop3kit.protocol.sasl;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The one message of PLAIN (RFC 4616): {@code authzid NUL authcid NUL passwd} in UTF-8.
 *
 * @param authorizationId whom to act as; empty for the user who authenticates
 * @param user who authenticates
 */
public record Plain(String authorizationId, String user, String password) {

    /** Reads the message; empty unless it has exactly two NULs, a user, a password, and is valid UTF-8. */
    public static Optional<Plain> parse(byte[] message) {
        String text = Utf8.decode(message).orElse("");
        String[] parts = text.split("\0", -1);
        if (parts.length != 3 || parts[1].isEmpty() || parts[2].isEmpty()) return Optional.empty();
        return Optional.of(new Plain(parts[0], parts[1], parts[2]));
    }

    /** The message's octets. */
    public byte[] octets() {
        return (authorizationId + "\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "Plain[authorizationId=" + authorizationId + ", user=" + user + ", password=****]";
    }
}
