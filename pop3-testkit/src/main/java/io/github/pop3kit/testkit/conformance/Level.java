package io.github.pop3kit.testkit.conformance;

/** How strongly a rule is meant (RFC 2119). */
public enum Level {
    /** Who breaks it is no POP3 server. */
    MUST,
    /** There may be reasons not to keep it. */
    SHOULD
}
