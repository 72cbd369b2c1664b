/**
 * What a mail store has to offer to be served over POP3.
 *
 * <p>A {@link io.github.pop3kit.store.MailStore} opens {@linkplain io.github.pop3kit.store.Maildrop maildrops}; a maildrop is a
 * numbered, locked snapshot. There are no message objects: numbers go in, primitives and octets come out. Marks for deletion
 * are the session's business, so a store never sees DELE or RSET, only the one call that removes what was marked.
 */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.store;
