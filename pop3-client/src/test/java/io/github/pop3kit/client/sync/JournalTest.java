package io.github.pop3kit.client.sync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.sync.Entry.State;
import io.github.pop3kit.client.sync.FaultyDisk.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");

    @TempDir
    Path root;

    private Path file;

    @BeforeEach
    void begin() {
        file = root.resolve("journal");
    }

    private Journal open() throws IOException {
        return Journal.open(file, "mrose@pop.example.org", Disk.SYSTEM);
    }

    private void write() throws IOException {
        try (Journal journal = open()) {
            journal.stored(journal.seen("an id with blanks", 1, NOW, 100), 7);
            journal.deleteSent(journal.seen("\u00e9", 2, NOW, -1));
            journal.seen("new", 1, NOW, 7);
            journal.force();
        }
    }

    private static @Nullable State state(Journal journal, String uniqueId, int occurrence) {
        Entry entry = journal.find(uniqueId, occurrence);
        return entry == null ? null : entry.state();
    }

    @Test
    void what_was_forced_is_there_when_it_is_opened_again() throws Exception {
        write();
        try (Journal journal = open()) {
            assertEquals(State.STORED, state(journal, "an id with blanks", 1));
            assertEquals(State.DELETE_SENT, state(journal, "\u00e9", 2));
            assertEquals(State.SEEN, state(journal, "new", 1));
            Entry entry = journal.find("an id with blanks", 1);
            assertNotNull(entry);
            assertEquals(NOW, entry.firstSeen());
            assertEquals(100, entry.octets());
        }
    }

    @Test
    void cut_at_any_octet_it_can_be_read_and_written_on() throws Exception {
        write();
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            try (Journal journal = open()) {
                assertFalse(state(journal, "new", 1) == State.STORED);
                journal.stored(journal.seen("later", 1, NOW, 1), 7);
                journal.force();
            }
            try (Journal journal = open()) {
                assertEquals(State.STORED, state(journal, "later", 1), "cut at " + length);
                assertNull(state(journal, "later", 2));
            }
        }
    }

    @Test
    void damaged_at_any_octet_it_believes_no_more_than_before() throws Exception {
        write();
        byte[] whole = Files.readAllBytes(file);
        int header = new String(whole, ISO_8859_1).indexOf('\n') + 1;
        for (int at = header; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x01;
            Files.write(file, damaged);
            try (Journal journal = open()) {
                for (Entry entry : journal.entries()) {
                    boolean known = entry.uniqueId().equals("an id with blanks")
                            || entry.uniqueId().equals("\u00e9")
                            || entry.uniqueId().equals("new");
                    assertTrue(known, "damaged at " + at);
                }
                assertTrue(state(journal, "new", 1) != State.STORED, "damaged at " + at);
                // The serial of a line that is lost is not given to another message.
                journal.seen("later", 1, NOW, 1);
                journal.force();
            }
            try (Journal journal = open()) {
                assertEquals(State.SEEN, state(journal, "later", 1), "damaged at " + at);
            }
        }
    }

    @Test
    void garbage_anywhere_in_it_is_not_believed() throws Exception {
        write();
        byte[] whole = Files.readAllBytes(file);
        Random chance = new Random(8);
        for (int at = 0; at <= whole.length; at++) {
            byte[] garbage = new byte[1 + chance.nextInt(40)];
            chance.nextBytes(garbage);
            if (at % 3 == 0) Arrays.fill(garbage, (byte) (at % 2 == 0 ? 0 : '\n'));
            ByteArrayOutputStream spoilt = new ByteArrayOutputStream();
            spoilt.write(whole, 0, at);
            spoilt.writeBytes(garbage);
            spoilt.write(whole, at, whole.length - at);
            Files.write(file, spoilt.toByteArray());
            try (Journal journal = open()) {
                assertTrue(journal.isDoubtful(), "garbage at " + at);
                assertTrue(state(journal, "new", 1) != State.STORED, "garbage at " + at);
                assertTrue(
                        Set.of("an id with blanks", "\u00e9", "new")
                                .containsAll(journal.entries().stream()
                                        .map(Entry::uniqueId)
                                        .toList()),
                        "garbage at " + at);
                journal.stored(journal.seen("later", 1, NOW, 1), 7);
                journal.force();
                journal.compact(NOW);
            }
            try (Journal journal = open()) {
                assertEquals(State.STORED, state(journal, "later", 1), "garbage at " + at);
                assertFalse(journal.isDoubtful(), "a rewrite has only good lines");
            }
        }
    }

    @Test
    void the_journal_of_another_account_is_refused() throws Exception {
        write();
        SyncException refused =
                assertThrows(SyncException.class, () -> Journal.open(file, "rose@pop.example.org", Disk.SYSTEM));
        assertEquals(SyncException.Reason.JOURNAL, refused.reason());
        open().close(); // The lock was given back.
    }

    @Test
    void after_a_write_that_failed_nothing_more_is_taken() throws Exception {
        write();
        FaultyDisk disk = new FaultyDisk(Fault.FULL, 3);
        try (Journal journal = Journal.open(file, "mrose@pop.example.org", disk)) {
            journal.seen("later", 1, NOW, 1);
            assertThrows(IOException.class, journal::force);
            assertThrows(IOException.class, journal::force);
        }
    }

    @Test
    void a_rewrite_forgets_what_is_gone_for_a_month_and_nothing_else() throws Exception {
        try (Journal journal = open()) {
            for (int n = 0; n < 500; n++) {
                Entry entry = journal.seen("old" + n, 1, NOW, 1);
                journal.stored(entry, 7);
                journal.committed(entry, NOW);
            }
            Entry waiting = journal.seen("waiting", 1, NOW, 1);
            journal.failed(waiting, NOW);
            journal.failed(waiting, NOW.plusSeconds(1));
            journal.deleteSent(journal.seen("doubtful", 1, NOW, 1));
            journal.passed(journal.seen("passed", 1, NOW, 1));
            journal.force();
            journal.compact(NOW.plus(Duration.ofDays(31)));
            journal.stored(journal.seen("behind", 1, NOW, 1), 7);
            journal.force();
        }
        assertTrue(Files.readAllLines(file, ISO_8859_1).size() < 20);
        try (Journal journal = open()) {
            Entry waiting = journal.find("waiting", 1);
            assertNotNull(waiting);
            assertEquals(2, waiting.failures());
            assertEquals(NOW.plusSeconds(1), waiting.lastFailure());
            assertEquals(State.DELETE_SENT, state(journal, "doubtful", 1));
            assertEquals(State.PASSED, state(journal, "passed", 1));
            assertEquals(State.STORED, state(journal, "behind", 1));
            assertNull(state(journal, "old1", 1));
        }
    }
}
