package io.github.pop3kit.client;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes text of a field body: encoded-words (RFC 2047), raw UTF-8 (RFC 6532), and what no RFC allows but people send. Time and
 * memory are linear in the octets, nothing is ever refused, and the text has no control characters ({@link #printable}).
 *
 * <p>More is taken for an encoded-word than RFC 2047 section 5 allows: it may stand next to any text and in quoted-strings, be
 * longer than 75 characters or empty, and hold blanks and raw octets. One whose charset is unknown here or whose base64 is broken
 * stays as it is.
 *
 * <p>The octets of adjacent words of one charset are decoded together, because senders split characters between words.
 */
final class EncodedWords {

    /** What raw octets are if they are not UTF-8: the usual guess, and all of ISO 8859-1 that can be printed. */
    private static final Charset NOT_UTF_8 = Charset.forName("windows-1252");

    private final String octets;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder run = new StringBuilder();
    private @Nullable Charset runCharset;

    private EncodedWords(String octets) {
        this.octets = octets;
    }

    /** The text of an unfolded field body whose characters are octets. */
    static String decode(String octets) {
        return printable(new EncodedWords(octets).text());
    }

    /** The text of octets in which no encoded-words are looked for. */
    static String literal(String octets) {
        return printable(raw(octets));
    }

    private String text() {
        int done = 0;
        int start = octets.indexOf("=?");
        while (start >= 0) {
            Word word = word(start);
            if (word == null) {
                start = octets.indexOf("=?", start + 2);
                continue;
            }
            if (runCharset == null || !isBlank(done, start)) {
                endRun();
                text.append(raw(octets.substring(done, start)));
            } else if (!runCharset.equals(word.charset)) {
                endRun();
            }
            runCharset = word.charset;
            run.append(word.octets);
            done = word.end;
            start = octets.indexOf("=?", done);
        }
        endRun();
        return text.append(raw(octets.substring(done))).toString();
    }

    private boolean isBlank(int start, int end) {
        for (int i = start; i < end; i++) {
            if (octets.charAt(i) != ' ' && octets.charAt(i) != '\t') return false;
        }
        return true;
    }

    private void endRun() {
        if (runCharset == null) return;
        text.append(new String(run.toString().getBytes(StandardCharsets.ISO_8859_1), runCharset));
        run.setLength(0);
        runCharset = null;
    }

    /** @param end the index behind the word */
    private record Word(Charset charset, String octets, int end) {}

    /**
     * The word that begins at {@code start}, or null. No octet is looked at for two words: neither a charset nor an encoded text
     * has "?" in it.
     */
    private @Nullable Word word(int start) {
        int name = start + 2;
        int nameEnd = name;
        while (nameEnd < octets.length() && isToken(octets.charAt(nameEnd))) nameEnd++;
        int content = nameEnd + 3; // Behind "?Q?".
        if (content >= octets.length() || octets.charAt(nameEnd) != '?' || octets.charAt(nameEnd + 2) != '?')
            return null;
        int contentEnd = octets.indexOf('?', content);
        if (contentEnd < 0 || !octets.startsWith("?=", contentEnd)) return null;

        Charset charset = charset(octets.substring(name, nameEnd));
        if (charset == null) return null;
        String encoded = octets.substring(content, contentEnd);
        String decoded = switch (octets.charAt(nameEnd + 1)) {
            case 'B', 'b' -> base64(encoded);
            case 'Q', 'q' -> quoted(encoded);
            default -> null;
        };
        return decoded == null ? null : new Word(charset, decoded, contentEnd + 2);
    }

    private static boolean isToken(char c) {
        return c > ' ' && c < 0x7F && "()<>@,;:\"/[]?.=".indexOf(c) < 0;
    }

    /** @param name perhaps with a language behind an asterisk (RFC 2231 section 5) */
    private static @Nullable Charset charset(String name) {
        int asterisk = name.indexOf('*');
        return Charsets.BY_NAME.get(asterisk < 0 ? name : name.substring(0, asterisk));
    }

    /**
     * The charsets of the JDK, collected when the first word comes. {@link Charset#forName} searches the class path for each name
     * that it does not know, and a header may be full of such names.
     */
    private static final class Charsets {

        static final Map<String, Charset> BY_NAME = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        static {
            for (Charset charset : Charset.availableCharsets().values()) {
                BY_NAME.put(charset.name(), charset);
                for (String alias : charset.aliases()) BY_NAME.put(alias, charset);
            }
        }
    }

    private static @Nullable String base64(String encoded) {
        String digits = encoded.replace(" ", "").replace("\t", "");
        int end = digits.length();
        while (end > 0 && digits.charAt(end - 1) == '=') end--;
        try {
            byte[] decoded = Base64.getDecoder().decode(digits.substring(0, end));
            return new String(decoded, StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException broken) {
            return null;
        }
    }

    private static String quoted(String encoded) {
        StringBuilder decoded = new StringBuilder(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            int high = c == '=' && i + 2 < encoded.length() ? hex(encoded.charAt(i + 1)) : -1;
            int low = high >= 0 ? hex(encoded.charAt(i + 2)) : -1;
            if (low >= 0) {
                decoded.append((char) (high << 4 | low));
                i += 2;
            } else {
                decoded.append(c == '_' ? ' ' : c);
            }
        }
        return decoded.toString();
    }

    /** The value of an ASCII digit, or -1; {@link Character#digit} alone would know others. */
    private static int hex(char c) {
        return c < 0x7F ? Character.digit(c, 16) : -1;
    }

    private static String raw(String octets) {
        byte[] bytes = octets.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return new String(bytes, NOT_UTF_8);
        }
    }

    /** A blank in the place of each character that would command a terminal: controls, line separators, bidi overrides. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text);
        for (int i = 0; i < printable.length(); i++) {
            char c = printable.charAt(i);
            boolean control = c < ' ' || (c >= 0x7F && c <= 0x9F);
            boolean separator = c == '\u2028' || c == '\u2029';
            boolean override = (c >= '\u202A' && c <= '\u202E') || (c >= '\u2066' && c <= '\u2069');
            if (control || separator || override) printable.setCharAt(i, ' ');
        }
        return printable.toString();
    }
}
