package io.github.pop3kit.jakarta;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.protocol.Capabilities;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The ways to log in that the properties allow, in their order. */
final class Logins {

    private final MailProperties properties;
    private final String user;
    private final String password;

    private Logins(MailProperties properties, String user, String password) {
        this.properties = properties;
        this.user = user;
        this.password = password;
    }

    static Logins of(MailProperties properties, String user, String password) throws MessagingException {
        try {
            Login.password(user, password);
        } catch (IllegalArgumentException e) {
            throw new AuthenticationFailedException(e.getMessage(), e);
        }
        return new Logins(properties, user, password);
    }

    /** What to try; all but the first only where the server turns out not to have the one before. */
    List<Login> inOrder(Capabilities offered) throws MessagingException {
        List<Login> ways = new ArrayList<>();
        if (properties.is(Property.APOP)) ways.add(Login.apop(user, password));
        Optional<String> listed = properties.text(Property.MECHANISMS);
        boolean login = !properties.is(Property.NO_LOGIN);
        boolean plain = !properties.is(Property.NO_PLAIN);
        Optional<String> actAs = properties.text(Property.AUTHORIZATION_ID);
        if (listed.isPresent()) {
            for (String name : listed.get().strip().split("[\\s,]+", -1)) {
                switch (name.toUpperCase(Locale.ROOT)) {
                    case "LOGIN" -> {
                        if (login) ways.add(Login.userPass(user, password));
                    }
                    case "PLAIN" -> {
                        if (plain && offered.has("SASL", "PLAIN")) ways.add(plain(actAs));
                    }
                    default -> {
                        // Considered are only those that this provider has, as documented.
                    }
                }
            }
            if (ways.isEmpty()) {
                throw properties.refused(
                        Property.MECHANISMS,
                        "allows no mechanism that both the server and this provider have (LOGIN, PLAIN)");
            }
        } else if (actAs.isPresent() && plain && offered.has("SASL", "PLAIN")) {
            ways.add(plain(actAs));
        } else if (login && plain) {
            ways.add(Login.password(user, password));
        } else if (login) {
            ways.add(Login.userPass(user, password));
        } else if (plain) {
            ways.add(plain(actAs));
        } else if (ways.isEmpty()) {
            throw properties.refused(Property.NO_LOGIN, "and the like leave no way to log in");
        }
        return ways;
    }

    private Login plain(Optional<String> actAs) {
        return Login.plain(actAs.orElse(""), user, password);
    }
}
