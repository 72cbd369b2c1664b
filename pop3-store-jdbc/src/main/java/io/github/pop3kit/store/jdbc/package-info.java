/**
 * Maildrops in a relational database: PostgreSQL, MariaDB or MySQL, H2, SQLite. Any number of servers may use one database at once;
 * what they promise each other is in {@code docs/jdbc.md}.
 */
@NullMarked
package io.github.pop3kit.store.jdbc;

import org.jspecify.annotations.NullMarked;
