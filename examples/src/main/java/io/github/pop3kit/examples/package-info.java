/** Examples, small, and each with a test of its own. */
@NullMarked
package io.github.pop3kit.examples;

import org.jspecify.annotations.NullMarked;
