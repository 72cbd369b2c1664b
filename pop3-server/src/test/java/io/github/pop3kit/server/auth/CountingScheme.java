package io.github.pop3kit.server.auth;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code {COUNTING}secret}: a slow hash, as far as anybody can tell, that counts how often it is asked. */
public final class CountingScheme implements PasswordScheme {

    static final AtomicInteger ASKED = new AtomicInteger();

    @Override
    public Set<String> names() {
        return Set.of("COUNTING");
    }

    @Override
    public boolean slow() {
        return true;
    }

    @Override
    public boolean matches(String name, String kept, String password) {
        ASKED.incrementAndGet();
        return kept.equals(password);
    }

    @Override
    public String keep(String name, String password) {
        return password;
    }
}
