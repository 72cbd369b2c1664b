/** The messages of the SASL mechanisms, both directions; what they prove is decided elsewhere. */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.protocol.sasl;
