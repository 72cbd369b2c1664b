/**
 * What a test needs: {@link io.github.pop3kit.testkit.Pop3TestServer a running server}, as
 * {@linkplain io.github.pop3kit.testkit.Pop3ServerExtension a JUnit extension} too, a scripted one, faults on demand, a search for
 * leaks, and {@linkplain io.github.pop3kit.testkit.MailStoreContract the contract of a mail store}.
 */
@NullMarked
package io.github.pop3kit.testkit;

import org.jspecify.annotations.NullMarked;
