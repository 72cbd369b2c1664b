package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswdTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PLAIN",
                "MD5-CRYPT",
                "SHA256-CRYPT",
                "SHA512-CRYPT",
                "PBKDF2",
                "SSHA",
                "SSHA256",
                "SSHA512",
                "SCRAM-SHA-1",
                "SCRAM-SHA-256",
                "CRAM-MD5",
                "BLF-CRYPT",
                "ARGON2I",
                "argon2id"
            })
    void an_entry_that_it_made_is_verified(String scheme) throws IOException {
        Ran made = Ran.pop3("passwd", "-s", scheme, "-u", "mrose", "--password-file", password("hush hush"));
        assertEquals(0, made.status(), made.err());
        assertTrue(made.out().toLowerCase(Locale.ROOT).startsWith("mrose:{" + scheme.toLowerCase(Locale.ROOT) + "}"));
        String entry = made.out().strip().substring("mrose:".length());
        assertEquals(
                0,
                Ran.pop3("passwd", "--verify", entry, "--password-file", password("hush hush"))
                        .status());
        Ran wrong = Ran.pop3("passwd", "--verify", entry, "--password-file", password("other"));
        assertEquals(1, wrong.status());
        assertEquals("pop3: The password is not right." + System.lineSeparator(), wrong.err());

        String users = Files.writeString(folder.resolve("users"), made.out()).toString();
        String right = password("hush hush");
        assertEquals(
                0,
                Ran.pop3("passwd", "--users", users, "-u", "mrose", "--password-file", right)
                        .status());
        assertEquals(
                1,
                Ran.pop3("passwd", "--users", users, "-u", "chris", "--password-file", right)
                        .status());
    }

    @Test
    void argon2id_is_what_is_made_where_nothing_is_said() throws IOException {
        Ran made = Ran.pop3("passwd", "--password-file", password("hush"));
        assertTrue(made.out().startsWith("{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$"), made.out());
        assertFalse(made.out().contains("hush"));
    }

    @Test
    void what_would_break_the_file_is_refused() throws IOException {
        for (String name : new String[] {"a:b", "#a", ""}) {
            assertEquals(
                    2,
                    Ran.pop3("passwd", "-u", name, "--password-file", password("x"))
                            .status(),
                    name);
        }
        Ran unknown = Ran.pop3("passwd", "-s", "rot13", "--password-file", password("x"));
        assertEquals(2, unknown.status());
        assertTrue(unknown.err().startsWith("pop3: There is no password scheme rot13; there are "), unknown.err());
        assertEquals(
                2,
                Ran.pop3("passwd", "--users", "f", "--password-file", password("x"))
                        .status());
    }

    /** Behind the colon would begin another field, and the password be what stands in front. */
    @Test
    void a_password_that_the_file_cannot_hold_is_refused() throws IOException {
        Ran colon = Ran.pop3("passwd", "-s", "PLAIN", "-u", "mrose", "--password-file", password("a:b"));
        assertEquals(2, colon.status());
        assertEquals("", colon.out());
        assertFalse(colon.err().contains("a:b"), colon.err());
        Ran hashed = Ran.pop3("passwd", "-s", "SSHA", "-u", "mrose", "--password-file", password("a:b"));
        assertEquals(0, hashed.status(), hashed.err());
        for (String[] args : new String[][] {{"-s", "PLAIN"}, {"-s", "SSHA"}, {"--verify", "{PLAIN}"}}) {
            Ran empty = Ran.pop3("passwd", args[0], args[1], "--password-file", password(""));
            assertEquals(1, empty.status());
            assertEquals("", empty.out());
            assertEquals(
                    "pop3: The password is empty, and an empty one lets nobody in." + System.lineSeparator(),
                    empty.err());
        }
    }

    @Test
    void help_lists_the_schemes() {
        assertTrue(Ran.pop3("passwd", "--help").out().contains("SHA512-CRYPT"));
    }

    private String password(String password) throws IOException {
        return Files.writeString(folder.resolve("password"), password + "\n").toString();
    }
}
