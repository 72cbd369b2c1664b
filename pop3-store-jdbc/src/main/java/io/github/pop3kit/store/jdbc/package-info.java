/**
 * Maildrops in a relational database, reached through a {@code DataSource}. Empty until the schema and the lease that
 * locks a maildrop are written.
 */
@NullMarked
package io.github.pop3kit.store.jdbc;

import org.jspecify.annotations.NullMarked;
