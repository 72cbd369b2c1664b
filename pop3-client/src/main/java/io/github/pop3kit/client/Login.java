package io.github.pop3kit.client;

import java.util.Set;

/**
 * Who logs in, and how. Nothing of it but the user is ever shown, by {@code toString()} least of all. All factories refuse CR, LF
 * and NUL, with which a name could carry commands of its own.
 */
public sealed interface Login {

    /**
     * A user and a password, in the best way that the server offers: SCRAM, bound to the TLS connection if possible; otherwise PLAIN,
     * LOGIN, or USER and PASS, these over TLS only, unless {@link Pop3Client.Builder#allowCleartextLogin} was said. What digests of
     * MD5 prove, CRAM-MD5 and APOP, has to be asked for by {@link Password#only}.
     */
    static Password password(String user, String password) {
        return new Password(user, password);
    }

    /** Like {@link #password(String, String)}; the array can be cleared afterwards, the login itself keeps a copy. */
    static Password password(String user, char[] password) {
        return new Password(user, new String(password));
    }

    /** USER and PASS (RFC 1939 section 7), whatever the server offers. */
    static Login userPass(String user, String password) {
        return new UserPass(user, password);
    }

    /**
     * AUTH PLAIN (RFC 4616), whatever the server offers.
     *
     * @param actAs whose maildrop; empty for the user's own
     */
    static Login plain(String actAs, String user, String password) {
        return new Plain(actAs, user, password);
    }

    /**
     * APOP (RFC 1939 section 7). It hides the password from those who only listen, also where there is no TLS; but it is made of MD5
     * alone, and who poses as the server can find out short passwords (CVE-2007-1558). For servers that have nothing better.
     */
    static Login apop(String user, String password) {
        return new Apop(user, password);
    }

    /**
     * A token of OAuth 2.0, by OAUTHBEARER (RFC 7628) or else XOAUTH2, over TLS only unless clear logins were allowed. A token that
     * makes the line too long waits for the server to ask for it, and so does the second one, since some servers know no other form.
     */
    static Login oauth2(String user, TokenSupplier tokens) {
        return new OAuth2(user, tokens);
    }

    /**
     * The client's certificate, by EXTERNAL (RFC 4422 appendix A); {@link TlsTrust#context} brings it.
     *
     * @param actAs whose maildrop; empty for the one that the certificate is for
     */
    static Login external(String actAs) {
        return new External(actAs);
    }

    /** Who logs in. */
    String user();

    /**
     * See {@link Login#password(String, String)}.
     *
     * @param mechanisms by which of them it may be done: names of SASL, {@code USER} for USER and PASS, {@code APOP}
     */
    record Password(String user, String password, Set<String> mechanisms) implements Login {

        private static final Set<String> USUAL = Set.of(
                "SCRAM-SHA-512-PLUS",
                "SCRAM-SHA-256-PLUS",
                "SCRAM-SHA-1-PLUS",
                "SCRAM-SHA-512",
                "SCRAM-SHA-256",
                "SCRAM-SHA-1",
                "PLAIN",
                "LOGIN",
                "USER");

        public Password {
            checkUser(user);
            checkSecret(password);
            mechanisms = Set.copyOf(mechanisms);
        }

        Password(String user, String password) {
            this(user, password, USUAL);
        }

        /**
         * The same by no other mechanisms than these, of which the best is taken: those of SCRAM with and without {@code -PLUS}, {@code
         * PLAIN}, {@code LOGIN}, {@code USER}, {@code CRAM-MD5}, {@code APOP}.
         *
         * @throws IllegalArgumentException if there is no such mechanism
         */
        public Password only(String... names) {
            for (String name : names) {
                if (!USUAL.contains(name) && !name.equals("CRAM-MD5") && !name.equals("APOP")) {
                    throw new IllegalArgumentException("a password does not go by " + name);
                }
            }
            return new Password(user, password, Set.of(names));
        }

        @Override
        public String toString() {
            return "Login[" + user + ", ****]";
        }
    }

    /** See {@link Login#userPass}. */
    record UserPass(String user, String password) implements Login {
        public UserPass {
            checkUser(user);
            checkSecret(password);
        }

        @Override
        public String toString() {
            return "Login[USER " + user + ", ****]";
        }
    }

    /** See {@link Login#plain}. */
    record Plain(String actAs, String user, String password) implements Login {
        public Plain {
            check(actAs, "a name");
            checkUser(user);
            checkSecret(password);
        }

        @Override
        public String toString() {
            return "Login[AUTH PLAIN " + user + ", ****]";
        }
    }

    /** See {@link Login#apop}. */
    record Apop(String user, String password) implements Login {
        public Apop {
            checkUser(user);
            checkSecret(password);
        }

        @Override
        public String toString() {
            return "Login[APOP " + user + ", ****]";
        }
    }

    /** See {@link Login#oauth2}. */
    record OAuth2(String user, TokenSupplier tokens) implements Login {
        public OAuth2 {
            checkUser(user);
        }

        @Override
        public String toString() {
            return "Login[OAuth2 " + user + "]";
        }
    }

    /** See {@link Login#external}. */
    record External(String user) implements Login {
        public External {
            check(user, "a user's name");
        }

        @Override
        public String toString() {
            return "Login[EXTERNAL " + user + "]";
        }
    }

    private static void checkUser(String user) {
        if (user.isEmpty()) throw new IllegalArgumentException("a user has a name");
        check(user, "a user's name");
    }

    private static void checkSecret(String password) {
        if (password.isEmpty()) throw new IllegalArgumentException("the password is empty");
        check(password, "a password");
    }

    private static void check(String text, String what) {
        boolean bad = text.chars().anyMatch(c -> c == '\r' || c == '\n' || c == '\0');
        if (bad) throw new IllegalArgumentException(what + " has no CR, LF or NUL in it");
    }
}
