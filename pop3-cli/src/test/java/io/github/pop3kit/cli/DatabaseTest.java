package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

    @TempDir
    Path folder;

    @Test
    void status_is_1_until_the_schema_was_brought_up_to_date() {
        String location = "jdbc:sqlite:" + folder.resolve("mail.db");
        assertEquals(new Ran(1, lines("version 1: missing"), ""), Ran.pop3("db", "status", location));
        String ddl = Ran.pop3("db", "ddl", location).out();
        assertTrue(ddl.contains("CREATE TABLE IF NOT EXISTS pop3_message ("), ddl);
        assertEquals(new Ran(0, lines("the schema is up to date"), ""), Ran.pop3("db", "migrate", location));
        assertEquals(new Ran(0, lines("version 1: applied"), ""), Ran.pop3("db", "status", location));
        assertEquals(new Ran(0, "", ""), Ran.pop3("db", "ddl", location));
    }

    @Test
    void a_password_in_a_location_is_not_said_again() {
        for (String location : new String[] {
            "jdbc:postgresql://127.0.0.1:1/mail?user=pop3&password=secret",
            "jdbc:mariadb://pop3:secret@127.0.0.1:1/mail",
            "jdbc:h2:tcp://127.0.0.1:1/mail;PASSWORD=secret",
            "jdbc:nobody:mail?password=secret"
        }) {
            Ran ran = Ran.pop3("db", "status", location);
            assertEquals(1, ran.status());
            assertTrue(ran.err().startsWith("pop3: The schema of jdbc:"), ran.err());
            assertFalse((ran.out() + ran.err()).contains("secret"), ran.err());
        }
    }

    @Test
    void an_option_that_there_is_not_is_refused() {
        Ran ran = Ran.pop3("db", "status", "jdbc:sqlite:" + folder.resolve("x"), "--store-option", "leese=1");
        assertEquals(1, ran.status());
        assertTrue(ran.err().contains("has no option \"leese\""), ran.err());
    }

    private static String lines(String line) {
        return line + System.lineSeparator();
    }
}
