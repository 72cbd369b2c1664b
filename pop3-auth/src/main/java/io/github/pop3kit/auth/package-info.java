/**
 * Back ends for the server's authenticator that need a library of their own, such as LDAP, SQL and JWT. Empty until the
 * first of them is written; the server itself knows password files.
 */
@NullMarked
package io.github.pop3kit.auth;

import org.jspecify.annotations.NullMarked;
