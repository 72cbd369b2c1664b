package io.github.pop3kit.server;

import io.github.pop3kit.protocol.sasl.SaslPrep;

/** Names and passwords as they come from the wire. */
final class Secrets {

    private Secrets() {}

    /**
     * Whether SASLprep lets it pass and leaves anything of it (RFC 4616 section 2, of users and passwords; RFC 5034 section 4, of
     * authorization identities; RFC 6856 section 2.2).
     */
    static boolean allowed(String text) {
        return SaslPrep.prepare(text).filter(prepared -> !prepared.isEmpty()).isPresent();
    }

    /** The name prepared, so that all the ways to type it are one; as it is where it is not allowed, and then nobody has it. */
    static String prepared(String name) {
        return SaslPrep.prepare(name).orElse(name);
    }
}
