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

    private static final List<String> SCRAM = List.of(
            "SCRAM-SHA-512-PLUS",
            "SCRAM-SHA-256-PLUS",
            "SCRAM-SHA-1-PLUS",
            "SCRAM-SHA-512",
            "SCRAM-SHA-256",
            "SCRAM-SHA-1");

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
        List<String> listed = properties.words(Property.MECHANISMS);
        if (listed.isEmpty()) {
            addUsual(ways, offered);
        } else {
            for (String name : listed) addNamed(ways, name.toUpperCase(Locale.ROOT), offered);
        }
        if (ways.isEmpty()) {
            throw properties.refused(
                    Property.MECHANISMS,
                    "leaves no mechanism that both the server and this provider have; this provider has LOGIN, PLAIN, SCRAM-SHA-1, "
                            + "-256 and -512 with and without -PLUS, CRAM-MD5, APOP, OAUTHBEARER, XOAUTH2");
        }
        return ways;
    }

    private void addUsual(List<Login> ways, Capabilities offered) throws MessagingException {
        Optional<String> actAs = properties.text(Property.AUTHORIZATION_ID);
        boolean login = !properties.is(Property.NO_LOGIN);
        boolean plain = !properties.is(Property.NO_PLAIN);
        if (actAs.isPresent() && plain && offered.has("SASL", "PLAIN")) {
            ways.add(Login.plain(actAs.get(), user, password));
            return;
        }
        List<String> allowed = new ArrayList<>(SCRAM);
        if (plain) allowed.add("PLAIN");
        if (login) allowed.addAll(List.of("LOGIN", "USER"));
        ways.add(Login.password(user, password).only(allowed.toArray(String[]::new)));
        if (!properties.is(Property.NO_XOAUTH2, true)) ways.add(token());
    }

    private void addNamed(List<Login> ways, String name, Capabilities offered) throws MessagingException {
        boolean has = offered.has("SASL", name);
        switch (name) {
            case "LOGIN" -> {
                if (!properties.is(Property.NO_LOGIN)) ways.add(Login.userPass(user, password));
            }
            case "PLAIN" -> {
                String actAs = properties.text(Property.AUTHORIZATION_ID).orElse("");
                if (has && !properties.is(Property.NO_PLAIN)) ways.add(Login.plain(actAs, user, password));
            }
            case "APOP" -> ways.add(Login.apop(user, password));
            case "OAUTHBEARER", "XOAUTH2" -> {
                if (has && !properties.is(Property.NO_XOAUTH2)) ways.add(token());
            }
            default -> {
                // Others are passed over, as documented: only those that this provider has are considered.
                if (has && (SCRAM.contains(name) || name.equals("CRAM-MD5"))) {
                    ways.add(Login.password(user, password).only(name));
                }
            }
        }
    }

    /** The password is the token. */
    private Login token() {
        return Login.oauth2(user, refusal -> password);
    }
}
