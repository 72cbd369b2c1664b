package io.github.pop3kit.server.auth;

import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides who may open which maildrop. Called by many sessions at once, each in a thread of its own, which may wait.
 *
 * <p>An empty answer means that there is no such user or that the proof is wrong, which the client cannot tell apart: the server
 * answers all failures with one text and after one delay. An {@link IOException} means that it cannot be decided now; the client
 * hears {@code [SYS/TEMP]}. The account that is returned has the name of the directory: what the client typed opens no maildrop.
 *
 * <p>A lambda for {@link #password} is an authenticator. What else one can judge it says by {@link #mechanisms}.
 */
@FunctionalInterface
public interface Authenticator {

    /**
     * Checks a password, which came by USER and PASS, PLAIN or LOGIN.
     *
     * @param user as the client typed it, prepared by SASLprep (RFC 4013)
     * @param password as the client typed it
     */
    Optional<Account> password(String user, String password) throws IOException;

    /**
     * What is kept of the user's password for SCRAM.
     *
     * @param mechanism without {@code -PLUS}, such as {@code SCRAM-SHA-256}
     * @return empty if there is no such user, for whom the server then goes through the motions
     */
    default Optional<ScramKeys> scram(String mechanism, String user) throws IOException {
        return Optional.empty();
    }

    /** Checks the digest of a password, for APOP and CRAM-MD5. */
    default Optional<Account> digest(DigestResponse response) throws IOException {
        return Optional.empty();
    }

    /**
     * Checks a token of OAuth 2.0, for OAUTHBEARER and XOAUTH2: that it is genuine, meant for this service, not expired, and of this
     * user.
     *
     * @param user empty if the client named none, which OAUTHBEARER allows
     */
    default Optional<Account> token(String user, String token) throws IOException {
        return Optional.empty();
    }

    /**
     * Finds whom a client's certificate is for, for EXTERNAL. TLS has verified it; a certificate that names nobody is for nobody.
     *
     * @param chain the client's own first
     */
    default Optional<Account> certificate(List<X509Certificate> chain) throws IOException {
        return Optional.empty();
    }

    /**
     * The account of another user for one who has proved who he is, as a master user may ask for (RFC 4422 section 2,
     * authorization identity); otherwise nobody may.
     */
    default Optional<Account> actAs(Account user, String other) throws IOException {
        return Optional.empty();
    }

    /**
     * What this authenticator can judge, of {@code PLAIN} (which stands for every way a password can come), {@code SCRAM-SHA-1},
     * {@code SCRAM-SHA-256}, {@code SCRAM-SHA-512}, {@code OAUTHBEARER}, {@code XOAUTH2}, {@code EXTERNAL}, {@code CRAM-MD5} and
     * {@code APOP}. The server offers of it what its configuration and the connection allow. Asked for each CAPA.
     */
    default Set<String> mechanisms() {
        return Set.of("PLAIN");
    }

    /** Users and their passwords in memory, for tests and examples. */
    static Authenticator passwords(Map<String, String> passwords) {
        return new KnownPasswords(Map.copyOf(passwords));
    }
}
