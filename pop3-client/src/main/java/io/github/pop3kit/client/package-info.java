/**
 * A POP3 client whose types are the states of the protocol: a connection that may log in, then a maildrop that may be
 * read. Empty until the client is built on {@code pop3-protocol}.
 */
@NullMarked
package io.github.pop3kit.client;

import org.jspecify.annotations.NullMarked;
