package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code pop3 uidl-diff} between a server and maildirs. */
@Timeout(120)
class UidlDiffTest {

    private static final String LIST = "3 V1795578470 N3 Gbe534401665a066bcf66000083ecc375\n";

    @TempDir
    Path folder;

    private Path old;
    private Path moved;

    @BeforeEach
    void mail() throws IOException {
        old = maildir("old/mrose", LIST + "1 :1.a\n2 :2.b\n");
        moved = maildir("new/mrose", LIST + "1 :1.a\n2 :2.b\n");
    }

    private Path maildir(String name, String list) throws IOException {
        Path maildir = folder.resolve(name);
        Path incoming = Files.createDirectories(maildir.resolve("new"));
        Files.createDirectories(maildir.resolve("tmp"));
        Files.createDirectories(maildir.resolve("cur"));
        Files.writeString(incoming.resolve("1.a"), "Subject: a\r\n\r\n");
        Files.writeString(incoming.resolve("2.b"), "Subject: b\r\n\r\n");
        Files.writeString(maildir.resolve("dovecot-uidlist"), list);
        return maildir;
    }

    @Test
    void the_same_unique_ids_and_octets_cost_clients_nothing() {
        Ran ran = Ran.pop3("uidl-diff", "maildir:" + old, "maildir:" + moved);
        assertEquals("", ran.err());
        assertEquals("2 messages before, 2 after, 2 with the same unique-id" + System.lineSeparator(), ran.out());
        assertEquals(0, ran.status());
    }

    @Test
    void other_unique_ids_are_downloads() throws Exception {
        Files.writeString(moved.resolve("dovecot-uidlist"), LIST + "1 :1.a\n7 :2.b\n");
        Ran ran = Ran.pop3("uidl-diff", "maildir:" + old, "maildir:" + moved);
        assertEquals(1, ran.status());
        assertEquals("""
                2 messages before, 2 after, 1 with the same unique-id
                1 would be downloaded again or for the first time (14 octets):
                  000000076b065a66
                1 are no longer there under their unique-ids:
                  000000026b065a66
                """, ran.out());
    }

    @Test
    void a_server_is_compared_with_a_maildir() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "mrose:{PLAIN}secret\n");
        try (Serving serving = Serving.with(
                "--listen=127.0.0.1:0",
                "--allow-cleartext-login",
                "--store=maildir:" + folder.resolve("old"),
                "--store-option=lock=snapshot",
                "--users=" + users)) {
            String url = "pop3://mrose@127.0.0.1:" + serving.port("no TLS") + "?tls=none";
            Ran ran = Ran.pop3(Map.of("POP3_PASSWORD", "secret"), "uidl-diff", url, "maildir:" + moved);
            assertEquals("", ran.err());
            assertEquals(0, ran.status());
            assertTrue(ran.out().startsWith("2 messages before, 2 after, 2 with"), ran.out());
        }
    }

    @Test
    void a_maildir_may_have_any_name() throws Exception {
        Path odd = Files.move(
                moved, Files.createDirectories(folder.resolve("John Doe")).resolve(".maildir"));
        Ran ran = Ran.pop3("uidl-diff", "maildir:" + old + "/", "maildir:" + odd);
        assertEquals("", ran.err());
        assertEquals(0, ran.status());
    }

    @Test
    void what_is_no_maildrop_is_answered_with_a_sentence() {
        Ran ran = Ran.pop3("uidl-diff", "maildir:" + folder.resolve("nowhere/mrose"), "maildir:" + moved);
        assertEquals(1, ran.status());
        assertTrue(ran.err().startsWith("pop3: maildir:"), ran.err());
    }
}
