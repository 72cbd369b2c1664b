package io.github.pop3kit.testkit;

import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.auth.DigestResponse;
import io.github.pop3kit.server.auth.ScramKeys;
import io.github.pop3kit.store.Account;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A test server's users, their passwords and their tokens. For any thread. */
final class TestLogins implements Authenticator {

    /** The server of the kit can do all but EXTERNAL: it asks nobody for a certificate. */
    private static final Set<String> JUDGED = Set.of(
            "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "XOAUTH2", "CRAM-MD5", "APOP");

    private final Map<String, String> passwords = new ConcurrentHashMap<>();

    /** Whose each token is. */
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    private final boolean checksPasswords;

    TestLogins(boolean checksPasswords) {
        this.checksPasswords = checksPasswords;
    }

    void put(String user, String password) {
        passwords.put(user, password);
    }

    void putToken(String user, String token) {
        tokens.put(token, user);
    }

    Set<String> users() {
        return passwords.keySet();
    }

    void clear() {
        passwords.clear();
        tokens.clear();
    }

    @Override
    public Optional<Account> password(String user, String password) {
        if (!checksPasswords) passwords.putIfAbsent(user, password);
        return account(user, !checksPasswords || password.equals(passwords.get(user)));
    }

    /** The client wants a proof, too: the password has to be known, checked or not. */
    @Override
    public Optional<ScramKeys> scram(String mechanism, String user) {
        return Optional.ofNullable(passwords.get(user))
                .map(password -> ScramKeys.ofPassword(Account.of(user), mechanism, password));
    }

    @Override
    public Optional<Account> digest(DigestResponse response) {
        String user = response.user();
        if (!checksPasswords) passwords.putIfAbsent(user, "");
        String password = passwords.get(user);
        return account(user, !checksPasswords || (password != null && response.isOf(password)));
    }

    @Override
    public Optional<Account> token(String user, String token) {
        if (!checksPasswords && !user.isEmpty()) {
            passwords.putIfAbsent(user, "");
            return account(user, true);
        }
        String owner = tokens.get(token);
        return account(String.valueOf(owner), owner != null && (user.isEmpty() || user.equals(owner)));
    }

    private static Optional<Account> account(String user, boolean right) {
        return right ? Optional.of(Account.of(user)) : Optional.empty();
    }

    @Override
    public Set<String> mechanisms() {
        return JUDGED;
    }
}
