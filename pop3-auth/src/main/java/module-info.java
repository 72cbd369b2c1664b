/** Ways to keep passwords that need Bouncy Castle: Argon2 and bcrypt. Being there is enough. */
module io.github.pop3kit.auth {
    requires transitive io.github.pop3kit.server;
    requires org.bouncycastle.provider;
    requires static org.jspecify;

    provides io.github.pop3kit.server.auth.PasswordScheme with
            io.github.pop3kit.auth.Argon2Scheme,
            io.github.pop3kit.auth.BcryptScheme;
}
