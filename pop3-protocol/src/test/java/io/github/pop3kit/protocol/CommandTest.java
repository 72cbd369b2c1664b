package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {

    private static final String DIGEST = "c4c9334bac560ecc979e58001b3e22fb";

    /** One of each kind that has rules of its own to keep. */
    private static Stream<Command> good() {
        return Stream.of(
                new Command.User("mrose"),
                new Command.Pass("a secret"),
                new Command.Apop("mrose", DIGEST),
                new Command.Auth("", Optional.empty()),
                new Command.Auth("PLAIN", Optional.empty()),
                new Command.Auth("SCRAM-SHA-256", Optional.of("biwsbj11c2Vy")),
                new Command.Auth("EXTERNAL", Optional.of("=")),
                new Command.Capa(),
                new Command.Stls(),
                new Command.Utf8(),
                new Command.Lang(Optional.empty()),
                new Command.Lang(Optional.of("de-AT")),
                new Command.Quit(),
                new Command.Stat(),
                new Command.List(OptionalInt.empty()),
                new Command.List(OptionalInt.of(3)),
                new Command.Retr(1),
                new Command.Dele(999_999_999),
                new Command.Noop(),
                new Command.Rset(),
                new Command.Top(1, 0),
                new Command.Top(1, Integer.MAX_VALUE),
                new Command.Uidl(OptionalInt.empty()),
                new Command.Uidl(OptionalInt.of(3)),
                new Command.Last());
    }

    @ParameterizedTest
    @MethodSource("good")
    void a_command_is_what_its_line_says(Command command) {
        assertEquals(command, Command.parse(command.line()));
    }

    @ParameterizedTest
    @MethodSource("good")
    void a_keyword_counts_in_either_letter_case(Command command) {
        String line = command.line();
        int end = line.indexOf(' ') < 0 ? line.length() : line.indexOf(' ');
        assertEquals(command, Command.parse(line.substring(0, end).toLowerCase(Locale.ROOT) + line.substring(end)));
        assertEquals(command, Command.parse(line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "L\u0131ST",
                "l\u0131st",
                "QU\u0130T",
                "\u017ftat",
                "PA\u017f\u017f x",
                "\uff31\uff35\uff29\uff34"
            })
    void a_keyword_is_ascii_and_no_other_letters_stand_for_it(String line) {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            assertInstanceOf(Command.Unknown.class, Command.parse(line));
            assertInstanceOf(Command.Unknown.class, Command.parse(octets(line)));
            assertInstanceOf(Command.Quit.class, Command.parse("quit"));
            assertInstanceOf(Command.List.class, Command.parse("list"));
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", " QUIT", "\tQUIT", "QUITX", "QUI", "QUIT\t", "RETR\t1", "XTND XMIT", "GET / HTTP/1.1"})
    void a_line_that_begins_with_no_keyword_is_unknown(String line) {
        assertEquals(new Command.Unknown(line), Command.parse(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUIT ", "STAT 1", "NOOP x", "RSET ", "CAPA  ", "STLS now", "UTF8 yes", "LAST 1"})
    void a_command_without_arguments_takes_none(String line) {
        String keyword = line.substring(0, 4);
        assertEquals(new Command.Malformed(line, keyword + " takes no argument"), Command.parse(line));
    }

    @ParameterizedTest
    @CsvSource({"RETR 1, 1", "RETR 0, 0", "RETR 007, 7", "RETR 999999999, 999999999", "RETR 000000001, 1"})
    void a_message_number_has_one_to_nine_digits(String line, int number) {
        assertEquals(new Command.Retr(number), Command.parse(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "1 ",
                " 1",
                "1 2",
                "0x1",
                "1.0",
                "1e3",
                "one",
                "1000000000",
                "4294967297",
                "0000000001",
                "99999999999999999999",
                "\u0661",
                "\u00b2",
                "\uff11",
                "1\t",
                "\t1"
            })
    void nothing_else_is_a_message_number(String number) {
        for (String keyword : List.of("RETR", "DELE", "LIST", "UIDL")) {
            assertInstanceOf(Command.Malformed.class, Command.parse(keyword + " " + number));
            assertInstanceOf(Command.Malformed.class, Command.parse(keyword + " " + octets(number)));
        }
        assertInstanceOf(Command.Malformed.class, Command.parse("TOP " + number + " 1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RETR", "DELE", "TOP", "USER", "PASS", "APOP"})
    void a_command_that_needs_an_argument_says_so(String keyword) {
        Command.Malformed malformed = assertInstanceOf(Command.Malformed.class, Command.parse(keyword));
        assertEquals(keyword + " takes a", malformed.reason().substring(0, keyword.length() + 8));
        assertEquals(keyword, malformed.line());
    }

    @ParameterizedTest
    @CsvSource({
        "TOP 1 0, 0",
        "TOP 1 00012, 12",
        "TOP 1 2147483647, 2147483647",
        "TOP 1 2147483648, 2147483647",
        "TOP 1 99999999999999999999999999999999, 2147483647",
        "TOP 1 00000000000000000000000000000005, 5"
    })
    void top_takes_any_number_of_lines_and_means_all_by_a_large_one(String line, int lines) {
        assertEquals(new Command.Top(1, lines), Command.parse(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TOP",
                "TOP ",
                "TOP 1",
                "TOP 1 ",
                "TOP 1 -1",
                "TOP 1 +1",
                "TOP 1  1",
                "TOP 1 1 ",
                "TOP 1 1 1",
                "TOP 1 \u00b2"
            })
    void top_takes_exactly_two_numbers(String line) {
        assertEquals(
                new Command.Malformed(line, "TOP takes a message-number and a number of lines"), Command.parse(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUIT\0", "\0", "USER m\0rose", "PASS \0", "APOP mrose\0 " + DIGEST, "RETR 1\0", "X\0"})
    void no_command_has_a_nul_in_it(String line) {
        assertEquals(new Command.Malformed(line, "a command has no NUL in it"), Command.parse(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUIT\r", "\r", "USER m\rrose", "PASS x\r", "NOOP\rDELE 1", "AUTH PLAIN \r"})
    void no_command_has_a_cr_in_it(String line) {
        assertEquals(new Command.Malformed(line, "a command has no CR in it"), Command.parse(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a secret", " a secret ", "  ", "a\tsecret\t", "p@ss:w\"ord\\", "", "PASS PASS"})
    void a_password_is_everything_behind_the_blank_and_nothing_is_trimmed(String password) {
        assertEquals(new Command.Pass(password), Command.parse("PASS " + password));
    }

    @Test
    void a_name_is_everything_behind_the_blank_too() {
        assertEquals(new Command.User(" Marshall T. Rose "), Command.parse("USER  Marshall T. Rose "));
        assertEquals(new Command.Apop("Marshall T. Rose", DIGEST), Command.parse("APOP Marshall T. Rose " + DIGEST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"J\u00fcrgen", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u5bc6\u7801", "\ud83d\udd11"})
    void names_and_passwords_are_read_as_utf8(String text) {
        assertEquals(new Command.User(text), Command.parse(octets("USER " + text)));
        assertEquals(new Command.Pass(text), Command.parse(octets("PASS " + text)));
        assertEquals(new Command.Apop(text, DIGEST), Command.parse(octets("APOP " + text + " " + DIGEST)));
        assertEquals(octets("PASS " + text), new Command.Pass(text).line());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"J\u00fcrgen", "\u00ff", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f8\u0088\u0080\u0080\u0080"})
    void octets_that_are_no_utf8_are_read_as_latin_1(String text) {
        assertEquals(new Command.User(text), Command.parse("USER " + text));
        assertEquals(new Command.Pass(text), Command.parse("PASS " + text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APOP mrose",
                "APOP " + DIGEST,
                "APOP  " + DIGEST,
                "APOP mrose C4C9334BAC560ECC979E58001B3E22FB",
                "APOP mrose c4c9334bac560ecc979e58001b3e22f",
                "APOP mrose " + DIGEST + " ",
                "APOP mrose g4c9334bac560ecc979e58001b3e22fb"
            })
    void apop_takes_a_name_and_32_lower_case_hexadecimal_digits(String line) {
        assertEquals(new Command.Malformed(line, "APOP takes a name and a digest"), Command.parse(line));
    }

    @Test
    void a_mechanism_counts_in_either_letter_case_and_its_response_does_not() {
        assertEquals(new Command.Auth("PLAIN", Optional.of("aGk=")), Command.parse("auth plain aGk="));
        assertEquals(new Command.Auth("", Optional.empty()), Command.parse("AUTH "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH  PLAIN",
                "AUTH PLAIN ",
                "AUTH PLAIN a b",
                "AUTH PLAIN  a",
                "AUTH PL.AIN",
                "AUTH \u0131",
                "AUTH ABCDEFGHIJKLMNOPQRSTU"
            })
    void auth_takes_a_mechanism_and_one_initial_response(String line) {
        assertInstanceOf(Command.Malformed.class, Command.parse(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LANG ", "LANG de en", "LANG  de", "LANG d\u00e9", "LANG de\t"})
    void lang_takes_one_tag_or_nothing(String line) {
        assertEquals(new Command.Malformed(line, "LANG takes a language tag or nothing"), Command.parse(line));
        assertEquals(new Command.Lang(Optional.of("*")), Command.parse("LANG *"));
    }

    @Test
    void a_million_blanks_are_read_in_no_time() {
        String blanks = " ".repeat(1_000_000);
        assertInstanceOf(Command.Unknown.class, Command.parse(blanks));
        assertEquals(new Command.Pass(blanks), Command.parse("PASS " + blanks));
    }

    @Test
    void whatever_a_client_sends_is_a_command_and_each_good_one_survives_its_line() {
        Lines lines = new Lines(1081);
        for (int i = 0; i < 100_000; i++) staysWhatItIs(lines.next());
    }

    @Test
    void random_octets_are_a_command() {
        Random random = new Random(918);
        for (int i = 0; i < 100_000; i++) {
            byte[] octets = new byte[random.nextInt(40)];
            random.nextBytes(octets);
            staysWhatItIs(new String(octets, StandardCharsets.ISO_8859_1));
        }
    }

    static void staysWhatItIs(String line) {
        Command command = Command.parse(line);
        if (command instanceof Command.Malformed || command instanceof Command.Unknown) {
            assertEquals(line, command.line());
        } else {
            assertEquals(command, Command.parse(command.line()));
        }
    }

    @ParameterizedTest
    @MethodSource("good")
    void each_command_calls_its_own_method(Command command) throws IOException {
        assertEquals(command.getClass().getSimpleName().toLowerCase(Locale.ROOT), command.visit(methodNames()));
    }

    @Test
    void bad_commands_call_their_own_methods_too() throws IOException {
        assertEquals("malformed", Command.parse("RETR x").visit(methodNames()));
        assertEquals("unknown", Command.parse("XTND").visit(methodNames()));
    }

    @ParameterizedTest
    @MethodSource("good")
    void what_is_not_overridden_is_answered_otherwise(Command command) throws IOException {
        Commands<Command> nothing = otherwise -> otherwise;
        assertSame(command, command.visit(nothing));
    }

    @SuppressWarnings("unchecked")
    private static Commands<String> methodNames() {
        return (Commands<String>) Proxy.newProxyInstance(
                Commands.class.getClassLoader(),
                new Class<?>[] {Commands.class},
                (proxy, method, arguments) -> method.getName());
    }

    /** How text stands on the wire: as octets of UTF-8, one character each. */
    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Makes lines that are almost commands. */
    private static final class Lines {
        private static final List<String> KEYWORDS =
                words("USER PASS APOP AUTH CAPA STLS UTF8 LANG QUIT STAT LIST RETR DELE NOOP RSET TOP UIDL LAST XTND");
        private static final List<String> ARGUMENTS =
                words("1 0 42 999999999 1000000000 -1 +1 mrose PLAIN scram-sha-256 ="
                        + " aGk= de \0 \r \t J\u00fcrgen J\u00c3\u00bcrgen \u00c3  " + DIGEST + " " + "x".repeat(300));

        private final Random random;

        Lines(long seed) {
            random = new Random(seed);
        }

        private static List<String> words(String text) {
            return List.of(text.split(" "));
        }

        String next() {
            StringBuilder line = new StringBuilder();
            for (char c : KEYWORDS.get(random.nextInt(KEYWORDS.size())).toCharArray()) {
                line.append(random.nextBoolean() ? c : Character.toLowerCase(c));
            }
            for (int arguments = random.nextInt(4); arguments > 0; arguments--) {
                line.append(" ".repeat(random.nextInt(20) == 0 ? 2 : 1));
                line.append(ARGUMENTS.get(random.nextInt(ARGUMENTS.size())));
            }
            if (random.nextInt(10) == 0) line.insert(random.nextInt(line.length() + 1), (char) random.nextInt(256));
            return line.toString();
        }
    }
}
