package io.github.pop3kit.server;

import io.github.pop3kit.protocol.sasl.SaslPrep;

/** Names and passwords as they come from the wire. */
final class Secrets {

    private Secrets() {}

    /** Whether SASLprep lets it pass (RFC 4616 section 2, RFC 6856 section 2.2). */
    static boolean allowed(String text) {
        return SaslPrep.prepare(text).isPresent();
    }

    /** Whether SASLprep leaves a name of it, neither refused nor empty (RFC 5034 section 4, of authorization identities). */
    static boolean isName(String text) {
        return SaslPrep.prepare(text).filter(name -> !name.isEmpty()).isPresent();
    }

    /** The name prepared, so that all the ways to type it are one; as it is where it is not allowed, and then nobody has it. */
    static String prepared(String name) {
        return SaslPrep.prepare(name).orElse(name);
    }
}
