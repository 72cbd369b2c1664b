/**
 * A POP3 server: {@link io.github.pop3kit.server.Pop3Server#builder()} makes one, a
 * {@link io.github.pop3kit.store.MailStore} and an {@link io.github.pop3kit.server.auth.Authenticator} are what it needs.
 */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.server;
