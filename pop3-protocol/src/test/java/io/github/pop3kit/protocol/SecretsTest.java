package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs are read by others than those who type. */
class SecretsTest {

    @ParameterizedTest
    @CsvSource({
        "PASS a secret, PASS ****",
        "pass a secret, PASS ****",
        "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbg==, AUTH PLAIN ****",
        "auth plain AHRpbQB0YW5zdGFhZnRhbg==, AUTH PLAIN ****",
        "AUTH SCRAM-SHA-256-PLUS biws, AUTH SCRAM-SHA-256-PLUS ****",
        "APOP mrose c4c9334bac560ecc979e58001b3e22fb, APOP mrose ****",
        "APOP Marshall T. Rose c4c9334bac560ecc979e58001b3e22fb, APOP Marshall T. Rose ****",
        "user mrose a secret, USER mrose ****",
        "PASSWORD secret, ****",
        "AHRpbQB0YW5zdGFhZnRhbg==, ****",
    })
    void a_secret_is_starred(String line, String shown) {
        assertEquals(shown, Command.redact(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "USER mrose",
                "user mrose",
                "RETR 1",
                "top 1 5",
                "QUIT",
                "AUTH",
                "AUTH PLAIN",
                "LANG de",
                "UIDL",
                "PASS"
            })
    void what_holds_no_secret_is_shown_as_it_is(String line) {
        assertEquals(line, Command.redact(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PASS hunter2",
                "pass hunter2",
                "LAST hunter2",
                "RETR hunter2",
                "PaSs hunter2",
                "PASS  hunter2",
                "PASS hunter2 ",
                "PASS\thunter2",
                "PASS\t hunter2",
                "PASSX hunter2",
                "PASShunter2",
                "passhunter2",
                "PAS hunter2",
                "PSAS hunter2",
                "P ASS hunter2",
                " PASS hunter2",
                "\tPASS hunter2",
                "PASS\0hunter2",
                "PASS hunter2\0",
                "PASS hunter2\r",
                "PASS\u00a0hunter2",
                "USER mrose hunter2",
                "USER  hunter2",
                "USER mrose\rPASS hunter2",
                "USER mrose\0PASS hunter2",
                "LANG\rPASS hunter2",
                "PA\u017f\u017f hunter2",
                "hunter2",
                "hunter2 hunter2",
                "",
                "AUTH hunter2",
                "AUTH PLAIN hunter2",
                "auth plain hunter2",
                "AUTH  PLAIN hunter2",
                "AUTH PLAIN  hunter2",
                "AUTH PLAIN\thunter2",
                "AUTH PLAIN x hunter2",
                "AUTH PLAINhunter2",
                "AUTHPLAIN hunter2",
                "APOP mrose hunter2",
                "APOP mrose hunter2 ",
                "APOP mrose  hunter2",
                "APOP hunter2",
                "APOP  hunter2",
                "APOP hunter2 ",
                "APOP hunter2 mrose",
                "APOPmrose hunter2",
                "APOP mrose hunter2 c4c9334bac560ecc979e58001b3e22f"
            })
    void a_secret_is_starred_however_it_is_mistyped(String line) {
        hides("hunter2", Command.redact(line));
        hides("hunter2", Command.parse(line).toString());
        hides("hunter2", Transcript.entry(Side.CLIENT, line));
    }

    @Test
    void a_parsed_command_shows_no_secret() {
        assertEquals("PASS ****", new Command.Pass("hunter2").toString());
        assertEquals("AUTH XOAUTH2 ****", new Command.Auth("XOAUTH2", Optional.of("aHVudGVyMg==")).toString());
        assertEquals("APOP mrose ****", new Command.Apop("mrose", "c4c9334bac560ecc979e58001b3e22fb").toString());
        assertEquals("USER mrose", new Command.User("mrose").toString());
        assertEquals("****", new Command.Unknown("hunter2").toString());
        assertEquals("PASS ****", new Command.Malformed("PASS hunter2\0", "a command has no NUL in it").toString());
    }

    @Test
    void a_password_that_looks_like_a_command_is_starred_all_the_same() {
        assertEquals("PASS ****", Command.redact("PASS USER mrose"));
        assertEquals("PASS ****", new Command.Pass("PASS").toString());
    }

    @Test
    void a_challenge_is_starred() {
        hides("aHVudGVyMg==", new Reply.Challenge("aHVudGVyMg==").toString());
        assertEquals("+ ****", Reply.redact("+ aHVudGVyMg=="));
        assertEquals("+OK hello", Reply.redact("+OK hello"));
    }

    private static void hides(String secret, String shown) {
        assertFalse(shown.toLowerCase(Locale.ROOT).contains(secret.toLowerCase(Locale.ROOT)), shown);
    }
}
