package io.github.pop3kit.cli;

import com.google.common.net.HostAndPort;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.Tls;
import io.github.pop3kit.client.TokenSupplier;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Whose maildrop, at which server, how: {@code pop3s://user@host:port}, {@code pop3://user@host:port?tls=none}, and what RFC 2384 has,
 * {@code pop://user;AUTH=+APOP@host:port}.
 */
record Pop3Url(String user, Auth auth, HostAndPort address, Tls tls) {

    private static final Pattern FORM = Pattern.compile(
            "(?<scheme>pop3?s?)://(?:(?<user>.*)@)?(?<address>[^@/?;#]*)/?(?:\\?tls=(?<tls>[a-z-]*))?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern AUTH = Pattern.compile("([^;]*)(?:;auth=([^;]*))?", Pattern.CASE_INSENSITIVE);

    /** What stands for octets that were no characters: a locale without UTF-8, as cron has it, makes it of every umlaut. */
    private static final char UNREADABLE = '\uFFFD';

    /** How to log in. */
    enum Auth {
        ANY("*"),
        PLAIN("PLAIN"),
        APOP("+APOP");

        private final String name;

        Auth(String name) {
            this.name = name;
        }
    }

    /** @throws TypeConversionException if it is none; the message does not repeat it, since there may be a password in it */
    static Pop3Url parse(String url) {
        Matcher form = FORM.matcher(url);
        if (!form.matches()) {
            throw wrong("it is not like pop3s://user@host:port or pop3://user@host:port?tls=none");
        }
        if (form.group("user") == null) throw wrong("it does not say who: pop3s://user@host");
        Matcher user = AUTH.matcher(form.group("user"));
        if (!user.matches()) throw wrong("in a user's name \";\" is written %3B");
        boolean implicit = form.group("scheme").toLowerCase(Locale.ROOT).endsWith("s");
        return new Pop3Url(
                user(user.group(1)),
                auth(user.group(2)),
                address(form.group("address")),
                tls(implicit, form.group("tls")));
    }

    private static String user(String encoded) {
        if (encoded.contains(":")) {
            throw wrong("a password does not belong there, where others can see it;"
                    + " it comes from --password-file, --password-command, POP3_PASSWORD or a prompt");
        }
        String user;
        try {
            // A plus is a plus (RFC 3986), unlike in forms.
            user = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong("what follows a % are two hexadecimal digits");
        }
        if (user.isEmpty()) throw wrong("the user's name is empty");
        if (user.chars().anyMatch(c -> c < ' ' || c == 0x7F)) throw wrong("a user's name has no control characters");
        if (user.indexOf(UNREADABLE) >= 0) {
            throw wrong("a user's name has characters that this locale does not know; they can be written as %XX");
        }
        return user;
    }

    private static Auth auth(String name) {
        if (name == null) return Auth.ANY;
        for (Auth auth : Auth.values()) {
            if (auth.name.equalsIgnoreCase(name)) return auth;
        }
        throw wrong("after ;AUTH= stands *, PLAIN or +APOP");
    }

    private static HostAndPort address(String text) {
        try {
            HostAndPort address = HostAndPort.fromString(text).requireBracketsForIPv6();
            if (!address.hasPort() || address.getPort() > 0) {
                Pop3Client.builder(address.getHost()); // Refuses what is no host.
                return address;
            }
        } catch (IllegalArgumentException e) {
            // As below.
        }
        throw wrong("behind the user stands @host or @host:port, with IPv6 in brackets");
    }

    private static Tls tls(boolean implicit, String asked) {
        if (asked == null) return implicit ? Tls.IMPLICIT : Tls.STLS;
        if (implicit) throw wrong("pop3s:// is always with TLS; ?tls= is for pop3://");
        return switch (asked.toLowerCase(Locale.ROOT)) {
            case "stls" -> Tls.STLS;
            case "none" -> Tls.NONE;
            default -> throw wrong("behind ?tls= stands none, or stls, which need not be said");
        };
    }

    private static TypeConversionException wrong(String why) {
        return new TypeConversionException("the URL cannot be used: " + why);
    }

    /** A client of this server that is configured as far as the URL says. */
    Pop3Client.Builder client() {
        Pop3Client.Builder builder = Pop3Client.builder(address.getHost()).tls(tls);
        if (address.hasPort()) builder.port(address.getPort());
        return tls == Tls.NONE ? builder.allowCleartextLogin() : builder;
    }

    /** @throws IllegalArgumentException if it cannot be what the user meant; a wrong password may lock an account */
    Login login(String password) {
        if (password.indexOf(UNREADABLE) >= 0) {
            throw new IllegalArgumentException(
                    "the password has characters that cannot be read: they are to be UTF-8, also in the locale (LC_ALL=C.UTF-8)");
        }
        return switch (auth) {
            case ANY -> Login.password(user, password);
            case PLAIN -> Login.plain("", user, password);
            case APOP -> Login.apop(user, password);
        };
    }

    /** By OAuth 2.0, whatever the URL says about passwords. */
    Login login(TokenSupplier tokens) {
        return Login.oauth2(user, tokens);
    }

    /** As in a question: who, and where. */
    @Override
    public String toString() {
        return user + " at " + address;
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<Pop3Url> {
        @Override
        public Pop3Url convert(String value) {
            return parse(value);
        }
    }
}
