/** Conversations as text: what a debug log shows, and what a test plays. */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.protocol.transcript;
