package io.github.pop3kit.store.maildir;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session in which operation k fails, for every k: once, or with all that follow. */
@Timeout(120)
class FailingDiskTest {

    enum Failure {
        ENOSPC("No space left on device"),
        EACCES(""),
        EIO("Input/output error"),
        EROFS("Read-only file system");

        private final String text;

        Failure(String text) {
            this.text = text;
        }

        FileSystemException on(Path file) {
            return this == EACCES
                    ? new AccessDeniedException(file.toString())
                    : new FileSystemException(file.toString(), null, text);
        }
    }

    @TempDir
    Path root;

    /** In English or not: run with {@code LC_ALL=de_DE.UTF-8}, where there is such a locale, it says "kein Speicherplatz mehr". */
    @Test
    @EnabledOnOs(OS.LINUX)
    void a_full_disk_and_a_broken_one_are_known_by_what_the_system_says_in_its_language() throws IOException {
        try (FileChannel full = FileChannel.open(Path.of("/dev/full"), WRITE);
                FileChannel memory = FileChannel.open(Path.of("/proc/self/mem"), READ)) {
            IOException nospc = assertThrows(IOException.class, () -> full.write(ByteBuffer.allocate(1)));
            assertTrue(MaildirIo.isFull(nospc), nospc.toString());
            String eio = assertThrows(IOException.class, () -> memory.read(ByteBuffer.allocate(1)))
                    .getMessage();
            assertTrue(MaildirIo.isUncertain(new FileSystemException("cur/1", null, eio)), eio);
            assertFalse(MaildirIo.isFull(new IOException(eio)), eio);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_removal_fails_as_a_whole_and_the_next_session_goes_on(Failure failure) throws Exception {
        for (boolean forGood : new boolean[] {false, true}) {
            boolean reached = true;
            for (int k = 1; reached; k++) {
                Maildir maildir = Maildir.create(root, failure + "-" + forGood + "-" + k);
                for (int i = 1; i <= 2; i++) maildir.put("new/" + i + ".a", "new " + i + "\n");
                for (int i = 3; i <= 4; i++) maildir.put("cur/" + i + ".a:2,S", "cur " + i + "\n");
                Map<String, String> before;
                try (Maildrop maildrop = maildir.open()) {
                    before = messages(maildrop);
                }
                maildir.put("new/5.late", "late\n");
                Map<String, String> unmarked = new HashMap<>(before);
                unmarked.values().removeAll(Set.of("new 1\n", "cur 4\n"));

                int[] left = {k};
                MaildirIo io = new ScriptedIo((operation, file) -> {
                    if (--left[0] == 0 || (forGood && left[0] < 0)) throw failure.on(file);
                });
                boolean answered = false;
                try (Maildrop maildrop = maildir.open(io)) {
                    maildrop.remove(new int[] {1, 4});
                    answered = true;
                } catch (StoreException e) {
                    assertTrue(
                            EnumSet.of(Reason.TEMPORARY, Reason.PERMANENT, Reason.IN_USE)
                                    .contains(e.reason()),
                            e.toString());
                }
                reached = left[0] <= 0;
                String when = failure + " at " + k + (forGood ? " and ever after" : "");
                Map<String, String> after;
                try (Maildrop maildrop = maildir.open()) {
                    after = messages(maildrop);
                }
                assertTrue(after.values().remove("late\n"), when);
                if (answered) {
                    assertEquals(unmarked, after, when);
                } else {
                    assertTrue(after.equals(before) || after.equals(unmarked), () -> when + ": " + after);
                }
            }
        }
    }

    /** Contents by their unique-ids. */
    private static Map<String, String> messages(Maildrop maildrop) throws IOException {
        Map<String, String> messages = new HashMap<>();
        for (int number = 1; number <= maildrop.count(); number++) {
            messages.put(maildrop.uniqueId(number), Maildir.content(maildrop, number));
        }
        return messages;
    }
}
