/**
 * JMH benchmarks of the codecs, and whole-process comparisons with other POP3 servers and clients. Empty until the first
 * is written.
 */
@NullMarked
package io.github.pop3kit.benchmarks;

import org.jspecify.annotations.NullMarked;
