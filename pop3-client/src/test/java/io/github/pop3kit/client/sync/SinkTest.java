package io.github.pop3kit.client.sync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SinkTest {

    @TempDir
    Path root;

    private static Arrival arrival(String key, boolean again) {
        return new Arrival("mrose@x", "id", key.repeat(32), -1, Instant.parse("1994-11-15T08:12:31Z"), again);
    }

    private static void store(Sink sink, Arrival arrival, String message) throws IOException {
        sink.store(arrival, new ByteArrayInputStream(message.getBytes(ISO_8859_1)));
        sink.sync();
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void what_is_stored_is_what_came(Kept kept) throws Exception {
        Path place = root.resolve("place");
        Sink sink = kept.sink(place, Disk.SYSTEM);
        String odd = "Subject: \u00e9\n\nFrom here\n>From\n>>From \nFromage\r.\n>\nF\n>Fro";
        store(sink, arrival("a", false), odd.replace("\n", "\r\n"));
        store(sink, arrival("b", false), "");
        String ended = kept == Kept.MBOX ? odd + "\n" : odd;
        assertEquals(List.of("", ended).stream().sorted().toList(), kept.messages(place));
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void a_message_that_comes_again_is_there_once(Kept kept) throws Exception {
        Path place = root.resolve("place");
        store(kept.sink(place, Disk.SYSTEM), arrival("a", false), "one\r\n");
        store(kept.sink(place, Disk.SYSTEM), arrival("a", true), "one\r\n");
        assertEquals(List.of("one\n"), kept.messages(place));
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void a_message_that_breaks_off_is_not_there_and_the_others_are(Kept kept) throws Exception {
        Path place = root.resolve("place");
        Sink sink = kept.sink(place, Disk.SYSTEM);
        sink.store(arrival("a", false), new ByteArrayInputStream("one\r\n".getBytes(ISO_8859_1)));
        InputStream breaking = new FilterInputStream(new ByteArrayInputStream(new byte[100_000])) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int read = super.read(into, offset, length);
                if (read < 0) throw new IOException("cut");
                return read;
            }
        };
        assertThrows(IOException.class, () -> sink.store(arrival("b", false), breaking));
        sink.store(arrival("c", false), new ByteArrayInputStream("three\r\n".getBytes(ISO_8859_1)));
        sink.sync();
        assertEquals(List.of("one\n", "three\n"), kept.messages(place));
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void nobody_else_may_read_it(Kept kept) throws Exception {
        Path place = root.resolve("place");
        store(kept.sink(place, Disk.SYSTEM), arrival("a", false), "one\r\n");
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertEquals(
                        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), "" + file);
            }
        }
    }

    @Test
    void a_message_that_a_reader_has_moved_and_flagged_is_known() throws Exception {
        Sink sink = Sink.maildir(root);
        store(sink, arrival("a", false), "one\r\n");
        Path arrived;
        try (Stream<Path> files = Files.list(root.resolve("new"))) {
            arrived = files.findFirst().orElseThrow();
        }
        Files.move(arrived, root.resolve("cur").resolve(arrived.getFileName() + ":2,S"));
        store(Sink.maildir(root), arrival("a", true), "one\r\n");
        assertEquals(List.of("one\n"), Kept.MAILDIR.messages(root));
    }

    @Test
    void a_file_is_never_overwritten() throws Exception {
        Sink sink = Sink.folder(root);
        store(sink, arrival("a", false), "one\r\n");
        store(sink, arrival("a", false), "two\r\n");
        assertEquals(List.of("one\n", "two\n"), Kept.FOLDER.messages(root));
    }

    @Test
    void mail_that_others_put_into_an_mbox_stays() throws Exception {
        Path mbox = root.resolve("mbox");
        Files.writeString(mbox, "From MAILER-DAEMON long ago\nold\n\n");
        store(Sink.mbox(mbox), arrival("a", false), "one\r\n");
        assertEquals(List.of("old\n", "one\n"), Kept.MBOX.messages(mbox));
    }

    @Test
    void those_who_write_to_an_mbox_at_once_take_turns_a_group_each() throws Exception {
        Path mbox = root.resolve("mbox");
        Sink one = Sink.mbox(mbox);
        one.store(arrival("a", false), new ByteArrayInputStream("one\r\n".getBytes(ISO_8859_1)));
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            try {
                store(Sink.mbox(mbox), arrival("b", false), "two\r\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        one.store(arrival("c", false), new ByteArrayInputStream("three\r\n".getBytes(ISO_8859_1)));
        one.sync();
        other.get();
        assertEquals(List.of("one\n", "three\n", "two\n"), Kept.MBOX.messages(mbox));
        // What one has appended the other knows, and both finish what a third has begun.
        store(one, arrival("b", true), "two\r\n");
        assertEquals(3, Kept.MBOX.messages(mbox).size());
    }

    @Test
    void what_comes_again_because_the_journal_was_lost_is_in_a_maildir_once() throws Exception {
        store(Sink.maildir(root), arrival("a", false), "one\r\n");
        Arrival later = new Arrival("mrose@x", "id", "a".repeat(32), -1, Instant.EPOCH, false);
        store(Sink.maildir(root), later, "one\r\n");
        assertEquals(List.of("one\n"), Kept.MAILDIR.messages(root));
        store(Sink.maildir(root), later, "two\r\n");
        assertEquals(List.of("one\n", "two\n"), Kept.MAILDIR.messages(root));
    }

    @Test
    void a_lock_of_a_process_that_was_killed_holds_nobody_up() throws Exception {
        Process gone = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        gone.waitFor();
        Path mbox = root.resolve("mbox");
        Files.writeString(root.resolve("mbox.lock"), MboxSink.owner(gone.pid()));
        store(Sink.mbox(mbox), arrival("a", false), "one\r\n");
        assertEquals(List.of("one\n"), Kept.MBOX.messages(mbox));
        try (Stream<Path> files = Files.list(root)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.toString().contains(".lock")).toList());
        }
    }

    @Test
    void a_store_knows_a_message_by_its_key() throws Exception {
        MemoryMailStore store = new MemoryMailStore();
        Account mrose = Account.of("mrose");
        store(DeliverySink.into(store, mrose), arrival("a", false), "one\r\n");
        store(DeliverySink.into(store, mrose), arrival("a", true), "one\r\n");
        try (var maildrop = store.open(mrose)) {
            assertEquals(1, maildrop.count());
            assertEquals("a".repeat(32), maildrop.uniqueId(1));
        }
    }
}
