/**
 * A POP3 client whose types are the states of the protocol: a {@link Pop3Client} is a configuration, a {@link Pop3Connection} may log
 * in, a {@link RemoteMaildrop} may be read and deleted from. What goes wrong is a {@link Pop3Exception}, and its subclasses tell
 * what may be done next.
 */
@NullMarked
package io.github.pop3kit.client;

import org.jspecify.annotations.NullMarked;
