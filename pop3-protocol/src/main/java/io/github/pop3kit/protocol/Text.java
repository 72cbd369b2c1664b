package io.github.pop3kit.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Between text and the lines of the wire, whose characters are octets. */
final class Text {

    private Text() {}

    /** Reads octets as UTF-8 if they are valid UTF-8; otherwise they stay what they are, ISO 8859-1. */
    static String decode(String octets) {
        if (isAscii(octets)) return octets;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return octets;
        }
    }

    /** Text as octets of UTF-8, one character each. */
    static String encode(String text) {
        if (isAscii(text)) return text;
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7E) return false;
        }
        return true;
    }

    /** A decimal number without sign of at most {@code digits} digits, or -1. */
    static long number(String text, int digits) {
        if (text.isEmpty() || text.length() > digits) return -1;
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            number = number * 10 + digit;
        }
        return number;
    }
}
