/** Examples, each a main of at most 60 lines with a test of its own. Empty until the first is written. */
@NullMarked
package io.github.pop3kit.examples;

import org.jspecify.annotations.NullMarked;
