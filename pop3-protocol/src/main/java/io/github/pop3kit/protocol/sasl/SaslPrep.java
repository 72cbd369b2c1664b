package io.github.pop3kit.protocol.sasl;

import java.text.Normalizer;
import java.util.Optional;

/**
 * SASLprep (RFC 4013), the profile of stringprep (RFC 3454) that makes one text of all the ways to type a name or a password. Every
 * text is taken as a query: code points that Unicode 3.2 did not have are left alone.
 */
public final class SaslPrep {

    /** RFC 3454, pairs of first and last code point of the tables C.2.1 to C.9 that RFC 4013 section 2.3 prohibits. */
    private static final int[] PROHIBITED = {
        0x0000, 0x001F, 0x007F, 0x009F, 0x0340, 0x0341, 0x06DD, 0x06DD, 0x070F, 0x070F, 0x180E, 0x180E, 0x200C, 0x200F,
        0x2028, 0x202E, 0x2060, 0x2063, 0x206A, 0x206F, 0x2FF0, 0x2FFB, 0xD800, 0xF8FF, 0xFDD0, 0xFDEF, 0xFEFF, 0xFEFF,
        0xFFF9, 0xFFFF, 0x1D173, 0x1D17A, 0xE0001, 0xE0001, 0xE0020, 0xE007F, 0xF0000, 0xFFFFF, 0x100000, 0x10FFFF
    };

    /** RFC 3454 table C.1.2: they become blanks. */
    private static final int[] SPACES = {
        0x00A0, 0x00A0, 0x1680, 0x1680, 0x2000, 0x200B, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000
    };

    /** RFC 3454 table B.1: they become nothing. */
    private static final int[] NOTHING = {
        0x00AD, 0x00AD, 0x034F, 0x034F, 0x1806, 0x1806, 0x180B, 0x180D, 0x200C, 0x200D, 0x2060, 0x2060, 0xFE00, 0xFE0F,
        0xFEFF, 0xFEFF
    };

    private SaslPrep() {}

    /** The text prepared; empty if it has something in it that neither a name nor a password may have. */
    public static Optional<String> prepare(String text) {
        if (text.chars().allMatch(c -> c >= ' ' && c < 0x7F)) return Optional.of(text);
        StringBuilder mapped = new StringBuilder();
        text.codePoints().forEach(point -> {
            if (within(SPACES, point)) {
                mapped.append(' ');
            } else if (!within(NOTHING, point)) {
                mapped.appendCodePoint(point);
            }
        });
        String prepared = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        boolean allowed = prepared.codePoints().noneMatch(SaslPrep::isProhibited) && isOneDirection(prepared);
        return allowed ? Optional.of(prepared) : Optional.empty();
    }

    private static boolean isProhibited(int point) {
        return within(PROHIBITED, point) || (point & 0xFFFE) == 0xFFFE;
    }

    /** RFC 3454 section 6: text from right to left begins and ends so, and has nothing from left to right in it. */
    private static boolean isOneDirection(String text) {
        if (text.codePoints().noneMatch(SaslPrep::isFromRight)) return true;
        boolean mixed = text.codePoints()
                .anyMatch(point -> Character.getDirectionality(point) == Character.DIRECTIONALITY_LEFT_TO_RIGHT);
        return !mixed && isFromRight(text.codePointAt(0)) && isFromRight(text.codePointBefore(text.length()));
    }

    private static boolean isFromRight(int point) {
        byte direction = Character.getDirectionality(point);
        return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
                || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
    }

    private static boolean within(int[] ranges, int point) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (point >= ranges[i] && point <= ranges[i + 1]) return true;
        }
        return false;
    }
}
