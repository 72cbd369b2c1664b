/** Who may log in. */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.server.auth;
