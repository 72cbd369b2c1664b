package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The machine stops before operation k of the file system, for every k, and what was not forced to the disk is lost, or is not: the
 * mail that comes back is what was promised.
 */
@Timeout(300)
class PowerLossTest {

    /** What is left of what was done and not forced to the disk. */
    enum Disk {
        KEEPS_ALL,
        LOSES_ALL,
        /** Names, and not what is in the files: as a file system does that writes in another order. */
        LOSES_CONTENT
    }

    @TempDir
    Path root;

    @ParameterizedTest
    @EnumSource
    void a_removal_is_all_or_nothing_and_for_good_once_it_is_answered(Disk disk) throws Exception {
        boolean stopped = true;
        for (int k = 1; stopped; k++) {
            Maildir maildir = Maildir.create(root, "removal" + k);
            for (int i = 1; i <= 3; i++) maildir.put("new/" + i + ".a", "new " + i);
            for (int i = 4; i <= 6; i++) maildir.put("cur/" + i + ".a:2,S", "cur " + i);
            Map<String, String> before = messages(maildir);
            Map<String, String> unmarked = new HashMap<>(before);
            unmarked.values().removeAll(Set.of("new 1", "new 3", "cur 4", "cur 6"));

            StoppingIo io = new StoppingIo(k);
            boolean answered = false;
            try (Maildrop maildrop = maildir.open(io)) {
                maildrop.remove(new int[] {1, 3, 4, 6});
                answered = true;
            } catch (IOException | PowerFailure e) {
                // It stopped.
            }
            stopped = io.stopped;
            io.loseWhatIsNotForced(disk);
            unlock(maildir);
            Map<String, String> after = messages(maildir);
            String when = "stopped at " + k + ", after " + io.last;
            if (answered) {
                assertEquals(unmarked, after, when);
            } else {
                assertTrue(after.equals(before) || after.equals(unmarked), () -> when + ": " + after);
            }
            assertEquals(after, messages(maildir), when);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_delivery_is_whole_or_absent_and_there_for_good_once_it_is_answered(Disk disk) throws Exception {
        boolean stopped = true;
        for (int k = 1; stopped; k++) {
            Maildir maildir = Maildir.create(root, "delivery" + k);
            maildir.put("new/1.a", "old");
            Map<String, String> before = messages(maildir);
            StoppingIo io = new StoppingIo(k);
            boolean answered = false;
            try {
                maildir.store(io)
                        .delivery()
                        .orElseThrow()
                        .deliver(
                                Envelope.to(maildir.name()).withUniqueId("wanted"),
                                new ByteArrayInputStream("fresh".getBytes(ISO_8859_1)));
                answered = true;
            } catch (IOException | PowerFailure e) {
                // It stopped.
            }
            stopped = io.stopped;
            io.loseWhatIsNotForced(disk);
            unlock(maildir);
            Map<String, String> after = messages(maildir);
            Map<String, String> with = new HashMap<>(before);
            with.put("wanted", "fresh");
            String when = "stopped at " + k + ", after " + io.last;
            assertTrue(after.equals(with) || (!answered && after.equals(before)), () -> when + ": " + after);
        }
    }

    @ParameterizedTest
    @EnumSource
    void unique_ids_that_were_shown_never_change_and_are_never_given_again(Disk disk) throws Exception {
        boolean stopped = true;
        for (int k = 1; stopped; k++) {
            Maildir maildir = Maildir.create(root, "opening" + k);
            for (int i = 1; i <= 3; i++) maildir.put("new/" + i + ".a", "message " + i);
            StoppingIo io = new StoppingIo(k);
            Map<String, String> shown = new HashMap<>();
            try (Maildrop maildrop = maildir.open(io)) {
                shown.putAll(messages(maildrop));
            } catch (IOException | PowerFailure e) {
                // It stopped.
            }
            stopped = io.stopped;
            io.loseWhatIsNotForced(disk);
            unlock(maildir);
            maildir.put("new/0.before-all-others", "late");
            Map<String, String> after = messages(maildir);
            assertEquals(4, after.size());
            String when = "stopped at " + k + ", after " + io.last;
            assertTrue(after.entrySet().containsAll(shown.entrySet()), () -> when + ": " + shown + " " + after);
        }
    }

    private static Map<String, String> messages(Maildir maildir) throws IOException {
        try (Maildrop maildrop = maildir.store(new MaildirIo()).open(Account.of(maildir.name()))) {
            return messages(maildrop);
        }
    }

    private static Map<String, String> messages(Maildrop maildrop) throws IOException {
        Map<String, String> messages = new HashMap<>();
        List<String> uniqueIds = Maildir.uniqueIds(maildrop);
        for (int number = 1; number <= maildrop.count(); number++) {
            messages.put(uniqueIds.get(number - 1), Maildir.content(maildrop, number));
        }
        return messages;
    }

    /** Locks do not outlive a machine: here the process that had them goes on. */
    private static void unlock(Maildir maildir) throws IOException {
        Files.deleteIfExists(maildir.path().resolve("pop3kit.lock"));
        Files.deleteIfExists(maildir.path().resolve("dovecot-uidlist.lock"));
    }

    /** What ends a machine is no exception that anybody handles. */
    private static final class PowerFailure extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Stops at operation k, and remembers how to undo whatever was not forced to the disk before. */
    private static final class StoppingIo extends ScriptedIo {

        /** What is undone is a name, and not what is in the file of this number. */
        private static final String NAME = "name";

        private final int at;
        private int steps;
        private boolean stopped;
        private String last = "";
        private final List<Undo> undos = new ArrayList<>();
        private final Map<FileChannel, Path> channels = new HashMap<>();

        private record Undo(Path forcedWith, Object content, Script undo) {}

        /** What a removed file had in it is nobody's; the next file may get its number. */
        private void forget(Path file) throws IOException {
            if (!Files.exists(file)) return;
            Object key = key(file);
            undos.removeIf(undo -> key.equals(undo.content()));
        }

        private static Object key(Path file) throws IOException {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        }

        StoppingIo(int at) {
            this.at = at;
        }

        private void step(String what) {
            if (stopped || ++steps == at) {
                stopped = true;
                throw new PowerFailure();
            }
            last = what;
        }

        @Override
        FileChannel create(Path file) throws IOException {
            step("create " + file);
            FileChannel created = super.create(file);
            channels.put(created, file);
            undo(file.getParent(), NAME, (operation, none) -> Files.deleteIfExists(file));
            return created;
        }

        @Override
        FileChannel append(Path file) throws IOException {
            step("append " + file);
            FileChannel opened = super.append(file);
            channels.put(opened, file);
            return opened;
        }

        @Override
        void write(FileChannel file, ByteBuffer octets) throws IOException {
            Path path = channels.get(file);
            if (path == null) { // the lock's, which is open to change
                super.write(file, octets);
                return;
            }
            step("write " + path);
            long before = file.size();
            Object key = key(path);
            undo(path, key, (operation, none) -> {
                // By then it may have another name.
                for (Path now : everything(root(path))) {
                    if (!key.equals(key(now))) continue;
                    try (FileChannel again = FileChannel.open(now, StandardOpenOption.WRITE)) {
                        again.truncate(before);
                    }
                }
            });
            super.write(file, octets);
        }

        private static Path root(Path path) {
            Path parent = path.getParent();
            return Set.of("tmp", "new", "cur").contains(String.valueOf(parent.getFileName()))
                    ? parent.getParent()
                    : parent;
        }

        private static List<Path> everything(Path maildir) throws IOException {
            try (Stream<Path> all = Files.walk(maildir)) {
                return all.filter(Files::isRegularFile).toList();
            }
        }

        @Override
        void force(FileChannel file) throws IOException {
            Path path = channels.get(file);
            step("force " + path);
            super.force(file);
            undos.removeIf(
                    undo -> !undo.content().equals(NAME) && undo.forcedWith().equals(path));
        }

        @Override
        void force(Path folder) throws IOException {
            step("force " + folder);
            super.force(folder);
            undos.removeIf(
                    undo -> undo.content().equals(NAME) && undo.forcedWith().equals(folder));
        }

        @Override
        void rename(Path from, Path to) throws IOException {
            step("rename " + to);
            super.rename(from, to);
            undo(to.getParent(), NAME, (operation, none) -> Files.move(to, from));
        }

        @Override
        void replace(Path from, Path to) throws IOException {
            step("replace " + to);
            byte[] before = Files.exists(to) ? Files.readAllBytes(to) : null;
            forget(to);
            super.replace(from, to);
            undo(to.getParent(), NAME, (operation, none) -> {
                Files.move(to, from);
                if (before != null) Files.write(to, before);
            });
        }

        @Override
        void delete(Path file) throws IOException {
            step("delete " + file);
            byte[] before = Files.exists(file) ? Files.readAllBytes(file) : null;
            forget(file);
            super.delete(file);
            if (before != null) undo(file.getParent(), NAME, (operation, none) -> Files.write(file, before));
        }

        private void undo(Path forcedWith, Object content, Script undo) {
            undos.add(new Undo(forcedWith, content, undo));
        }

        void loseWhatIsNotForced(Disk disk) throws IOException {
            if (disk == Disk.KEEPS_ALL) return;
            Set<Undo> lost = new HashSet<>(undos);
            if (disk == Disk.LOSES_CONTENT) lost.removeIf(undo -> undo.content().equals(NAME));
            for (int i = undos.size() - 1; i >= 0; i--) {
                Undo undo = undos.get(i);
                if (lost.contains(undo)) undo.undo().before("undo", undo.forcedWith());
            }
        }
    }
}
