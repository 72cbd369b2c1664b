package io.github.pop3kit.client;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Public keys of which the server has to show one: its own, or that of an authority above it. Each is the SHA-256 of a
 * SubjectPublicKeyInfo (RFC 7469 section 2.4) as {@code sha256//} and base64.
 */
record Pins(Set<String> keys) {

    static final Pins NONE = new Pins(Set.of());

    private static final String PREFIX = "sha256//";

    /** @throws IllegalArgumentException if one of them is not such a pin */
    static Pins of(String... pins) {
        return new Pins(Stream.of(pins).map(Pins::checked).collect(Collectors.toUnmodifiableSet()));
    }

    private static String checked(String pin) {
        if (pin.startsWith(PREFIX)) {
            byte[] hash = Base64.getDecoder().decode(pin.substring(PREFIX.length()));
            if (hash.length == 32) return PREFIX + Base64.getEncoder().encodeToString(hash);
        }
        throw new IllegalArgumentException("a pin is sha256// and 32 octets in base64");
    }

    /** The pin of a certificate's key. */
    static String of(X509Certificate certificate) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(certificate.getPublicKey().getEncoded());
            return PREFIX + Base64.getEncoder().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Whether one of the keys is pinned.
     *
     * @param shown what the server sent, its own certificate first
     */
    boolean allow(List<X509Certificate> shown) {
        return keys.isEmpty() || signers(shown).map(Pins::of).anyMatch(keys::contains);
    }

    /**
     * The server's certificate and those that really signed each other up from it. A server may show certificates that have nothing
     * to do with its own, so that a pinned one among them proves nothing.
     */
    private static Stream<X509Certificate> signers(List<X509Certificate> shown) {
        List<X509Certificate> path = new ArrayList<>();
        X509Certificate top = shown.get(0);
        path.add(top);
        for (X509Certificate next : shown.subList(1, shown.size())) {
            if (!signed(next, top)) break;
            path.add(next);
            top = next;
        }
        return path.stream();
    }

    private static boolean signed(X509Certificate authority, X509Certificate certificate) {
        if (authority.getBasicConstraints() < 0) return false; // Not an authority.
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }
}
