/** One connection and the lines on it, as server and client share them. Not part of the public interface. */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.protocol.wire;
