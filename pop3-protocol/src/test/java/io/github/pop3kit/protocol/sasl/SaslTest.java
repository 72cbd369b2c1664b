package io.github.pop3kit.protocol.sasl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SaslTest {

    @Test
    void plain_is_three_texts_parted_by_nul() {
        assertEquals(Optional.of(new Plain("", "tim", "tanstaaftanstaaf")), plain("\0tim\0tanstaaftanstaaf"));
        assertEquals(Optional.of(new Plain("Ursel", "Kurt", "xipj3plmq")), plain("Ursel\0Kurt\0xipj3plmq"));
        assertEquals(Optional.of(new Plain("", "J\u00fcrgen", " \u5bc6 ")), plain("\0J\u00fcrgen\0 \u5bc6 "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\0", "\0\0", "tim", "tim\0secret", "\0tim\0", "\0\0secret", "\0tim\0secret\0", "a\0b\0c\0d"
            })
    void nothing_else_is_plain(String message) {
        assertEquals(Optional.empty(), plain(message));
    }

    @Test
    void plain_is_utf8() {
        assertEquals(Optional.empty(), Plain.parse("\0J\u00fcrgen\0x".getBytes(StandardCharsets.ISO_8859_1)));
        assertEquals(Optional.empty(), Plain.parse(new byte[] {0, 'a', 0, (byte) 0xC0, (byte) 0x80}));
    }

    @Test
    void plain_is_what_its_octets_say_and_hides_its_password() {
        Plain plain = new Plain("admin", "tim", "hunter2");
        assertEquals(Optional.of(plain), Plain.parse(plain.octets()));
        assertFalse(plain.toString().contains("hunter2"));
    }

    @Test
    void base64_comes_back_as_the_octets_that_went_out() {
        for (int length = 0; length < 20; length++) {
            byte[] octets = new byte[length];
            for (int i = 0; i < length; i++) octets[i] = (byte) (31 * i + 200);
            assertArrayEquals(
                    octets, SaslBase64.decode(SaslBase64.encode(octets)).orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aGk",
                "aGk=\r",
                " aGk=",
                "aG k=",
                "aGk==",
                "aGl=",
                "aGk=aGk=",
                "a",
                "====",
                "=",
                "*",
                "a_-=",
                "\u00e9"
            })
    void nothing_but_the_canonical_form_is_base64(String line) {
        assertEquals(Optional.empty(), SaslBase64.decode(line));
    }

    @Test
    void an_empty_initial_response_is_an_equals_sign() {
        assertEquals(0, SaslBase64.decodeInitial("=").orElseThrow().length);
        assertArrayEquals(
                new byte[] {'h', 'i'}, SaslBase64.decodeInitial("aGk=").orElseThrow());
        assertEquals(Optional.empty(), SaslBase64.decodeInitial("=="));
    }

    private static Optional<Plain> plain(String message) {
        return Plain.parse(message.getBytes(StandardCharsets.UTF_8));
    }
}
