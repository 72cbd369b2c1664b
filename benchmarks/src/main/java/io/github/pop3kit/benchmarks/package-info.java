/** JMH benchmarks of the codecs, and the Java side of the comparison of clients. */
@NullMarked
package io.github.pop3kit.benchmarks;

import org.jspecify.annotations.NullMarked;
