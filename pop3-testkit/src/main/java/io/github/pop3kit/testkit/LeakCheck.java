package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test that leaves something behind: a thread, an open socket or file, a file in a folder, a maildrop that was not closed.
 * Each leak is one line of the failure.
 *
 * <pre>{@code
 * @RegisterExtension
 * final LeakCheck leaks = new LeakCheck().folder(spool);
 *
 * MailStore store = leaks.watching(new MemoryMailStore());
 * }</pre>
 *
 * <p>{@code @ExtendWith(LeakCheck.class)} looks for threads, sockets and files alone, and so does {@link #begin()}, for use in a try
 * statement. What is about to end is given ten seconds for it.
 *
 * <p>Threads count if they keep the JVM alive or have a name that begins with {@code pop3}; virtual threads cannot be seen. Sockets
 * and files are looked for on Linux only, and jars, class files and what belongs to the JDK are left out. All these are the whole
 * JVM's: tests that run at the same time in one JVM would be blamed for each other.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback, AutoCloseable {

    private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final Duration patience;
    private final Map<Object, Opened> opened = new ConcurrentHashMap<>();
    private final List<Path> folders = new ArrayList<>();
    private Before before;

    /** To be registered with JUnit. */
    public LeakCheck() {
        this(Duration.ofSeconds(10));
    }

    LeakCheck(Duration patience) {
        this.patience = patience;
        this.before = Before.now(folders);
    }

    /** Without JUnit: {@link #close()} fails if there is more than now. */
    public static LeakCheck begin() {
        return new LeakCheck();
    }

    /** Looks into this folder and those in it, too: what is not there now must not be there in the end. */
    public LeakCheck folder(Path folder) {
        folders.add(folder);
        before = Before.now(folders);
        return this;
    }

    /** The same store; every maildrop that is opened through it has to be closed. Closing it closes the store. */
    public MailStore watching(MailStore store) {
        return new WatchedStore(store, opened);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(this, Before.now(folders));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Before from = context.getStore(NAMESPACE).remove(this, Before.class);
        // Without it another extension failed before the test, and has said so.
        if (from != null) check(from);
    }

    /**
     * Fails if there is more than in the beginning.
     *
     * @throws AssertionError with a line for each leak
     */
    @Override
    public void close() {
        check(before);
    }

    private void check(Before from) {
        long deadline = System.nanoTime() + patience.toNanos();
        awaitEnd(from.newThreads(), deadline);
        List<String> leaks = leaks(from);
        while (!leaks.isEmpty() && System.nanoTime() < deadline) {
            // Threads that cannot be joined, virtual ones, may be about to close what they have.
            LockSupport.parkNanos(PAUSE);
            leaks = leaks(from);
        }
        List<Opened> stillOpen = List.copyOf(opened.values());
        opened.clear();
        if (leaks.isEmpty()) return;
        AssertionError failure = new AssertionError("left behind:\n  " + String.join("\n  ", leaks));
        stillOpen.forEach(failure::addSuppressed);
        throw failure;
    }

    private static void awaitEnd(List<Thread> threads, long deadline) {
        try {
            for (Thread thread : threads) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left > 0) thread.join(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> leaks(Before from) {
        List<String> leaks = new ArrayList<>();
        for (Thread thread : from.newThreads()) leaks.add(describe(thread));
        for (String target : from.newDescriptors()) leaks.add("open: " + oneLine(target));
        for (Path file : from.newFiles(folders)) leaks.add("file: " + oneLine(file.toString()));
        for (Opened each : opened.values()) leaks.add(each.describe());
        return leaks;
    }

    private static String describe(Thread thread) {
        return "thread: " + oneLine(thread.getName()) + (thread.isDaemon() ? ", a daemon," : "")
                + at(thread.getStackTrace());
    }

    /** The first place on the stack that is neither the JDK's nor ours. */
    private static String at(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .filter(frame -> Stream.of("java.", "jdk.", "sun.", LeakCheck.class.getName() + "$")
                        .noneMatch(frame.getClassName()::startsWith))
                .findFirst()
                .map(frame -> " at " + frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName()
                        + ":" + frame.getLineNumber() + ")")
                .orElse("");
    }

    private static String oneLine(String text) {
        return Transcript.escape(text);
    }

    /** What there was before the test. */
    private record Before(Set<Thread> threads, Set<String> open, Set<Path> files) {

        static Before now(List<Path> folders) {
            JdkSockets.use();
            return new Before(Set.copyOf(liveThreads()), openDescriptors(), Set.copyOf(filesIn(folders)));
        }

        List<Thread> newThreads() {
            return liveThreads().stream()
                    .filter(thread -> !threads.contains(thread) && isOurs(thread))
                    .toList();
        }

        List<String> newDescriptors() {
            return openDescriptors().stream()
                    .filter(target -> !open.contains(target))
                    .sorted()
                    .toList();
        }

        List<Path> newFiles(List<Path> folders) {
            return filesIn(folders).stream()
                    .filter(file -> !files.contains(file))
                    .toList();
        }

        private static boolean isOurs(Thread thread) {
            // JUnit has threads for time-outs and for tests that run at once; it ends them when all tests are over.
            boolean keepsJvmAlive = !thread.isDaemon() && !thread.getName().startsWith("junit-");
            return thread.isAlive() && (keepsJvmAlive || thread.getName().startsWith("pop3"));
        }

        private static List<Thread> liveThreads() {
            ThreadGroup all = Thread.currentThread().getThreadGroup();
            while (all.getParent() != null) all = all.getParent();
            Thread[] threads = new Thread[64];
            int count = all.enumerate(threads);
            while (count == threads.length) {
                threads = new Thread[2 * count];
                count = all.enumerate(threads);
            }
            return List.of(Arrays.copyOf(threads, count));
        }

        /** What this process has open, of sockets and files; empty where this cannot be seen. */
        private static Set<String> openDescriptors() {
            if (!Files.isDirectory(DESCRIPTORS)) return Set.of();
            Set<String> targets = new HashSet<>();
            try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
                for (Path descriptor : descriptors) {
                    try {
                        String target = Files.readSymbolicLink(descriptor).toString();
                        if (isOurs(target)) targets.add(target);
                    } catch (IOException closedMeanwhile) {
                        // Such as that of the listing itself.
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return targets;
        }

        private static boolean isOurs(String target) {
            if (target.startsWith("socket:")) return true;
            return target.startsWith("/")
                    && !Stream.of("/proc/", "/sys/", "/dev/", "/usr/lib/", System.getProperty("java.home"))
                            .anyMatch(target::startsWith)
                    && !Stream.of(".jar", ".class", ".jmod", ".so").anyMatch(target::endsWith);
        }

        private static List<Path> filesIn(List<Path> folders) {
            List<Path> found = new ArrayList<>();
            for (Path folder : folders) {
                if (!Files.isDirectory(folder)) continue;
                try (Stream<Path> files = Files.walk(folder)) {
                    files.filter(file -> !file.equals(folder)).sorted().forEach(found::add);
                } catch (IOException | UncheckedIOException vanishedMeanwhile) {
                    // Whoever removes files at this moment has not left them behind; what stays is found by the next
                    // look.
                }
            }
            return found;
        }
    }

    /** The JDK keeps a socket of its own from the first use of each kind on. It has to have it before we look. */
    private static final class JdkSockets {

        static void use() {}

        static {
            try (ServerSocket socket = new ServerSocket();
                    ServerSocketChannel channel = ServerSocketChannel.open();
                    Selector selector = Selector.open()) {
                socket.setReuseAddress(true);
                channel.configureBlocking(false);
                selector.wakeup();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Where a maildrop was opened. */
    private static final class Opened extends Throwable {

        private static final long serialVersionUID = 1L;

        private final String account;

        Opened(Account account) {
            super("a maildrop was opened here");
            this.account = account.name();
        }

        String describe() {
            return "maildrop: of " + oneLine(account) + ", opened"
                    + at(getStackTrace()).replaceFirst(",", "");
        }
    }

    private record WatchedStore(MailStore store, Map<Object, Opened> opened) implements MailStore {

        @Override
        public Maildrop open(Account account) throws IOException {
            Maildrop maildrop = store.open(account);
            Object key = new Object();
            opened.put(key, new Opened(account));
            return new WatchedMaildrop(maildrop, key, opened);
        }

        @Override
        public Optional<Delivery> delivery() {
            return store.delivery();
        }

        @Override
        public Optional<Stream<String>> maildrops() throws IOException {
            return store.maildrops();
        }

        @Override
        public void close() throws IOException {
            store.close();
        }
    }

    private record WatchedMaildrop(Maildrop maildrop, Object key, Map<Object, Opened> opened) implements Maildrop {

        @Override
        public int count() {
            return maildrop.count();
        }

        @Override
        public String uniqueId(int number) throws IOException {
            return maildrop.uniqueId(number);
        }

        @Override
        public MessageContent open(int number) throws IOException {
            return maildrop.open(number);
        }

        @Override
        public long octets(int number) throws IOException {
            return maildrop.octets(number);
        }

        @Override
        public Optional<Instant> received(int number) throws IOException {
            return maildrop.received(number);
        }

        @Override
        public void retrieved(int number) throws IOException {
            maildrop.retrieved(number);
        }

        @Override
        public void remove(int[] numbers) throws IOException {
            maildrop.remove(numbers);
        }

        @Override
        public void close() {
            maildrop.close();
            opened.remove(key);
        }
    }
}
