package io.github.pop3kit.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dovecot's passwd-file format. */
class PasswdFileTest {

    @TempDir
    private Path folder;

    @Test
    void a_line_is_a_name_and_a_password_and_what_else_is_known() throws IOException {
        PasswdFile users = file("""
                # users of example.org

                mrose:{PLAIN}a secret
                j\u00F3zsef:{plain}p\u00E1l
                full:{CLEARTEXT}x:1000:1001:Full Name:/home/full:/bin/sh:userdb_mail=maildir:~/Maildir quota=5
                """);
        assertEquals(Optional.of(Account.of("mrose")), users.password("mrose", "a secret"));
        assertEquals(Optional.of(Account.of("j\u00F3zsef")), users.password("j\u00F3zsef", "p\u00E1l"));
        Account full = users.password("full", "x").orElseThrow();
        assertEquals(
                Map.of(
                        "uid",
                        "1000",
                        "gid",
                        "1001",
                        "home",
                        "/home/full",
                        "userdb_mail",
                        "maildir:~/Maildir",
                        "quota",
                        "5"),
                full.attributes());
    }

    @Test
    void nobody_logs_in_with_another_password_or_none() throws IOException {
        PasswdFile users = file("""
                mrose:{PLAIN}secret
                empty:{PLAIN}
                none::
                bare:secret
                other:{SOME-SCHEME}secret
                incomplete
                """);
        for (String user : new String[] {"mrose", "empty", "none", "bare", "other", "incomplete", "", "nobody"}) {
            assertEquals(Optional.empty(), users.password(user, ""), user);
            assertEquals(Optional.empty(), users.password(user, "Secret"), user);
        }
        for (String user : new String[] {"bare", "other"}) {
            assertEquals(Optional.empty(), users.password(user, "secret"), user);
        }
    }

    @Test
    void a_name_in_capitals_finds_the_entry_in_lower_case_and_takes_its_name() throws IOException {
        assertEquals(Optional.of(Account.of("mrose")), file("mrose:{PLAIN}x").password("MRose", "x"));
    }

    @Test
    void the_file_is_read_again_when_it_changes() throws IOException {
        PasswdFile users = file("mrose:{PLAIN}old");
        file("mrose:{PLAIN}brand new\ncarol:{PLAIN}x");
        assertEquals(Optional.empty(), users.password("mrose", "old"));
        assertEquals(Optional.of(Account.of("mrose")), users.password("mrose", "brand new"));
        assertEquals(Optional.of(Account.of("carol")), users.password("carol", "x"));
    }

    @Test
    void while_the_file_is_away_nothing_can_be_decided() throws IOException {
        PasswdFile users = file("mrose:{PLAIN}x");
        Files.delete(folder.resolve("users"));
        assertThrows(IOException.class, () -> users.password("mrose", "x"));
        assertThrows(IOException.class, () -> new PasswdFile(folder.resolve("users")));
    }

    private PasswdFile file(String text) throws IOException {
        Path file = folder.resolve("users");
        Files.writeString(file, text);
        return new PasswdFile(file);
    }
}
