package io.github.pop3kit.server.auth;

import io.github.pop3kit.store.Account;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Passwords in memory, as they are: every mechanism that is about passwords can be served. */
final class KnownPasswords implements Authenticator {

    private final Map<String, String> passwords;

    KnownPasswords(Map<String, String> passwords) {
        this.passwords = passwords;
    }

    @Override
    public Optional<Account> password(String user, String password) {
        return Secret.samePassword(passwords.get(user), password) ? Optional.of(Account.of(user)) : Optional.empty();
    }

    @Override
    public Optional<ScramKeys> scram(String mechanism, String user) {
        return Optional.ofNullable(passwords.get(user))
                .map(password -> ScramKeys.ofPassword(Account.of(user), mechanism, password));
    }

    @Override
    public Optional<Account> digest(DigestResponse response) {
        String known = passwords.get(response.user());
        boolean right = response.isOf(known == null ? "nobody" : known) && known != null;
        return right ? Optional.of(Account.of(response.user())) : Optional.empty();
    }

    @Override
    public Set<String> mechanisms() {
        return Set.of("PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "CRAM-MD5", "APOP");
    }
}
