package io.github.pop3kit.examples;

import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.SessionInfo;
import io.github.pop3kit.server.SessionListener;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** A server that asks somebody else who may log in, and tells who does. */
public final class OwnLogins {

    private OwnLogins() {}

    /** Serves until it is killed; everybody's password is the name backwards. */
    public static void main(String[] args) throws IOException {
        Directory directory =
                (user, password) -> new StringBuilder(user).reverse().toString().equals(password);
        System.out.println("port " + start(directory, System.out::println).port());
    }

    /** Whatever knows the users: a database, LDAP, a web service. An IOException is {@code [SYS/TEMP]} to the client. */
    interface Directory {
        boolean knows(String user, String password) throws IOException;
    }

    static Pop3Server start(Directory directory, Consumer<String> print) throws IOException {
        Authenticator authenticator = (typed, password) -> {
            String user = typed.toLowerCase(Locale.ROOT); // The store sees this name, never the one that was typed.
            return directory.knows(user, password) ? Optional.of(Account.of(user)) : Optional.empty();
        };
        SessionListener listener = new SessionListener() {
            @Override
            public void loggedIn(SessionInfo session) {
                print.accept(session.account().orElseThrow() + " has logged in");
            }

            @Override
            public void ended(SessionInfo session) {
                print.accept(session.account().orElse("nobody") + " has left");
            }
        };
        return Pop3Server.builder()
                .store(new MemoryMailStore())
                .authenticator(authenticator)
                .listener(listener)
                .allowCleartextLogin()
                .start();
    }
}
