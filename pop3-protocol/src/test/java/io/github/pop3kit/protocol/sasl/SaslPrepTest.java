package io.github.pop3kit.protocol.sasl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RFC 4013. */
class SaslPrepTest {

    @Test
    void the_examples_of_section_3() {
        prepares("IX", "I\u00ADX");
        prepares("user", "user");
        prepares("USER", "USER");
        prepares("a", "\u00AA");
        prepares("IX", "\u2168");
        refuses("\u0007");
        refuses("\u06271");
    }

    @Test
    void blanks_of_all_kinds_are_blanks_and_what_is_not_seen_is_nothing() {
        prepares("a b c d", "a\u00A0b\u3000c\u200Bd");
        prepares("pass", "p\u200Ca\u2060s\uFE0Fs\uFEFF");
        prepares("", "\u00AD");
    }

    @Test
    void composed_and_decomposed_are_the_same() {
        prepares("s\u00E9cret", "se\u0301cret");
        prepares("fi", "\uFB01");
    }

    @Test
    void what_no_name_has_in_it_is_refused() {
        for (int point : new int[] {
            0, 0x1F, 0x7F, 0x80, 0x6DD, 0x70F, 0x180E, 0x200E, 0x2028, 0x202A, 0x2063, 0x206A, 0x2FF0, 0xE000, 0xFDD0,
            0xFFF9, 0xFFFD, 0xFFFF, 0x1D173, 0x1FFFE, 0xE0001, 0xE0020, 0xF0000, 0x10FFFD, 0xD800
        }) {
            refuses("a" + new String(Character.toChars(point)) + "b\u00E9");
        }
    }

    @Test
    void text_from_right_to_left_is_so_from_end_to_end() {
        prepares("\u05D0\u05D1", "\u05D0\u05D1");
        prepares("\u06271\u0628", "\u06271\u0628");
        refuses("\u0627a\u0628");
        refuses("1\u0628");
    }

    private static void prepares(String expected, String text) {
        assertEquals(Optional.of(expected), SaslPrep.prepare(text));
    }

    private static void refuses(String text) {
        assertEquals(Optional.empty(), SaslPrep.prepare(text), text);
    }
}
