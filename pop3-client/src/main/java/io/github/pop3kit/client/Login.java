package io.github.pop3kit.client;

/**
 * Who logs in, and how. Nothing of it but the user is ever shown, by {@code toString()} least of all. All factories refuse CR, LF
 * and NUL, with which a name could carry commands of its own.
 */
public sealed interface Login {

    /**
     * A user and a password, in the way that the server offers: AUTH PLAIN if there is one, otherwise USER and PASS. Over TLS only,
     * unless {@link Pop3Client.Builder#allowCleartextLogin} was said.
     */
    static Login password(String user, String password) {
        return new Password(user, password);
    }

    /** Like {@link #password(String, String)}; the array can be cleared afterwards, the login itself keeps a copy. */
    static Login password(String user, char[] password) {
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

    /** Who logs in. */
    String user();

    /** See {@link Login#password(String, String)}. */
    record Password(String user, String password) implements Login {
        public Password {
            checkUser(user);
            checkSecret(password);
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
