package io.github.pop3kit.jakarta;

import jakarta.mail.Provider;

/** Tells Jakarta Mail of the protocol {@code pop3}. Found by {@code ServiceLoader}, and not a default, so that it comes before those. */
public final class Pop3Provider extends Provider {

    /** For {@code ServiceLoader}. */
    public Pop3Provider() {
        super(Type.STORE, "pop3", Pop3Store.class.getName(), "pop3kit", null);
    }
}
