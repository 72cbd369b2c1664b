package io.github.pop3kit.server.auth;

import java.util.Set;

/**
 * A way to keep passwords, named in braces in front of what is kept, as in {@code {SSHA}…}. Implementations are found by
 * {@link java.util.ServiceLoader}, have no state, and are called by many threads.
 */
public interface PasswordScheme {

    /** Its names in upper case. */
    Set<String> names();

    /**
     * Whether it takes milliseconds on purpose. Then only so many sessions do it at once, and others wait or hear
     * {@code [SYS/TEMP]}.
     */
    boolean slow();

    /**
     * Whether what was kept is of this password; compared in constant time, and false for what the scheme does not understand.
     *
     * @param name the one of {@link #names} that was there
     */
    boolean matches(String name, String kept, String password);

    /** What to keep of a password, with a new salt. */
    String keep(String name, String password);
}
