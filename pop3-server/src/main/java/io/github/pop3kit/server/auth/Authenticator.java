package io.github.pop3kit.server.auth;

import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Decides who may open which maildrop. Called by many sessions at once. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Checks a password.
     *
     * @param user as the client typed it
     * @return the account, named as the directory names it; empty if there is no such user or the password is another, which the
     *     client cannot tell apart
     * @throws IOException if it cannot be decided now; the client hears {@code [SYS/TEMP]}
     */
    Optional<Account> password(String user, String password) throws IOException;

    /** Users and their passwords in memory, for tests and examples. */
    static Authenticator passwords(Map<String, String> passwords) {
        Map<String, String> known = Map.copyOf(passwords);
        return (user, password) ->
                Secret.same(known.get(user), password) ? Optional.of(Account.of(user)) : Optional.empty();
    }
}
