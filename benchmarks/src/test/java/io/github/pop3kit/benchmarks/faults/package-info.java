/** What clients make of a server that does wrong. */
@NullMarked
package io.github.pop3kit.benchmarks.faults;

import org.jspecify.annotations.NullMarked;
