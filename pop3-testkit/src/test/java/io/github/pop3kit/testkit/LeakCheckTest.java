package io.github.pop3kit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class LeakCheckTest {

    @TempDir
    Path folder;

    /** Does not wait long: what leaks here leaks for good. */
    private LeakCheck begin() {
        return new LeakCheck(Duration.ofMillis(50));
    }

    private static List<String> found(LeakCheck leaks) {
        AssertionError failure = assertThrows(AssertionError.class, leaks::close);
        List<String> lines = String.valueOf(failure.getMessage()).lines().toList();
        assertEquals("left behind:", lines.get(0));
        return lines.stream().skip(1).map(String::strip).toList();
    }

    @Test
    void what_is_tidied_up_is_no_leak() throws Exception {
        MailStore memory = new MemoryMailStore();
        try (LeakCheck leaks = LeakCheck.begin().folder(folder)) {
            Thread thread = new Thread(() -> {}, "pop3-short");
            thread.start();
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                    Socket accepted = server.accept()) {
                assertTrue(client.isConnected() && accepted.isConnected());
            }
            try (ServerSocketChannel server = ServerSocketChannel.open()
                            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    SocketChannel client = SocketChannel.open(server.getLocalAddress());
                    SocketChannel accepted = server.accept()) {
                assertTrue(client.isConnected() && accepted.isConnected());
            }
            Path file = Files.writeString(folder.resolve("spool"), "Hello");
            Files.readString(file);
            Files.delete(file);
            try (MailStore store = leaks.watching(memory);
                    Maildrop maildrop = store.open(Account.of("mrose"))) {
                assertEquals(0, maildrop.count());
            }
        }
    }

    @Test
    void what_was_there_before_is_no_leak() throws Exception {
        Files.writeString(folder.resolve("spool"), "Hello");
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = waiting("pop3-before", end);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            begin().folder(folder).close();
            assertTrue(server.isBound());
        } finally {
            end.countDown();
            thread.join();
        }
    }

    @Test
    void a_thread_that_is_about_to_end_is_waited_for() throws Exception {
        LeakCheck leaks = LeakCheck.begin();
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = waiting("pop3-ending", end);
        Thread checker = Thread.currentThread();
        Thread ender = new Thread(() -> {
            // The check is under way: it waits for the thread.
            while (checker.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
            end.countDown();
        });
        ender.setDaemon(true);
        ender.start();
        leaks.close();
        thread.join();
        ender.join();
    }

    @Test
    void a_thread_of_ours_that_goes_on_is_found_by_its_name_and_place() throws Exception {
        LeakCheck leaks = begin();
        CountDownLatch end = new CountDownLatch(1);
        Thread daemon = waiting("pop3-leaking", end);
        Thread other = waiting("somebody else's daemon", end);
        try {
            List<String> found = found(leaks);
            assertEquals(1, found.size(), found::toString);
            assertTrue(
                    found.get(0)
                            .startsWith("thread: pop3-leaking, a daemon, at "
                                    + getClass().getName()),
                    found.get(0));
        } finally {
            end.countDown();
            daemon.join();
            other.join();
        }
    }

    @Test
    void a_thread_that_keeps_the_jvm_alive_is_found_whatever_its_name() throws Exception {
        LeakCheck leaks = begin();
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(() -> await(end), "any\nname");
        thread.setDaemon(false); // Its creator may be one, of a pool of JUnit's.
        thread.start();
        try {
            List<String> found = found(leaks);
            assertEquals(1, found.size(), found::toString);
            assertTrue(found.get(0).startsWith("thread: any\\nname"), found.get(0));
        } finally {
            end.countDown();
            thread.join();
        }
    }

    @Test
    void an_open_socket_is_found() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "descriptors cannot be seen here");
        LeakCheck leaks = begin();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<String> found = found(leaks);
            assertTrue(server.isBound());
            assertEquals(1, found.size(), found::toString);
            assertTrue(found.get(0).startsWith("open: socket:["), found.get(0));
        }
        leaks.close();
    }

    @Test
    void an_open_file_is_found_by_its_path() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "descriptors cannot be seen here");
        LeakCheck leaks = begin();
        Path file = Files.writeString(folder.resolve("spool"), "Hello");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            assertEquals(List.of("open: " + file.toRealPath()), found(leaks));
            assertTrue(channel.isOpen());
        }
        leaks.close();
    }

    @Test
    void a_file_in_a_folder_is_found_by_its_path() throws Exception {
        Files.writeString(folder.resolve("before"), "Hello");
        LeakCheck leaks = begin().folder(folder);
        Path left =
                Files.writeString(Files.createDirectory(folder.resolve("new")).resolve("left"), "Hello");
        assertEquals(List.of("file: " + left.getParent(), "file: " + left), found(leaks));
    }

    @Test
    void a_maildrop_that_was_not_closed_is_found_by_its_account_and_by_who_opened_it() throws Exception {
        LeakCheck leaks = begin();
        MailStore store = leaks.watching(new MemoryMailStore());
        store.open(Account.of("jmyers")).close();
        Maildrop open = openHere(store);
        AssertionError failure = assertThrows(AssertionError.class, leaks::close);
        assertTrue(
                String.valueOf(failure.getMessage())
                        .startsWith("left behind:\n  maildrop: of mrose, opened at "
                                + getClass().getName() + ".openHere("),
                failure.getMessage());
        assertEquals(1, failure.getSuppressed().length, "the place in full");
        open.close();
        leaks.close();
    }

    private static Maildrop openHere(MailStore store) throws IOException {
        return store.open(Account.of("mrose"));
    }

    @Test
    void a_watched_store_is_a_store() {
        assertEquals("", failureOf(WatchedStoreTest.class, "update_removes_exactly_those_that_were_marked"));
        assertEquals("", failureOf(WatchedStoreTest.class, "accounts_that_have_mail_are_listed_if_the_store_can_tell"));
    }

    static class WatchedStoreTest implements MailStoreContract {
        @RegisterExtension
        final LeakCheck leaks = new LeakCheck();

        @Override
        public MailStore newStore() {
            return leaks.watching(new MemoryMailStore());
        }
    }

    // With JUnit.

    @Test
    void a_registered_check_fails_the_test_that_leaks_and_no_other() {
        assertTrue(failureOf(Registered.class, "leaks").startsWith("left behind:\n  maildrop: of mrose, opened at "));
        assertEquals("", failureOf(Registered.class, "tidies"));
    }

    static class Registered {
        @RegisterExtension
        final LeakCheck leaks = new LeakCheck(Duration.ofMillis(50));

        private final MailStore store = leaks.watching(new MemoryMailStore());

        @Test
        void leaks() throws Exception {
            assertEquals(0, store.open(Account.of("mrose")).count());
        }

        @Test
        void tidies() throws Exception {
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                assertEquals(0, maildrop.count());
            }
        }
    }

    @Test
    void one_check_for_all_tests_of_a_class_fails_the_test_that_leaves_a_thread() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Shared.end = end;
        try {
            String failure = failureOf(Shared.class, "leaks");
            assertTrue(failure.startsWith("left behind:\n  thread: pop3-shared, a daemon, at "), failure);
            assertEquals("", failureOf(Shared.class, "tidies"));
        } finally {
            end.countDown();
        }
    }

    static class Shared {
        @RegisterExtension
        static final LeakCheck LEAKS = new LeakCheck(Duration.ofMillis(50));

        static volatile CountDownLatch end;

        @Test
        void leaks() {
            waiting("pop3-shared", end);
        }

        @Test
        void tidies() throws Exception {
            Thread tidy = new Thread(() -> {}, "pop3-shared");
            tidy.start();
            tidy.join();
        }
    }

    @Test
    void an_annotation_will_do() {
        assertEquals("", failureOf(Annotated.class, "tidies"));
    }

    @ExtendWith(LeakCheck.class)
    static class Annotated {
        @Test
        void tidies() throws Exception {
            Thread tidy = new Thread(() -> {}, "pop3-annotated");
            tidy.start();
            tidy.join();
        }
    }

    private static String failureOf(Class<?> tests, String method) {
        AtomicReference<String> failure = new AtomicReference<>("");
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectMethod(tests, method))
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                result.getThrowable().ifPresent(thrown -> failure.set(thrown.getMessage()));
                            }
                        });
        return failure.get();
    }

    private static Thread waiting(String name, CountDownLatch end) {
        Thread thread = new Thread(() -> await(end), name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
