package io.github.pop3kit.store.maildir;

import static io.github.pop3kit.store.maildir.Maildir.assertRefused;
import static io.github.pop3kit.store.maildir.Maildir.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LockPolicyTest {

    @TempDir
    Path root;

    private Maildir maildir;

    @BeforeEach
    void create() throws IOException {
        maildir = Maildir.create(root, "mrose");
        maildir.put("new/1.a", "a");
        maildir.put("new/2.b", "b");
    }

    // Snapshot.

    @Test
    void sessions_with_snapshots_do_not_exclude_each_other() throws Exception {
        MaildirStore store = store(Map.of("lock", "snapshot"));
        try (Maildrop first = store.open(Account.of("mrose"));
                Maildrop second = store.open(Account.of("mrose"))) {
            second.remove(new int[] {1});
            assertEquals(2, first.count());
            assertRefused(Reason.GONE, () -> first.open(1));
            assertEquals("b", content(first, 2));
            first.remove(new int[] {1, 2});
            assertRefused(Reason.GONE, () -> second.open(2));
        }
        assertEquals(List.of(), maildir.contents());
    }

    @Test
    void a_snapshot_session_removes_nothing_without_its_end() throws Exception {
        MaildirStore store = store(Map.of("lock", "snapshot"));
        Maildrop maildrop = store.open(Account.of("mrose"));
        maildrop.close();
        assertRefused(Reason.LOCK_LOST, () -> {
            maildrop.remove(new int[] {1});
            return null;
        });
        assertEquals(List.of("a", "b"), maildir.contents());
    }

    @Test
    void a_removal_that_failed_half_way_is_finished_before_the_next_one() throws Exception {
        maildir.put("new/3.c", "c");
        MaildirIo failing = new ScriptedIo((operation, file) -> {
            if (operation.equals("delete") && file.endsWith("2.b")) throw new IOException("Input/output error");
        });
        MaildirOptions options = MaildirOptions.of(Map.of("lock", "snapshot"));
        try (Maildrop broken = maildir.store(options, failing).open(Account.of("mrose"));
                Maildrop other = maildir.store(options, new MaildirIo()).open(Account.of("mrose"))) {
            assertRefused(Reason.TEMPORARY, () -> {
                broken.remove(new int[] {1, 2});
                return null;
            });
            other.remove(new int[] {3});
            assertEquals(List.of(), maildir.list("new"));
        }
    }

    @Test
    void a_snapshot_session_is_refused_while_an_exclusive_one_has_the_maildrop() throws Exception {
        try (Maildrop exclusive = maildir.open()) {
            assertRefused(Reason.IN_USE, () -> store(Map.of("lock", "snapshot")).open(Account.of("mrose")));
            assertEquals(2, exclusive.count());
        }
    }

    // Takeover.

    @Test
    void a_session_from_the_same_address_takes_over_and_the_one_before_removes_nothing() throws Exception {
        MaildirStore store = store(Map.of("lock", "takeover"));
        Maildrop stuck = store.open(from("192.0.2.1"));
        try (Maildrop next = store.open(from("192.0.2.1"))) {
            assertRefused(Reason.LOCK_LOST, () -> {
                stuck.remove(new int[] {1, 2});
                return null;
            });
            stuck.close();
            assertRefused(Reason.IN_USE, () -> store.open(from("192.0.2.2")));
            next.remove(new int[] {1});
        }
        assertEquals(List.of("b"), maildir.contents());
    }

    @Test
    void a_session_from_another_address_or_from_nowhere_is_refused() throws Exception {
        MaildirStore store = store(Map.of("lock", "takeover"));
        try (Maildrop first = store.open(from("192.0.2.1"))) {
            assertRefused(Reason.IN_USE, () -> store.open(from("192.0.2.2")));
            assertRefused(Reason.IN_USE, () -> store.open(Account.of("mrose")));
            first.remove(new int[] {1});
        }
        try (Maildrop first = store.open(Account.of("mrose"))) {
            assertRefused(Reason.IN_USE, () -> store.open(Account.of("mrose")));
            assertEquals(1, first.count());
        }
    }

    @Test
    void nobody_takes_over_while_messages_are_removed() throws Exception {
        MaildirStore[] store = new MaildirStore[1];
        boolean[] tried = new boolean[1];
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (!operation.equals("delete") || !file.endsWith("1.a")) return;
            Thread other = new Thread(() -> assertRefused(Reason.IN_USE, () -> store[0].open(from("192.0.2.1"))));
            tried[0] = true;
            other.setUncaughtExceptionHandler((thread, e) -> tried[0] = false);
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        store[0] = maildir.store(MaildirOptions.of(Map.of("lock", "takeover")), io);
        try (Maildrop maildrop = store[0].open(from("192.0.2.1"))) {
            maildrop.remove(new int[] {1});
        }
        assertTrue(tried[0]);
        assertEquals(List.of("b"), maildir.contents());
    }

    // Dovecot's lock of a session.

    @Test
    void dovecots_session_lock_is_taken_and_given_back_if_that_is_wanted() throws Exception {
        Path lock = maildir.path().resolve("dovecot-pop3-session.lock");
        try (Maildrop maildrop = store(Map.of("dovecot-session-lock", "yes")).open(Account.of("mrose"))) {
            assertEquals(ProcessHandle.current().pid() + ":" + Host.IN_DOT_LOCKS, Files.readString(lock));
            assertEquals(2, maildrop.count());
        }
        assertFalse(Files.exists(lock));
        try (Maildrop maildrop = maildir.open()) {
            assertFalse(Files.exists(lock));
            assertEquals(2, maildrop.count());
        }
    }

    @Test
    void dovecots_session_lock_and_snapshots_contradict_each_other() {
        Map<String, String> both = Map.of("lock", "snapshot", "dovecot-session-lock", "yes");
        assertThrows(IllegalArgumentException.class, () -> MaildirOptions.of(both));
    }

    @Test
    void dovecots_session_lock_is_honoured() throws Exception {
        Path lock = Files.writeString(
                maildir.path().resolve("dovecot-pop3-session.lock"),
                ProcessHandle.current().pid() + ":" + Host.NAME);
        MaildirStore store = store(Map.of("dovecot-session-lock", "yes"));
        assertRefused(Reason.IN_USE, () -> store.open(Account.of("mrose")));
        assertTrue(Files.exists(lock));
        Files.writeString(lock, "864:other.example.org");
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minus(Duration.ofSeconds(301))));
        store.open(Account.of("mrose")).close();
        assertFalse(Files.exists(lock));
    }

    private static Account from(String address) throws IOException {
        return Account.of("mrose").from(InetAddress.getByName(address));
    }

    private MaildirStore store(Map<String, String> options) {
        return maildir.store(MaildirOptions.of(options), new MaildirIo());
    }
}
