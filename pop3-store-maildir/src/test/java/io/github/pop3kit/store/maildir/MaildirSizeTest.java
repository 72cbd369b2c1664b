package io.github.pop3kit.store.maildir;

import static io.github.pop3kit.store.maildir.Maildir.assertRefused;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaildirSizeTest {

    @TempDir
    Path root;

    private Maildir maildir;
    private Path sizes;

    @BeforeEach
    void create() throws IOException {
        maildir = Maildir.create(root, "mrose");
        sizes = maildir.path().resolve("maildirsize");
    }

    @Test
    void a_session_takes_off_what_it_removes_in_one_line() throws Exception {
        maildir.put("cur/1.a,S=10,W=10:2,S", "0123456789");
        maildir.put("new/2.b", "12345");
        maildir.put("new/3.c", "123");
        Files.writeString(sizes, "1000S,10C\n18 3\n");
        try (Maildrop maildrop = maildir.open()) {
            maildrop.remove(new int[] {1, 2});
        }
        assertEquals("1000S,10C\n18 3\n-15 -2\n", Files.readString(sizes));
    }

    @Test
    void a_message_that_moves_while_it_is_removed_counts_once() throws Exception {
        maildir.put("new/1.a", "0123456789");
        Files.writeString(sizes, "1000S,10C\n10 1\n");
        MaildirIo moving = new ScriptedIo((operation, file) -> {
            if (operation.equals("delete") && file.endsWith("1.a")) maildir.move("new/1.a", "cur/1.a:2,S");
        });
        try (Maildrop maildrop = maildir.open(moving)) {
            maildrop.remove(new int[] {1});
        }
        assertEquals(List.of(), maildir.list("cur"));
        assertEquals("1000S,10C\n10 1\n-10 -1\n", Files.readString(sizes));
    }

    @Test
    void a_delivery_adds_a_line() throws Exception {
        Files.writeString(sizes, "1000S,10C\n0 0\n");
        deliver("0123456789");
        assertEquals("1000S,10C\n0 0\n10 1\n", Files.readString(sizes));
    }

    @Test
    void without_the_file_there_is_no_quota_and_none_is_made() throws Exception {
        deliver("0123456789");
        try (Maildrop maildrop = maildir.open()) {
            maildrop.remove(new int[] {1});
        }
        assertFalse(Files.exists(sizes));
    }

    @Test
    void what_is_no_file_limits_nothing() throws Exception {
        Files.createDirectory(sizes);
        deliver("0123456789");
        try (Maildrop maildrop = maildir.open()) {
            maildrop.remove(new int[] {1});
        }
        assertTrue(Files.isDirectory(sizes));
    }

    @Test
    void a_message_that_passes_a_limit_is_refused() throws Exception {
        maildir.put("cur/1.a,S=10:2,", "0123456789");
        for (String limits : List.of("12S", "0S,1C", "1C,100S")) {
            Files.writeString(sizes, limits + "\n10 1\n");
            assertRefused(Reason.OVER_QUOTA, () -> deliver("12345"));
        }
        assertEquals(List.of(), maildir.list("new"));
        assertEquals(List.of(), maildir.list("tmp"));
        Files.writeString(sizes, "0S\n10 1\n");
        deliver("12345");
    }

    @Test
    void a_file_that_has_drifted_is_counted_anew_before_mail_is_refused() throws Exception {
        maildir.put("cur/1.a,S=10:2,", "0123456789");
        maildir.put("new/2.b", "12345");
        Maildir.create(maildir.path(), ".Sent").put("cur/3.c:2,S", "123");
        maildir.put(".no-folder", "a file whose name begins with a dot");
        for (String drifted : List.of(
                "100S\n95 9\n5 1\n", "100S\n-5 1\n", "100S\nnonsense\n", "100S\n5 1\n" + "0 0\n".repeat(1500))) {
            Files.writeString(sizes, drifted);
            deliver("xyz");
            assertTrue(Files.readString(sizes).startsWith("100S\n"), Files.readString(sizes));
        }
        assertEquals("100S\n27 6\n3 1\n", Files.readString(sizes));
    }

    @Test
    void after_a_session_that_did_not_come_to_its_end_it_is_counted_anew() throws Exception {
        for (String name : List.of("1.a", "2.b", "3.c")) maildir.put("new/" + name, "12345");
        Files.writeString(sizes, "1000S,10C\n15 3\n");
        MaildirIo dies = new ScriptedIo((operation, file) -> {
            if (operation.equals("delete") && file.endsWith("2.b")) throw new AssertionError("killed");
        });
        try (Maildrop maildrop = maildir.open(dies)) {
            assertThrows(AssertionError.class, () -> maildrop.remove(new int[] {1, 2}));
        }
        assertEquals(List.of("12345"), maildir.contents());
        assertEquals("1000S,10C\n5 1\n", Files.readString(sizes));
    }

    @Test
    void a_count_that_cannot_be_written_keeps_no_mail_away() throws Exception {
        maildir.put("cur/1.a,S=10:2,", "0123456789");
        Files.writeString(sizes, "100S\n95 9\n5 1\n");
        MaildirIo full = new ScriptedIo((operation, file) -> {
            if (operation.equals("create") && file.toString().contains("maildirsize")) {
                throw new FileSystemException(file.toString(), null, "No space left on device");
            }
        });
        maildir.store(full)
                .delivery()
                .orElseThrow()
                .deliver(Envelope.to("mrose"), new ByteArrayInputStream("xyz".getBytes(ISO_8859_1)));
        assertEquals(1, maildir.list("new").size());
    }

    private Void deliver(String message) throws IOException {
        maildir.store(new MaildirIo())
                .delivery()
                .orElseThrow()
                .deliver(Envelope.to("mrose"), new ByteArrayInputStream(message.getBytes(ISO_8859_1)));
        return null;
    }
}
