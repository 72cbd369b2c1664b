package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedWordsTest {

    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    =?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>         | Keith Moore <moore@cs.utk.edu>
                    =?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk> | Keld Jørn Simonsen <keld@dkuug.dk>
                    =?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be> | André Pirard <PIRARD@vm1.ulg.ac.be>
                    =?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?= | If you can read this you understand the example.
                    =?ISO-8859-1?Q?Olle_J=E4rnefors?= <ojarnef@admin.kth.se> | Olle Järnefors <ojarnef@admin.kth.se>
                    Time for ISO 10646?                                   | Time for ISO 10646?
                    =?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?= <paf@nada.kth.se> | Patrik Fältström <paf@nada.kth.se>
                    Re: RFC-HDR care and feeding                          | Re: RFC-HDR care and feeding
                    Nathaniel (=?iso-8859-8?b?7eXs+SDv4SDp7Oj08A==?=)     | Nathaniel (םולש ןב ילטפנ)
                    (=?ISO-8859-1?Q?a?=)                                  | (a)
                    (=?ISO-8859-1?Q?a?= b)                                | (a b)
                    (=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)               | (ab)
                    (=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)              | (ab)
                    (=?ISO-8859-1?Q?a?=     =?ISO-8859-1?Q?b?=)           | (ab)
                    (=?ISO-8859-1?Q?a_b?=)                                | (a b)
                    (=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)              | (a b)
                    """)
    void the_examples_of_rfc_2047_section_8_are_shown_as_it_says(String encoded, String shown) {
        assertEquals(shown, EncodedWords.decode(encoded));
    }

    @ParameterizedTest
    @CsvSource({
        "ISO-2022-JP, 会議のお知らせ",
        "Shift_JIS, 会議のお知らせ",
        "EUC-KR, 안녕하세요",
        "Big5, 你好",
        "GB2312, 你好",
        "GB18030, 你好ßẞ😀",
        "KOI8-R, Привет",
        "windows-1251, Привет",
        "iso-8859-7, Καλημέρα",
        "utf-8, naïve 😀",
        "UTF8, naïve 😀",
        "Windows-1252, “quoted” – 5 €"
    })
    void charsets_are_those_that_the_jdk_knows(String charset, String text) {
        byte[] octets = text.getBytes(Charset.forName(charset));
        assertEquals(text, EncodedWords.decode(b(charset, octets)));
        assertEquals(text, EncodedWords.decode(q(charset, octets)));
        assertEquals("[" + text + "] ", EncodedWords.decode("[" + b(charset + "*en", octets) + "] "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "UTF-16BE", "GB18030", "Shift_JIS", "EUC-JP", "ISO-2022-JP"})
    void a_character_may_be_split_between_adjacent_words_of_one_charset(String charset) {
        String text = "会議の日";
        byte[] octets = text.getBytes(Charset.forName(charset));
        for (int i = 0; i <= octets.length; i++) {
            byte[] first = Arrays.copyOf(octets, i);
            byte[] second = Arrays.copyOfRange(octets, i, octets.length);
            assertEquals(text, EncodedWords.decode(b(charset, first) + " " + b(charset, second)));
            assertEquals(text, EncodedWords.decode(q(charset, first) + " \t " + q(charset, second)));
            assertEquals(text, EncodedWords.decode(b(charset, first) + q(charset, second)));
        }
    }

    @Test
    void a_character_may_be_split_between_many_words() {
        assertEquals(
                "x 😀 y", EncodedWords.decode("x =?utf-8?Q?=F0?= =?UTF-8?Q?=9F?= =?Utf8*en?Q?=98?= =?utf-8?Q?=80?= y"));
    }

    @Test
    void a_character_is_not_joined_across_charsets_or_text() {
        assertEquals("\uFFFDÃ", EncodedWords.decode("=?utf-8?Q?=C3?= =?iso-8859-1?Q?=C3?="));
        assertEquals("\uFFFD, \uFFFD", EncodedWords.decode("=?utf-8?Q?=C3?=, =?utf-8?Q?=BC?="));
    }

    @Test
    void blanks_are_dropped_between_words_and_kept_next_to_text() {
        assertEquals("a ab b", EncodedWords.decode("a =?utf-8?Q?a?= \t =?utf-8?B?Yg==?= b"));
        assertEquals("a =?no-such?Q?b?= c", EncodedWords.decode("=?utf-8?Q?a?= =?no-such?Q?b?= =?utf-8?Q?c?="));
    }

    @ParameterizedTest
    @CsvSource({
        "=?utf-8?q?a_b=5F=c3=BC?=, a b_ü",
        "=?utf-8?b?w7w=?=, ü",
        "=?UTF-8*de-CH?Q?gr=C3=BCezi?=, grüezi",
        "=?utf-8*?Q?a?=, a",
        "\"=?utf-8?Q?M=C3=BCller?=\" <m@example.org>, \"Müller\" <m@example.org>",
        "Re:=?utf-8?Q?a?=b=?utf-8?Q?c?=, Re:abc",
        "[=?utf-8?Q??=], []",
        "[=?utf-8?B??=], []",
        "=?utf-8?Q?two words?=, two words",
        "=?utf-8?B?dHdv IHdvcmRz?=, two words",
        "=?=?utf-8?Q?a?=?=, =?a?="
    })
    void forms_that_are_seen_in_mail_are_decoded(String encoded, String shown) {
        assertEquals(shown, EncodedWords.decode(encoded));
    }

    @ParameterizedTest
    @CsvSource({"YQ==, a", "YQ=, a", "YQ, a", "YWI=, ab", "YWI, ab", "YWJj, abc", "YWJj====, abc"})
    void padding_of_base64_may_be_missing(String encoded, String shown) {
        assertEquals(shown, EncodedWords.decode("=?utf-8?B?" + encoded + "?="));
    }

    @ParameterizedTest
    @CsvSource({"=ZZ, =ZZ", "=C, =C", "=, =", "==41, =A", "=4=41, =4A", "100%=, 100%=", "=+4, =+4"})
    void bad_hex_stays_as_it_is(String encoded, String shown) {
        assertEquals(shown, EncodedWords.decode("=?utf-8?Q?" + encoded + "?="));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=?",
                "=??=",
                "=???=",
                "=????=",
                "is 1=?",
                "=?utf-8",
                "=?utf-8?",
                "=?utf-8?Q",
                "=?utf-8?Q?",
                "=?utf-8?Q?a",
                "=?utf-8?Q?a?",
                "=?utf-8?Q?a? =",
                "=?utf-8?Q?what?_no?=",
                "=?utf-8?X?a?=",
                "=?utf-8?QB?a?=",
                "=?utf-8?Qa?=",
                "=??Q?a?=",
                "=?*en?Q?a?=",
                "=? utf-8?Q?a?=",
                "=?utf 8?Q?a?=",
                "=?no-such-charset?Q?a?=",
                "=?@!?Q?a?=",
                "=?utf-8?B?YQ==YQ==?=",
                "=?utf-8?B?YWJjZ?=",
                "=?utf-8?B?Y?=",
                "=?utf-8?B?a-b_?=",
                "=?utf-8?B?w\u00FC?=",
                "= ?utf-8?Q?a?="
            })
    void what_is_no_encoded_word_stays_as_it_is(String octets) {
        assertEquals(octets, EncodedWords.decode(octets));
    }

    @Test
    void raw_octets_are_utf_8_or_else_windows_1252() {
        assertEquals("Grüße 😀", EncodedWords.decode(octets("Grüße 😀")));
        assertEquals("Grüße “x” €", EncodedWords.decode("Gr\u00FC\u00DFe \u0093x\u0094 \u0080"));
        assertEquals("CESU í\u00A0½í¸\u20AC", EncodedWords.decode("CESU \u00ED\u00A0\u00BD\u00ED\u00B8\u0080"));
    }

    @Test
    void raw_octets_and_words_may_be_mixed() {
        assertEquals("Ä ö ü", EncodedWords.decode(octets("Ä") + " =?iso-8859-1?Q?=F6?= " + octets("ü")));
        assertEquals("ü – ü", EncodedWords.decode("\u00FC =?utf-8?Q?=E2=80=93?= " + octets("ü")));
        assertEquals("über", EncodedWords.decode("=?utf-8?Q?" + octets("über") + "?="));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9B, 0x9F, 0x2028, 0x2029, 0x202A,
                0x202E, 0x2066, 0x2069
            })
    void a_text_never_commands_a_terminal(int c) {
        String text = "a" + (char) c + "b";
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        assertEquals("a b", EncodedWords.decode(q("utf-8", utf8)));
        assertEquals("a b", EncodedWords.decode(b("utf-8", utf8)));
        assertEquals("a b", EncodedWords.decode(octets(text)));
        assertEquals("a b", EncodedWords.literal(octets(text)));
        assertEquals("a b", EncodedWords.decode(b("utf-16be", text.getBytes(StandardCharsets.UTF_16BE))));
    }

    @Test
    void every_other_character_is_shown() {
        for (int c = ' '; c <= 0xFFFF; c++) {
            if (c >= 0xD800 && c <= 0xDFFF) continue;
            String text = "a" + (char) c + "b";
            assertEquals(isCommand((char) c) ? "a b" : text, EncodedWords.literal(octets(text)));
        }
    }

    @Test
    void no_octets_in_any_charset_are_refused() {
        Random random = new Random(2047);
        for (String charset : Charset.availableCharsets().keySet()) {
            for (int i = 0; i < 40; i++) {
                byte[] octets = new byte[random.nextInt(40)];
                random.nextBytes(octets);
                assertPrintable(EncodedWords.decode(b(charset, octets)));
                assertPrintable(EncodedWords.decode(q(charset, octets)));
            }
        }
    }

    @Test
    void no_field_body_is_refused() {
        List<String> fragments = List.of(
                "=?",
                "?=",
                "?",
                "=",
                "utf-8",
                "iso-2022-jp",
                "*en",
                "?Q?",
                "?b?",
                "YWJj",
                "=1B",
                "=C3",
                " ",
                "\t",
                "_",
                "\u00FC");
        Random random = new Random(822);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder octets = new StringBuilder();
            for (int length = random.nextInt(30); length > 0; length--) {
                octets.append(
                        random.nextInt(8) == 0
                                ? String.valueOf((char) random.nextInt(256))
                                : fragments.get(random.nextInt(fragments.size())));
            }
            assertPrintable(EncodedWords.decode(octets.toString()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=?",
                "=?=",
                "=?a",
                "=?utf-8?q?",
                "=?utf-8?q?a",
                "=?utf-8?b?a?=",
                "=?x?q?y?=",
                "=?utf-8?x?y?=",
                "?=",
                "(",
                "=",
                "=?utf-8*"
            })
    void a_mebibyte_of_fragments_is_read_like_any_text(String fragment) {
        String octets = fragment.repeat(MIB / fragment.length());
        assertEquals(octets, EncodedWords.decode(octets));
    }

    @Test
    void a_mebibyte_of_words_is_decoded() {
        assertEquals("a".repeat(MIB / 16) + "   ", EncodedWords.decode("=?utf-8?q?a?= \t ".repeat(MIB / 16)));
        assertEquals("=".repeat(MIB), EncodedWords.decode("=?utf-8?q?" + "=".repeat(MIB) + "?="));
        assertEquals(
                "ab".repeat(MIB / 32) + "  ", EncodedWords.decode("=?utf-8?q?a?= =?us-ascii?q?b?=  ".repeat(MIB / 32)));
        assertEquals("x" + " ".repeat(MIB) + "x", EncodedWords.decode("x" + " ".repeat(MIB) + "x"));
        String distinct =
                IntStream.range(0, MIB / 16).mapToObj(i -> "=?x" + i + "?q?y?=").collect(Collectors.joining());
        assertEquals(distinct, EncodedWords.decode(distinct));
    }

    static void assertPrintable(String text) {
        assertTrue(text.chars().noneMatch(c -> isCommand((char) c)), "commands a terminal");
    }

    private static boolean isCommand(char c) {
        return Character.isISOControl(c)
                || "\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069".indexOf(c) >= 0;
    }

    /** The octets of UTF-8, one character each. */
    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String b(String charset, byte[] octets) {
        return "=?" + charset + "?B?" + Base64.getEncoder().encodeToString(octets) + "?=";
    }

    private static String q(String charset, byte[] octets) {
        StringBuilder word = new StringBuilder("=?" + charset + "?Q?");
        for (byte octet : octets) word.append(String.format("=%02X", octet));
        return word.append("?=").toString();
    }
}
