package io.github.pop3kit.protocol.sasl;

import java.util.Optional;

/** Names in messages that are parted by commas (RFC 5801 section 4, RFC 5802 section 5.1). */
final class SaslName {

    private SaslName() {}

    static String encode(String name) {
        return name.replace("=", "=3D").replace(",", "=2C");
    }

    /** Empty if there is an equals sign that no escape begins with, or a comma. */
    static Optional<String> decode(String name) {
        String rest = name.replace("=2C", "").replace("=3D", "");
        boolean wrong = rest.indexOf('=') >= 0 || rest.indexOf(',') >= 0 || name.indexOf('\0') >= 0;
        return wrong ? Optional.empty() : Optional.of(name.replace("=2C", ",").replace("=3D", "="));
    }
}
