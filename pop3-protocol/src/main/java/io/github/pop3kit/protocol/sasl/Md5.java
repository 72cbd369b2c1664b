package io.github.pop3kit.protocol.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What APOP (RFC 1939 section 7) and CRAM-MD5 (RFC 2195) have in common: a challenge that is never the same, and a digest of it and
 * of the password. Both need a server that knows the password, and who hears them can try out passwords at leisure.
 */
public final class Md5 {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Md5() {}

    /** A challenge in the form of a msg-id, with 128 random bits. */
    public static String challenge() {
        byte[] octets = new byte[16];
        RANDOM.nextBytes(octets);
        return "<" + HexFormat.of().formatHex(octets) + "@pop3kit>";
    }

    /** APOP's digest: hexadecimal digits in lower case. */
    public static String apop(String timestamp, String password) {
        try {
            byte[] text = (timestamp + prepared(password)).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** CRAM-MD5's digest: hexadecimal digits in lower case. */
    public static String cram(byte[] challenge, String password) {
        try {
            Mac mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(prepared(password).getBytes(StandardCharsets.UTF_8), "HmacMD5"));
            return HexFormat.of().formatHex(mac.doFinal(challenge));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacMD5", e);
        }
    }

    /** RFC 6856 section 2.2; where SASLprep does not allow the password, it is taken as it is. */
    private static String prepared(String password) {
        return SaslPrep.prepare(password).orElse(password);
    }

    /**
     * The response of CRAM-MD5.
     *
     * @param digest 32 hexadecimal digits in lower case
     */
    public record Response(String user, String digest) {

        /** Reads the response; empty if it is not one. */
        public static Optional<Response> parse(byte[] message) {
            return Utf8.decode(message).flatMap(Response::parse);
        }

        private static Optional<Response> parse(String text) {
            int blank = text.lastIndexOf(' ');
            String digest = text.substring(blank + 1);
            boolean valid = blank > 0 && digest.matches("[0-9a-f]{32}") && text.indexOf('\0') < 0;
            return valid ? Optional.of(new Response(text.substring(0, blank), digest)) : Optional.empty();
        }

        /** The message's octets. */
        public byte[] octets() {
            return (user + " " + digest).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return "Response[user=" + user + ", digest=****]";
        }
    }
}
