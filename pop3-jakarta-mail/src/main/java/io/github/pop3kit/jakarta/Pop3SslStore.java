package io.github.pop3kit.jakarta;

import jakarta.mail.Session;
import jakarta.mail.URLName;
import org.jspecify.annotations.Nullable;

/** {@link Pop3Store} with TLS from the first octet on, also by {@code mail.pop3s.class}. */
public class Pop3SslStore extends Pop3Store {

    /** For {@link Session#getStore}. */
    public Pop3SslStore(Session session, @Nullable URLName urlname) {
        super(session, urlname, "pop3s", true);
    }
}
