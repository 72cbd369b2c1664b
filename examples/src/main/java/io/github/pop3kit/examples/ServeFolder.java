package io.github.pop3kit.examples;

import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStores;
import java.io.IOException;
import java.util.Map;

/** Serves a store of one's own, which ServiceLoader finds by the scheme of its location: {@code folder:mail}. */
public final class ServeFolder {

    private ServeFolder() {}

    /** Arguments: location, user, password. Serves until it is killed. */
    public static void main(String[] args) throws IOException {
        System.out.println("pop3://" + args[1] + "@127.0.0.1:"
                + serve(args[0], args[1], args[2]).port());
    }

    static Pop3Server serve(String location, String user, String password) throws IOException {
        MailStore store = MailStores.create(location, Map.of());
        return Pop3Server.builder()
                .store(store)
                .authenticator(Authenticator.passwords(Map.of(user, password)))
                .allowCleartextLogin() // On loopback, which is where it listens if nothing else is said.
                .start();
    }
}
