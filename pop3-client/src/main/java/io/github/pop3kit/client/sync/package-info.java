/** Brings new mail from POP3 servers to where it shall be, each message once, whatever happens meanwhile. */
@NullMarked
package io.github.pop3kit.client.sync;

import org.jspecify.annotations.NullMarked;
