package io.github.pop3kit.client.sync;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import java.util.Objects;

/**
 * An account to synchronise: where from, where to, and what stays there.
 *
 * @param name by which the journal knows the account, so that it must not change, and must not be that of another: made of the user and
 *     the server unless it is {@linkplain #named given}
 */
public record SyncAccount(
        String name, Pop3Client client, LoginSource logins, Sink sink, Retention retention, Migration migration) {

    public SyncAccount {
        if (name.isBlank() || name.chars().anyMatch(c -> c < ' ')) {
            throw new IllegalArgumentException("an account has a name without control characters");
        }
        Objects.requireNonNull(sink);
    }

    /** An account that keeps all its mail on the server. */
    public static SyncAccount of(Pop3Client client, Login login, Sink sink) {
        return of(client, login.user(), () -> login, sink);
    }

    /** An account whose credentials are made when they are needed. */
    public static SyncAccount of(Pop3Client client, String user, LoginSource logins, Sink sink) {
        return new SyncAccount(user + "@" + host(client), client, logins, sink, Retention.keepAll(), Migration.ASK);
    }

    /** The way in does not change the maildrop: STLS and implicit TLS are the same account. */
    private static String host(Pop3Client client) {
        return client.server().replaceFirst(":(110|995)$", "");
    }

    /** The same account by another name. */
    public SyncAccount named(String other) {
        return new SyncAccount(other, client, logins, sink, retention, migration);
    }

    /** The same account with another rule for what stays on the server. */
    public SyncAccount keeping(Retention other) {
        return new SyncAccount(name, client, logins, sink, other, migration);
    }

    /** The same account with another answer if all its unique-ids are new. */
    public SyncAccount onMigration(Migration other) {
        return new SyncAccount(name, client, logins, sink, retention, other);
    }

    @Override
    public String toString() {
        return "SyncAccount[" + name + ", " + client + ", " + retention + ", " + sink + "]";
    }
}
