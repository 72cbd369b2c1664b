/** The server on the test bench: exported to the test kit alone. */
@NullMarked
package io.github.pop3kit.server.bench;

import org.jspecify.annotations.NullMarked;
