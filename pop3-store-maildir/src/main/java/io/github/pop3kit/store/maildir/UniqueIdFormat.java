package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a unique-id is made of what is known of a message: Dovecot's {@code pop3_uidl_format}, as versions up to 2.3 write it
 * ({@code %08Xu%08Xv}) or as 2.4 does ({@code %{uid | hex(8)}%{uidvalidity | hex(8)}}).
 */
final class UniqueIdFormat {

    private static final Pattern SHORT = Pattern.compile("%(0?)([0-9]{0,2})([XMLU]*)([uvfg%])");
    private static final Pattern LONG = Pattern.compile(
            "%\\{ *(uid|uidvalidity|filename|guid)((?: *\\| *(?:hex(?:\\([0-9]{1,2}\\))?|md5|upper|lower))*) *}");

    /** Dovecot's default. */
    static final UniqueIdFormat DEFAULT = new UniqueIdFormat("%08Xu%08Xv");

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final String format;
    private final boolean dovecots;

    UniqueIdFormat(String format) {
        this.format = format;
        this.dovecots = format.equals("%08Xu%08Xv");
        String rest = LONG.matcher(SHORT.matcher(format).replaceAll("")).replaceAll("");
        if (rest.indexOf('%') >= 0 || format.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + format + "\" is no format of unique-ids: there are %u (uid), %v (uidvalidity), %f"
                            + " (file name) and %g (GUID), with 0 and a width, and X (hex), M (MD5), L, U in front of the letter, as in %08Xu%08Xv");
        }
        if (!Pattern.compile("%[0-9XMLU]*[ufg]|%\\{ *(uid|filename|guid)\\b")
                .matcher(format)
                .find()) {
            throw new IllegalArgumentException("unique-ids by \"" + format + "\" would be the same for all messages");
        }
    }

    /** Whether this is Dovecot's default, for which nothing but the uid is needed. */
    boolean isDovecots() {
        return dovecots;
    }

    String of(long uid, long validity, String base, String guid) {
        if (dovecots) return dovecots(uid, validity);
        StringBuilder id = new StringBuilder();
        for (int at = 0; at < format.length(); ) {
            Matcher field = SHORT.matcher(format).region(at, format.length());
            Matcher named = LONG.matcher(format).region(at, format.length());
            if (field.lookingAt()) {
                String value = switch (field.group(4)) {
                    case "u" -> Long.toString(uid);
                    case "v" -> Long.toString(validity);
                    case "f" -> base;
                    case "g" -> guid;
                    default -> "%";
                };
                for (char modifier : field.group(3).toCharArray()) value = modified(value, modifier);
                id.append(wide(value, field.group(1).isEmpty() ? ' ' : '0', field.group(2)));
                at = field.end();
            } else if (named.lookingAt()) {
                String value = switch (named.group(1)) {
                    case "uid" -> Long.toString(uid);
                    case "uidvalidity" -> Long.toString(validity);
                    case "filename" -> base;
                    default -> guid;
                };
                for (String filter : named.group(2).split("\\|", -1)) value = filtered(value, filter.strip());
                id.append(value);
                at = named.end();
            } else {
                id.append(format.charAt(at++));
            }
        }
        return id.toString();
    }

    /** Made by the hundred thousand: without strings that would be put together, in half the time. */
    private static String dovecots(long uid, long validity) {
        byte[] id = new byte[16];
        for (int i = 0; i < 8; i++) {
            int shift = 28 - 4 * i;
            id[i] = (byte) HEX[(int) (uid >> shift) & 0xF];
            id[8 + i] = (byte) HEX[(int) (validity >> shift) & 0xF];
        }
        return new String(id, ISO_8859_1);
    }

    private static String modified(String value, char modifier) {
        return switch (modifier) {
            case 'X' -> value.matches("[0-9]{1,18}") ? Long.toHexString(Long.parseLong(value)) : value;
            case 'M' -> md5(value);
            case 'L' -> value.toLowerCase(Locale.ROOT);
            default -> value.toUpperCase(Locale.ROOT);
        };
    }

    private static String filtered(String value, String filter) {
        if (filter.startsWith("hex(")) return wide(modified(value, 'X'), '0', filter.replaceAll("[^0-9]", ""));
        return filter.isEmpty()
                ? value
                : modified(
                        value,
                        filter.equals("hex") ? 'X' : filter.equals("md5") ? 'M' : filter.equals("lower") ? 'L' : 'U');
    }

    /** Dovecot fills with zeros only, and cuts what is longer at its end. */
    private static String wide(String value, char fill, String width) {
        if (width.isEmpty()) return value;
        int wanted = Integer.parseInt(width);
        if (fill == '0' && value.length() < wanted) return "0".repeat(wanted - value.length()) + value;
        return value.length() > wanted && wanted > 0 ? value.substring(0, wanted) : value;
    }

    private static String md5(String value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(value.getBytes(ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }

    @Override
    public String toString() {
        return format;
    }
}
