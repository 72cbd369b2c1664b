package io.github.pop3kit.client;

import java.io.IOException;
import java.util.Optional;

/** Where tokens of OAuth 2.0 come from. Called by the thread that logs in, while the connection stands. */
@FunctionalInterface
public interface TokenSupplier {

    /**
     * An access token. It is asked for once, and once more if the server refuses the first.
     *
     * @param refusal empty at first; then what became of the token before, which had better be renewed
     * @throws IOException if none can be had; the login ends with it for its cause
     */
    String token(Optional<CredentialsRefusedException> refusal) throws IOException;
}
