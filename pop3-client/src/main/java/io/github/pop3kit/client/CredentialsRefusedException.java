package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Reply;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The user or the password is not accepted. Trying again with the same ones does not help, and may lock the account. A server that
 * hangs up in order instead of an answer to the password is counted here, too; the session cannot be used then.
 */
public final class CredentialsRefusedException extends CommandRejectedException {

    private static final long serialVersionUID = 1L;

    CredentialsRefusedException(String server, Reply.Err reply) {
        super(server, "refused the login" + said(reply), reply, true, null);
    }

    private CredentialsRefusedException(String server, String message, @Nullable Throwable cause) {
        super(server, message, null, false, cause);
    }

    static CredentialsRefusedException withoutToken(String server, IOException cause) {
        return new CredentialsRefusedException(
                server, "was not logged in to, for there is no token: " + cause.getMessage(), cause);
    }

    static CredentialsRefusedException closed(String server, Throwable cause) {
        return new CredentialsRefusedException(
                server,
                "closed the connection instead of an answer to the credentials: probably they are wrong",
                cause);
    }
}
