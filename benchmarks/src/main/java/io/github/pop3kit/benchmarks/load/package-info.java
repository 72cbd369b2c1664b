/** A load driver for any POP3 server, and a server that only knows its answers by heart, to show what driver and kernel can do. */
@NullMarked
package io.github.pop3kit.benchmarks.load;

import org.jspecify.annotations.NullMarked;
