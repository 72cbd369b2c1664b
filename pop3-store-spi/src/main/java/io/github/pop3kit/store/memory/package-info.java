/** The reference store: the whole contract of a {@link io.github.pop3kit.store.MailStore}, without a disk in the way. */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.store.memory;
