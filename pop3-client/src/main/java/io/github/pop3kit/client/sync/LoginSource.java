package io.github.pop3kit.client.sync;

import io.github.pop3kit.client.Login;
import java.io.IOException;

/** Provides the credentials when a session begins, so that a password need not be kept, and a token is fresh. */
@FunctionalInterface
public interface LoginSource {

    /** The login for a session that begins now; called again for each one. */
    Login login() throws IOException;
}
