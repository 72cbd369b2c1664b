package io.github.pop3kit.protocol.sasl;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The message of OAUTHBEARER (RFC 7628) and of XOAUTH2, from which it was made: a token of OAuth 2.0 for a user.
 *
 * @param user whom the token is to let in; empty where the token alone tells, which only OAUTHBEARER allows
 */
public record Bearer(String user, String token) {

    private static final char SEPARATOR = '\u0001';

    /** RFC 6750 section 2.1, b64token. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private static final Pattern HEADER = Pattern.compile("n,(?:a=([^,\0\u0001]+))?,");
    private static final Pattern SCHEME = Pattern.compile("[Bb][Ee][Aa][Rr][Ee][Rr] +(.*)");

    /** Whether a token can be sent at all. */
    public static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** Reads the message of OAUTHBEARER; empty if it is not one (RFC 7628 section 3.1). */
    public static Optional<Bearer> parseOAuthBearer(byte[] message) {
        String text = Utf8.decode(message).map(Bearer::withSeparators).orElse("");
        Matcher header = HEADER.matcher(text);
        if (!header.lookingAt()) return Optional.empty();
        String name = header.group(1) == null ? "" : header.group(1);
        Optional<String> user = SaslName.decode(name);
        return user.flatMap(known -> token(text.substring(header.end()), true).map(key -> new Bearer(known, key)));
    }

    /** WildFly Elytron takes RFC 7628's %x01 for four characters, and ends with one of them. No token has a percent sign in it. */
    private static String withSeparators(String message) {
        if (message.indexOf(SEPARATOR) >= 0 || !message.endsWith("%x01")) return message;
        return message.replace("%x01", "\u0001") + "\u0001";
    }

    /** Reads the message of XOAUTH2; empty if it is not one. */
    public static Optional<Bearer> parseXOAuth2(byte[] message) {
        Optional<String> text = Utf8.decode(message).filter(known -> known.startsWith("user="));
        if (text.isEmpty()) return Optional.empty();
        int end = text.get().indexOf(SEPARATOR);
        if (end <= "user=".length()) return Optional.empty();
        String user = text.get().substring("user=".length(), end);
        return token(text.get().substring(end), false).map(key -> new Bearer(user, key));
    }

    /** The token of {@code ^Akey=value^A…^A^A}, in which auth has to be there once. */
    private static Optional<String> token(String pairs, boolean othersAllowed) {
        if (!pairs.startsWith("\u0001") || !pairs.endsWith("\u0001\u0001")) return Optional.empty();
        Optional<String> token = Optional.empty();
        for (String pair : pairs.substring(1, pairs.length() - 2).split("\u0001", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) return Optional.empty();
            if (!pair.startsWith("auth=")) {
                if (!othersAllowed) return Optional.empty();
                continue;
            }
            Matcher scheme = SCHEME.matcher(pair.substring(equals + 1));
            if (token.isPresent() || !scheme.matches() || !isToken(scheme.group(1))) return Optional.empty();
            token = Optional.of(scheme.group(1));
        }
        return token;
    }

    /** The message of OAUTHBEARER to this server. */
    public byte[] oauthBearer(String host, int port) {
        String name = user.isEmpty() ? "" : "a=" + SaslName.encode(user);
        return octets("n," + name + ",\u0001host=" + host + "\u0001port=" + port + "\u0001auth=Bearer " + token
                + "\u0001\u0001");
    }

    /** The message of XOAUTH2. */
    public byte[] xoauth2() {
        return octets("user=" + user + "\u0001auth=Bearer " + token + "\u0001\u0001");
    }

    private static byte[] octets(String message) {
        return message.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "Bearer[user=" + user + ", token=****]";
    }
}
