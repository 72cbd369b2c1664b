package io.github.pop3kit.store.maildir;

import static io.github.pop3kit.store.maildir.Maildir.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MaildirLockTest {

    @TempDir
    Path root;

    private Maildir maildir;
    private Path file;

    @BeforeEach
    void create() throws IOException {
        maildir = Maildir.create(root, "mrose");
        maildir.put("new/1.a", "a");
        file = maildir.path().resolve("pop3kit.lock");
    }

    // In one process.

    @Test
    void two_stores_of_one_process_share_the_lock() throws Exception {
        try (Maildrop first = maildir.open()) {
            assertRefused(Reason.IN_USE, () -> maildir.open());
            assertEquals(1, first.count());
        }
        maildir.open().close();
    }

    @Test
    void two_names_of_one_maildir_share_the_lock() throws Exception {
        Files.createSymbolicLink(root.resolve("marshall"), Path.of("mrose"));
        try (Maildrop first = maildir.open()) {
            assertRefused(Reason.IN_USE, () -> new Maildir(root, "marshall").open());
            assertEquals(1, first.count());
        }
        new Maildir(root, "marshall").open().close();
    }

    @Test
    void opening_an_account_without_a_maildir_creates_nothing() throws Exception {
        Maildir none = new Maildir(root, "jmyers");
        try (Maildrop first = none.open()) {
            assertRefused(Reason.IN_USE, () -> none.open());
            assertEquals(0, first.count());
            first.remove(new int[0]);
        }
        assertFalse(Files.exists(none.path()));
        none.open().close();
    }

    @Test
    void a_maildrop_that_cannot_be_read_is_not_left_locked() throws Exception {
        MaildirIo broken = new ScriptedIo((operation, path) -> {
            if (operation.equals("list")) throw new IOException("Input/output error");
        });
        assertRefused(Reason.TEMPORARY, () -> maildir.open(broken));
        maildir.open().close();
    }

    @Test
    void a_lock_that_cannot_be_written_says_whether_it_may_work_later() throws Exception {
        MaildirIo denied = new ScriptedIo((operation, path) -> {
            if (operation.equals("openToChange")) throw new AccessDeniedException(path.toString());
        });
        assertRefused(Reason.PERMANENT, () -> maildir.open(denied));
        MaildirIo full = new ScriptedIo((operation, path) -> {
            if (operation.equals("openToChange")) {
                throw new FileSystemException(path.toString(), null, "No space left on device");
            }
        });
        assertRefused(Reason.TEMPORARY, () -> maildir.open(full));
        maildir.open().close();
    }

    @Test
    void an_open_maildrop_holds_no_descriptor() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.exists(descriptors)) {
            System.out.println("Skipped: this system does not list the descriptors of a process");
            return;
        }
        List<Maildrop> open = new ArrayList<>();
        try (MaildirStore store = new MaildirStore(root)) {
            for (int i = 0; i < 50; i++) {
                Maildir.create(root, "user" + i).put("new/1.a", "a");
                open.add(store.open(Account.of("user" + i)));
            }
            try (Stream<Path> all = Files.list(descriptors)) {
                String real = root.toRealPath().toString();
                assertEquals(
                        List.of(),
                        all.map(MaildirLockTest::target)
                                .filter(path -> path.startsWith(real))
                                .toList());
            }
        } finally {
            open.forEach(Maildrop::close);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    @Test
    void an_interrupted_session_gives_the_lock_back() throws Exception {
        Maildrop maildrop = maildir.open();
        Thread.currentThread().interrupt();
        maildrop.close();
        assertTrue(Thread.interrupted());
        assertTrue(Files.readString(file).isBlank());
    }

    // The file.

    @Test
    void the_file_names_the_holder_while_there_is_one() throws Exception {
        try (Maildrop maildrop = maildir.open()) {
            assertTrue(Files.readString(file).startsWith(ProcessHandle.current().pid() + " "));
            assertEquals(1, maildrop.count());
        }
        assertTrue(Files.readString(file).isBlank());
        assertEquals(512, Files.size(file));
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "864 1234 other.example.org/pid:[4026531836] f81d4fae-7dec-11d0-a765-00a0c91e6bf6 -\n",
                "no lock of ours\n",
                "99999999999999999999 1 2 3\n",
                "\u0000\u0000\u0000"
            })
    void who_cannot_be_asked_holds_the_lock_for_90_seconds_after_the_last_touch(String holder) throws Exception {
        Files.writeString(file, holder);
        assertRefused(Reason.IN_USE, () -> maildir.open());
        touched(Duration.ofSeconds(60));
        assertRefused(Reason.IN_USE, () -> maildir.open());
        assertEquals(holder, Files.readString(file));
        touched(Duration.ofSeconds(91));
        maildir.open().close();
        assertTrue(Files.readString(file).isBlank());
    }

    @Test
    void a_long_holder_leaves_nothing_behind() throws Exception {
        Files.writeString(file, "x".repeat(5_000));
        touched(Duration.ofSeconds(91));
        maildir.open().close();
        assertTrue(Files.readString(file).isBlank());
    }

    @Test
    void a_living_process_of_this_host_holds_the_lock() throws Exception {
        String holder;
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(1, maildrop.count());
            holder = Files.readString(file);
        }
        Files.writeString(file, holder);
        assertRefused(Reason.IN_USE, () -> maildir.open());
    }

    @Test
    void a_dead_process_of_this_host_does_not_hold_the_lock() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Files.writeString(file, holder(ended.pid(), "1"));
        maildir.open().close();
    }

    @Test
    void a_process_with_the_pid_of_the_holder_that_started_at_another_time_is_not_the_holder() throws Exception {
        Files.writeString(file, holder(ProcessHandle.current().pid(), "1"));
        maildir.open().close();
    }

    private static String holder(long pid, String start) {
        return pid + " " + start + " " + Host.PIDS + " f81d4fae-7dec-11d0-a765-00a0c91e6bf6 -\n";
    }

    @Test
    void a_file_that_is_a_link_is_not_followed() throws Exception {
        Path elsewhere = Files.writeString(root.resolve("elsewhere"), "precious");
        Files.createSymbolicLink(file, elsewhere);
        assertRefused(Reason.TEMPORARY, () -> maildir.open());
        assertEquals("precious", Files.readString(elsewhere));
    }

    @Test
    void who_lost_the_lock_removes_nothing_and_leaves_it_to_the_new_holder() throws Exception {
        try (Maildrop maildrop = maildir.open()) {
            Files.writeString(file, "864 1 other.example.org/ f81d4fae-7dec-11d0-a765-00a0c91e6bf6 -\n");
            assertRefused(Reason.LOCK_LOST, () -> {
                maildrop.remove(new int[] {1});
                return null;
            });
        }
        assertEquals(List.of("1.a"), maildir.list("new"));
        assertTrue(Files.readString(file).startsWith("864 1 other.example.org/ "));
    }

    // The heartbeat.

    @Test
    void the_heartbeat_touches_the_locks_that_are_held() throws Exception {
        try (Heartbeat heartbeat = new Heartbeat()) {
            try (MaildirLock lock = MaildirLock.take(
                    new MaildirIo(),
                    maildir.path().toRealPath(),
                    Account.of("mrose"),
                    MaildirOptions.DEFAULTS,
                    heartbeat)) {
                touched(Duration.ofHours(1));
                heartbeat.beat();
                assertTrue(age().compareTo(Duration.ofSeconds(60)) < 0);
                touched(Duration.ofHours(1));
                lock.during(() -> {});
                assertTrue(age().compareTo(Duration.ofSeconds(60)) < 0);
            }
            touched(Duration.ofHours(1));
            heartbeat.beat();
            assertTrue(age().compareTo(Duration.ofMinutes(59)) > 0);
        }
    }

    @Test
    void the_heartbeat_has_a_daemon_thread_from_the_first_lock_until_the_store_is_closed() throws Exception {
        Set<Thread> before = heartbeats();
        MaildirStore store = new MaildirStore(root);
        store.open(Account.of("nobody")).close();
        assertEquals(before, heartbeats());
        store.open(Account.of("mrose")).close();
        store.open(Account.of("mrose")).close();
        Set<Thread> started = heartbeats();
        started.removeAll(before);
        assertEquals(1, started.size());
        Thread thread = started.iterator().next();
        assertTrue(thread.isDaemon());
        store.close();
        thread.join();
    }

    private static Set<Thread> heartbeats() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("pop3kit-maildir-heartbeat"))
                .collect(Collectors.toSet());
    }

    private void touched(Duration ago) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(ago)));
    }

    private Duration age() throws IOException {
        return Duration.between(Files.getLastModifiedTime(file).toInstant(), Instant.now());
    }

    // Another process.

    @Test
    void another_process_holds_the_lock_until_it_closes_the_maildrop() throws Exception {
        Process other = otherProcess();
        try (BufferedReader says = other.inputReader(UTF_8)) {
            assertEquals("opened", says.readLine());
            assertRefused(Reason.IN_USE, () -> maildir.open());
            other.outputWriter(UTF_8).append("close\n").flush();
            assertEquals("closed", says.readLine());
            try (Maildrop maildrop = maildir.open()) {
                assertEquals(1, maildrop.count());
            }
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void the_lock_of_a_process_that_was_killed_is_free_at_once() throws Exception {
        Process other = otherProcess();
        try (BufferedReader says = other.inputReader(UTF_8)) {
            assertEquals("opened", says.readLine());
            assertRefused(Reason.IN_USE, () -> maildir.open());
            other.destroyForcibly().waitFor();
            try (Maildrop maildrop = maildir.open()) {
                assertEquals(1, maildrop.count());
                maildrop.remove(new int[] {1});
            }
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void another_process_is_refused_while_this_one_holds_the_lock() throws Exception {
        try (Maildrop maildrop = maildir.open()) {
            Process other = otherProcess();
            try (BufferedReader says = other.inputReader(UTF_8)) {
                assertEquals("IN_USE", says.readLine());
                assertEquals(1, maildrop.count());
            } finally {
                other.destroyForcibly().waitFor();
            }
        }
    }

    private Process otherProcess() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Session.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A process that opens the maildrop, says so, waits for a line, and closes it. */
    static final class Session {

        private Session() {}

        public static void main(String[] args) throws IOException {
            try (MaildirStore store = new MaildirStore(Path.of(args[0]))) {
                Maildrop maildrop = store.open(Account.of("mrose"));
                System.out.println("opened");
                if (System.in.read() >= 0) maildrop.close();
                System.out.println("closed");
                while (System.in.read() >= 0) {}
            } catch (StoreException e) {
                System.out.println(e.reason());
            }
        }
    }
}
