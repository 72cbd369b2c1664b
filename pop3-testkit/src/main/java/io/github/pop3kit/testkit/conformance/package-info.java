/**
 * Whether a POP3 server, of whatever make, does what the RFCs say: {@link io.github.pop3kit.testkit.conformance.Conformance}. Without
 * JUnit on the class path, too; {@link io.github.pop3kit.testkit.conformance.ConformanceTests} alone needs it.
 */
@NullMarked
package io.github.pop3kit.testkit.conformance;

import org.jspecify.annotations.NullMarked;
