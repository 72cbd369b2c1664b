/**
 * The client as a Jakarta Mail provider for {@code pop3} and {@code pop3s}. Empty until the client is there to be
 * wrapped.
 */
@NullMarked
package io.github.pop3kit.jakarta;

import org.jspecify.annotations.NullMarked;
