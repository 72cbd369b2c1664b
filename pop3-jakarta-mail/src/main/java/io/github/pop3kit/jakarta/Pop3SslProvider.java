package io.github.pop3kit.jakarta;

import jakarta.mail.Provider;

/** Tells Jakarta Mail of the protocol {@code pop3s}, see {@link Pop3Provider}. */
public final class Pop3SslProvider extends Provider {

    /** For {@code ServiceLoader}. */
    public Pop3SslProvider() {
        super(Type.STORE, "pop3s", Pop3SslStore.class.getName(), "pop3kit", null);
    }
}
