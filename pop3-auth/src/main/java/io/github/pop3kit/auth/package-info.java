/** Password schemes that need a library of their own, found by the service loader. */
@NullMarked
package io.github.pop3kit.auth;

import org.jspecify.annotations.NullMarked;
