package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {

    @Test
    void a_reply_is_ok_or_err_or_a_challenge() {
        assertEquals(Optional.of(Reply.ok("2 320")), Reply.parse("+OK 2 320"));
        assertEquals(Optional.of(Reply.err("no such message")), Reply.parse("-ERR no such message"));
        assertEquals(Optional.of(new Reply.Challenge("aGk=")), Reply.parse("+ aGk="));
    }

    @Test
    void the_text_may_be_missing() {
        assertEquals(Optional.of(Reply.ok("")), Reply.parse("+OK"));
        assertEquals(Optional.of(Reply.ok("")), Reply.parse("+OK "));
        assertEquals(Optional.of(Reply.err("")), Reply.parse("-ERR"));
        assertEquals(Optional.of(new Reply.Challenge("")), Reply.parse("+"));
        assertEquals(Optional.of(new Reply.Challenge("")), Reply.parse("+ "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "+OKAY",
                "+ERR no",
                "-OK",
                "-ERROR",
                "-ERR:",
                "+ok hello",
                "-err no",
                "+Ok",
                " +OK",
                "OK",
                "ERR",
                "+OK\thello",
                "+OK[IN-USE]",
                "++",
                "-",
                "* OK",
                "220 hello",
                "."
            })
    void nothing_else_is_a_reply(String line) {
        assertEquals(Optional.empty(), Reply.parse(line));
    }

    @Test
    void a_code_stands_in_brackets_before_the_text() {
        assertEquals(
                Optional.of(Reply.err(ResponseCode.IN_USE, "locked by another session")),
                Reply.parse("-ERR [IN-USE] locked by another session"));
        assertEquals(Optional.of(new Reply.Ok(Optional.of(ResponseCode.UTF8), "")), Reply.parse("+OK [UTF8]"));
        assertEquals(
                "-ERR [SYS/TEMP] later",
                Reply.err(ResponseCode.SYS_TEMP, "later").line());
    }

    @ParameterizedTest
    @CsvSource({
        "IN-USE, IN_USE",
        "LOGIN-DELAY, LOGIN_DELAY",
        "SYS/TEMP, SYS_TEMP",
        "SYS/PERM, SYS_PERM",
        "AUTH, AUTH",
        "UTF8, UTF8"
    })
    void the_codes_of_the_rfcs_are_known_in_either_letter_case(String name, String constant) throws Exception {
        Object known = ResponseCode.class.getField(constant).get(null);
        assertEquals(known, new ResponseCode(name));
        assertEquals(known, new ResponseCode(name.toLowerCase(Locale.ROOT)));
    }

    @Test
    void a_code_that_nobody_knows_is_kept() {
        assertEquals(
                Optional.of(Reply.err(new ResponseCode("X-MOON/FULL"), "howl")),
                Reply.parse("-ERR [x-moon/full] howl"));
    }

    @Test
    void codes_are_hierarchical() {
        ResponseCode disk = new ResponseCode("SYS/TEMP/DISK");
        assertTrue(disk.within(disk));
        assertTrue(disk.within(ResponseCode.SYS_TEMP));
        assertTrue(disk.within(new ResponseCode("SYS")));
        assertFalse(disk.within(ResponseCode.SYS_PERM));
        assertFalse(ResponseCode.SYS_TEMP.within(disk));
        assertFalse(new ResponseCode("SYSTEM").within(new ResponseCode("SYS")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "[]",
                "[ ] x",
                "[IN-USE",
                "[IN USE] x",
                "[A[B]] x",
                "[\u00e9] x",
                "] x",
                "x [IN-USE]",
                " [IN-USE]"
            })
    void malformed_brackets_are_text(String text) {
        assertEquals(Optional.of(Reply.err(text)), Reply.parse("-ERR " + text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "A B", "A]", "[A", "\u00e9", "A\r\n"})
    void no_code_can_be_made_that_would_not_be_read_again(String name) {
        assertThrows(IllegalArgumentException.class, () -> new ResponseCode(name));
    }

    @Test
    void the_blank_behind_a_code_may_be_missing() {
        assertEquals(Optional.of(Reply.err(ResponseCode.AUTH, "no")), Reply.parse("-ERR [AUTH]no"));
        assertEquals(Optional.of(Reply.err(ResponseCode.AUTH, " no")), Reply.parse("-ERR [AUTH]  no"));
    }

    @Test
    void a_text_is_read_as_utf8_and_as_latin_1_where_it_is_none() {
        assertEquals(Optional.of(Reply.ok("Gr\u00fc\u00dfe")), Reply.parse("+OK Gr\u00c3\u00bc\u00c3\u009fe"));
        assertEquals(Optional.of(Reply.ok("Gr\u00fc\u00dfe")), Reply.parse("+OK Gr\u00fc\u00dfe"));
        assertEquals(
                "+OK Gr\u00c3\u00bc\u00c3\u009fe", Reply.ok("Gr\u00fc\u00dfe").line());
    }

    @Test
    void a_reply_is_what_its_line_says() {
        Random random = new Random(2449);
        List<String> words = List.of("+OK,-ERR,+, , ,[,],IN-USE,sys/temp,hello,\u00fc,\u00c3\u00bc,\0,\t".split(","));
        int replies = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder line = new StringBuilder(words.get(random.nextInt(3)));
            for (int more = random.nextInt(7); more > 0; more--) line.append(words.get(random.nextInt(words.size())));
            Optional<Reply> reply = Reply.parse(line.toString());
            reply.ifPresent(present -> assertEquals(reply, Reply.parse(present.line())));
            if (reply.isPresent()) replies++;
        }
        assertTrue(replies > 20_000);
    }

    @Test
    void random_octets_are_a_reply_or_none() {
        Random random = new Random(8314);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = new byte[random.nextInt(20)];
            random.nextBytes(octets);
            String noise = new String(octets, StandardCharsets.ISO_8859_1);
            for (String line : List.of(noise, "+OK " + noise, "-ERR [" + noise, "+ " + noise)) {
                Optional<Reply> reply = Reply.parse(line);
                reply.ifPresent(present -> assertEquals(reply, Reply.parse(present.line())));
            }
        }
    }
}
