/**
 * What a test needs: a running server as a JUnit extension, a scripted one, faults on demand and a search for leaks.
 * Empty until the client and the server can be driven from it.
 */
@NullMarked
package io.github.pop3kit.testkit;

import org.jspecify.annotations.NullMarked;
