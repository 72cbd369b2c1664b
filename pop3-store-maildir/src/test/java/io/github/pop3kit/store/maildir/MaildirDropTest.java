package io.github.pop3kit.store.maildir;

import static io.github.pop3kit.store.maildir.Maildir.assertRefused;
import static io.github.pop3kit.store.maildir.Maildir.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class MaildirDropTest {

    @TempDir
    Path root;

    private Maildir maildir;
    private boolean armed;

    @BeforeEach
    void create() throws IOException {
        maildir = Maildir.create(root, "mrose");
    }

    // Which messages there are.

    @Test
    void messages_of_both_folders_are_numbered_by_the_time_in_their_names() throws Exception {
        List<String> places = new ArrayList<>(List.of(
                "cur/999999999.1.host:2,S",
                "new/1791234567.M20046P2137.mail,S=3,W=3",
                "cur/1791234568.V801I2a3bM123456.mail:2,RS",
                "new/1791234569.H5791P864.mail",
                "cur/1791234570.M7P2.mail,S=3:2,"));
        List<String> inOrder = List.copyOf(places);
        Collections.shuffle(places, new Random(1939));
        for (String place : places) maildir.put(place, inOrder.indexOf(place) + "\r\n");
        assertEquals(List.of("0\r\n", "1\r\n", "2\r\n", "3\r\n", "4\r\n"), maildir.contents());
        assertEquals(
                List.of(
                        "999999999.1.host",
                        "1791234567.M20046P2137.mail,S=3,W=3",
                        "1791234568.V801I2a3bM123456.mail",
                        "1791234569.H5791P864.mail",
                        "1791234570.M7P2.mail,S=3"),
                maildir.uniqueIds());
    }

    @Test
    void what_begins_with_a_dot_or_lies_elsewhere_is_no_message() throws Exception {
        maildir.put("new/.1.hidden", "no");
        maildir.put("cur/.nfs0001", "no");
        maildir.put("tmp/1.unfinished", "no");
        maildir.put("1.stray", "no");
        Maildir.create(maildir.path(), ".Sent").put("cur/1.sent:2,S", "no");
        assertEquals(List.of(), maildir.contents());
    }

    @Test
    void a_maildir_that_lacks_a_folder_has_the_messages_of_the_other() throws Exception {
        maildir.put("cur/1.a:2,S", "a");
        Files.delete(maildir.file("new"));
        Files.delete(maildir.file("tmp"));
        assertEquals(List.of("a"), maildir.contents());
    }

    @Test
    void odd_entries_cost_only_themselves_and_one_line_of_the_log() throws Exception {
        maildir.put("new/1.good", "good");
        maildir.put("secret", "secret");
        Files.createDirectory(maildir.file("new/2.directory"));
        Files.createSymbolicLink(maildir.file("cur/3.link:2,S"), maildir.file("secret"));
        Files.createSymbolicLink(maildir.file("new/4.dangling\nforged line of the log"), Path.of("nowhere"));
        boolean fifo = fifo("new/5.fifo");
        Logger logger = (Logger) LoggerFactory.getLogger(MaildirSync.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertEquals(List.of("good"), maildir.contents()));
        } finally {
            logger.detachAppender(log);
        }
        assertEquals(1, log.list.size());
        String line = log.list.get(0).getFormattedMessage();
        assertTrue(line.startsWith(fifo ? "4 entries are not served" : "3 entries are not served"), line);
        assertFalse(line.contains("\n"), line);
    }

    @Test
    void an_unreadable_message_costs_only_itself() throws Exception {
        Path unreadable = maildir.put("new/1.unreadable", "unreadable");
        maildir.put("new/2.good", "good");
        Files.setPosixFilePermissions(unreadable, PosixFilePermissions.fromString("---------"));
        skipUnless(!Files.isReadable(unreadable), "this user may read everything");
        assertEquals(List.of("good"), maildir.contents());
    }

    @Test
    void a_message_that_may_not_be_opened_or_not_be_read_costs_only_itself() throws Exception {
        maildir.put("new/1.denied", "denied");
        maildir.put("new/2.damaged", "damaged");
        maildir.put("new/3.good", "good");
        MaildirIo io = new MaildirIo() {
            @Override
            FileChannel open(Path file) throws IOException {
                if (file.endsWith("1.denied")) throw new AccessDeniedException(file.toString());
                FileChannel channel = super.open(file);
                // Reading a closed channel fails as a damaged disk does: by an exception that names no file.
                if (file.endsWith("2.damaged")) channel.close();
                return channel;
            }
        };
        try (Maildrop maildrop = maildir.open(io)) {
            assertEquals(List.of("good"), Maildir.contents(maildrop));
        }
    }

    @Test
    void without_descriptors_the_maildrop_cannot_be_read_and_is_not_taken_for_empty() throws Exception {
        maildir.put("new/1.a", "a");
        MaildirIo exhausted = new ScriptedIo((operation, file) -> {
            if (operation.equals("open")) throw new FileSystemException(file.toString(), null, "Too many open files");
        });
        assertRefused(Reason.TEMPORARY, () -> maildir.open(exhausted));
        assertEquals(List.of("a"), maildir.contents());
    }

    @Test
    void a_folder_that_is_a_link_refuses_the_maildrop() throws Exception {
        Maildir other = Maildir.create(root, "jmyers");
        other.put("new/1.private", "private");
        for (String folder : List.of("new", "cur", "tmp")) {
            Files.delete(maildir.file(folder));
            Files.createSymbolicLink(maildir.file(folder), other.file(folder));
            assertRefused(Reason.PERMANENT, () -> maildir.open());
            Files.delete(maildir.file(folder));
            Files.createDirectory(maildir.file(folder));
            assertEquals(List.of(), maildir.contents());
        }
    }

    @Test
    void names_of_any_octets_are_served() throws Exception {
        List<String> names = List.of(
                "1.blank in it",
                "3.\u00E4\u00FF\u0080",
                "4.\u0001\u001B[31m",
                "5.%41%",
                "6.a\\b?#",
                "7." + "x".repeat(253));
        for (String name : names) maildir.put("new/" + name, name);
        List<String> uniqueIds;
        try (Maildrop maildrop = maildir.openByNames(new MaildirIo())) {
            assertEquals(names, Maildir.contents(maildrop));
            uniqueIds = Maildir.uniqueIds(maildrop);
            for (String name : names.subList(0, 5)) maildir.move("new/" + name, "cur/" + name + ":2,S");
            assertEquals(names, Maildir.contents(maildrop));
        }
        assertEquals(uniqueIds, maildir.uniqueIds());
        for (String uniqueId : uniqueIds) assertTrue(uniqueId.matches("[\\x21-\\x7E]{1,70}"), uniqueId);
        try (Maildrop maildrop = maildir.open()) {
            maildrop.remove(IntStream.rangeClosed(1, maildrop.count()).toArray());
        }
        assertEquals(List.of(), maildir.list("cur"));
        assertEquals(List.of(), maildir.list("new"));
    }

    @Test
    void a_name_that_a_shell_wrote_in_latin_1_is_served() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "printf hello > \"$(printf 'new/1.\\344\\377')\"")
                .directory(maildir.path().toFile())
                .start();
        assertEquals(0, shell.waitFor());
        skipUnless(!maildir.list("new").isEmpty(), "this file system takes no such name");
        assertEquals(List.of("hello"), maildir.contents());
        assertEquals(List.of(MaildirName.asUniqueId("1.\u00E4\u00FF")), maildir.uniqueIds());
    }

    @Test
    void ten_thousand_messages_are_opened_quickly() throws Exception {
        String message =
                "Subject: many\r\n\r\n" + "0123456789".repeat(8).concat("\r\n").repeat(12);
        Path file = maildir.put("tmp/message", message);
        for (int i = 0; i < 10_000; i++) {
            Files.createLink(maildir.file("cur/" + (1791234567 + i) + ".M1P1.mail:2,S"), file);
        }
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            try (Maildrop maildrop = maildir.open()) {
                assertEquals(10_000, maildrop.count());
                assertEquals(message.length(), maildrop.octets(10_000));
                assertEquals(10_000, Maildir.uniqueIds(maildrop).size());
                for (int i = 0; i < 10_000; i += 10) {
                    String name = (1791234567 + i) + ".M1P1.mail:2,";
                    maildir.move("cur/" + name + "S", "cur/" + name + "RS");
                }
                for (int number = 1; number <= 10_000; number++) {
                    maildrop.open(number).close();
                }
                maildrop.remove(IntStream.rangeClosed(1, 10_000).toArray());
            }
        });
        assertEquals(List.of(), maildir.list("cur"));
    }

    // What they are.

    @Test
    void sizes_in_a_name_that_is_wrong_about_the_length_are_not_believed() throws Exception {
        maildir.put("new/1.a,S=1,W=1", "Hello\nWorld");
        maildir.put("new/2.b,S=99999999999999999999", "Hello\r\n");
        try (Maildrop maildrop = maildir.open()) {
            assertEquals("Hello\r\nWorld\r\n".length(), maildrop.octets(1));
            assertEquals("Hello\r\n".length(), maildrop.octets(2));
        }
    }

    @Test
    void a_message_arrived_when_its_file_says() throws Exception {
        Path file = maildir.put("new/1.a", "a");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("1996-05-01T12:34:56Z")));
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(Optional.of(Instant.parse("1996-05-01T12:34:56Z")), maildrop.received(1));
        }
    }

    @Test
    void a_crlf_file_is_verbatim_until_it_changes() throws Exception {
        maildir.put("new/1.same", "Hello\r\n");
        Path other = maildir.put("new/2.other", "Hello\r\n");
        Path touched = maildir.put("new/3.touched", "Hello\r\n");
        maildir.put("new/4.lf", "Hello\n");
        try (Maildrop maildrop = maildir.open()) {
            maildir.put("new/2.other", ".ello\r\n");
            for (Path file : List.of(other, touched)) Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
            assertTrue(isVerbatim(maildrop, 1));
            assertFalse(isVerbatim(maildrop, 2));
            assertTrue(isVerbatim(maildrop, 3));
            assertFalse(isVerbatim(maildrop, 4));
            maildir.move("new/1.same", "cur/1.same:2,S");
            assertTrue(isVerbatim(maildrop, 1));
        }
    }

    @Test
    void unique_ids_do_not_change_with_folder_and_flags() throws Exception {
        maildir.put("new/1.a,S=1", "a");
        maildir.put("new/2.b", "b");
        List<String> uniqueIds;
        try (Maildrop maildrop = maildir.open()) {
            uniqueIds = Maildir.uniqueIds(maildrop);
        }
        maildir.move("new/1.a,S=1", "cur/1.a,S=1:2,");
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(uniqueIds, Maildir.uniqueIds(maildrop));
        }
        maildir.move("cur/1.a,S=1:2,", "cur/1.a,S=1:2,FRS");
        maildir.move("new/2.b", "cur/2.b:1,experimental");
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(uniqueIds, Maildir.uniqueIds(maildrop));
        }
    }

    @Test
    void two_messages_with_one_base_get_unique_ids_that_stay() throws Exception {
        maildir.put("cur/1.a:2,S", "copy 1");
        maildir.put("cur/1.a:2,RS", "copy 2");
        maildir.put("new/1.a", "copy 3");
        maildir.put("new/2.b", "another");
        List<String> contents;
        List<String> uniqueIds;
        try (Maildrop maildrop = maildir.openByNames(new MaildirIo())) {
            contents = Maildir.contents(maildrop);
            uniqueIds = Maildir.uniqueIds(maildrop);
        }
        assertEquals(Set.of("copy 1", "copy 2", "copy 3", "another"), Set.copyOf(contents));
        assertTrue(uniqueIds.containsAll(List.of("1.a", "2.b")), uniqueIds.toString());
        assertEquals(uniqueIds, maildir.uniqueIds());

        try (Maildrop maildrop = maildir.open()) {
            maildrop.remove(new int[] {1 + uniqueIds.indexOf("1.a")});
        }
        contents.remove(uniqueIds.indexOf("1.a"));
        uniqueIds.remove("1.a");
        assertEquals(uniqueIds, maildir.uniqueIds());
        assertEquals(contents, maildir.contents());
    }

    @Test
    void a_message_with_a_twin_that_cannot_be_renamed_is_shown_alone() throws Exception {
        maildir.put("cur/1.a:2,S", "copy 1");
        maildir.put("new/1.a", "copy 2");
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (operation.equals("rename")) throw new AccessDeniedException(file.toString());
        });
        try (Maildrop maildrop = maildir.open(io)) {
            assertEquals(List.of("copy 1"), Maildir.contents(maildrop));
        }
    }

    @Test
    void one_file_under_two_names_is_one_message() throws Exception {
        maildir.put("new/1.a", "a");
        Files.createLink(maildir.file("cur/1.a:2,S"), maildir.file("new/1.a"));
        assertEquals(List.of("a"), maildir.contents());
        assertEquals(List.of("1.a"), maildir.list("new"));
    }

    // What others do meanwhile.

    @Test
    void a_message_that_moves_while_the_folders_are_read_is_one_message() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("new/2.b", "b");
        boolean[] moved = new boolean[1];
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (operation.equals("list") && file.endsWith("cur") && !moved[0]) {
                moved[0] = true;
                maildir.move("new/1.a", "cur/1.a:2,S");
            }
        });
        try (Maildrop maildrop = maildir.open(io)) {
            assertTrue(moved[0]);
            assertEquals(List.of("a", "b"), Maildir.contents(maildrop));
        }
    }

    @Test
    void a_message_that_moves_before_it_is_read_is_found() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("cur/2.b:2,", "b");
        boolean[] moved = new boolean[1];
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (operation.equals("attributes") && file.endsWith("1.a") && !moved[0]) {
                moved[0] = true;
                maildir.move("new/1.a", "cur/1.a:2,S");
                maildir.move("cur/2.b:2,", "cur/2.b:2,T");
            }
        });
        try (Maildrop maildrop = maildir.open(io)) {
            assertTrue(moved[0]);
            assertEquals(List.of("a", "b"), Maildir.contents(maildrop));
        }
    }

    @Test
    void a_message_that_vanishes_before_it_is_read_is_not_part_of_the_snapshot() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("new/2.b", "b");
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (operation.equals("open") && file.endsWith("1.a")) Files.deleteIfExists(file);
        });
        try (Maildrop maildrop = maildir.openByNames(io)) {
            assertEquals(List.of("2.b"), Maildir.uniqueIds(maildrop));
            assertEquals(List.of("b"), Maildir.contents(maildrop));
        }
    }

    @Test
    void a_message_that_is_renamed_again_and_again_is_not_taken_for_removed() throws Exception {
        maildir.put("cur/1.a:2,", "a");
        int[] renamed = new int[1];
        MaildirIo io = new ScriptedIo((operation, file) -> {
            String name = String.valueOf(file.getFileName());
            if (operation.equals("attributes") && name.startsWith("1.a")) {
                maildir.move("cur/" + name, "cur/1.a:2," + renamed[0]++);
            }
        });
        assertRefused(Reason.TEMPORARY, () -> maildir.open(io));
        assertEquals(List.of("a"), maildir.contents());
    }

    @Test
    void messages_renamed_in_mid_session_are_still_served_and_removed() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("cur/2.b:2,", "b");
        maildir.put("cur/3.c:2,S", "c");
        try (Maildrop maildrop = maildir.open()) {
            maildir.move("new/1.a", "cur/1.a:2,S");
            maildir.move("cur/2.b:2,", "cur/2.b:2,RS");
            maildir.put("new/4.d", "d");
            assertEquals("a", content(maildrop, 1));
            assertEquals("b", content(maildrop, 2));
            maildir.move("cur/1.a:2,S", "cur/1.a:2,ST");
            maildrop.remove(new int[] {1, 2});
        }
        assertEquals(List.of("c", "d"), maildir.contents());
    }

    @Test
    void a_message_that_is_gone_says_so_and_counts_as_removed() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("new/2.b", "b");
        try (Maildrop maildrop = maildir.open()) {
            String uniqueId = maildrop.uniqueId(1);
            Files.delete(maildir.file("new/1.a"));
            assertRefused(Reason.GONE, () -> maildrop.open(1));
            assertRefused(Reason.GONE, () -> maildrop.open(1));
            assertEquals(uniqueId, maildrop.uniqueId(1));
            assertEquals(3, maildrop.octets(1));
            assertEquals("b", content(maildrop, 2));
            maildrop.remove(new int[] {1, 2});
        }
        assertEquals(List.of(), maildir.list("new"));
    }

    @Test
    void a_message_that_becomes_a_link_or_a_fifo_is_gone() throws Exception {
        maildir.put("secret", "secret");
        maildir.put("new/1.a", "a");
        maildir.put("new/2.b", "b");
        maildir.put("new/3.c", "c");
        try (Maildrop maildrop = maildir.open()) {
            for (String place : List.of("new/1.a", "new/2.b", "new/3.c")) Files.delete(maildir.file(place));
            Files.createSymbolicLink(maildir.file("new/1.a"), maildir.file("secret"));
            Files.createDirectory(maildir.file("new/2.b"));
            fifo("new/3.c");
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                for (int number = 1; number <= 3; number++) {
                    int gone = number;
                    assertRefused(Reason.GONE, () -> maildrop.open(gone));
                }
            });
        }
    }

    @Test
    void a_started_message_is_read_to_its_end_though_it_is_removed() throws Exception {
        maildir.put("new/1.a", "Hello\r\n");
        try (Maildrop maildrop = maildir.open();
                MessageContent content = maildrop.open(1)) {
            Files.delete(maildir.file("new/1.a"));
            assertEquals(7, content.octets());
        }
    }

    @Test
    void a_message_that_is_cut_while_it_is_read_does_not_end_well() throws Exception {
        Path file = maildir.put("new/1.a", "Hello\r\n".repeat(1000));
        try (Maildrop maildrop = maildir.open();
                MessageContent content = maildrop.open(1)) {
            content.channel().read(ByteBuffer.allocate(100));
            try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
                cut.truncate(200);
            }
            assertThrows(IOException.class, content::octets);
        }
    }

    @Test
    void a_message_that_grew_or_shrank_is_refused_and_listed_as_it_is_the_next_time() throws Exception {
        maildir.put("new/1.a", "Hello\nWorld\n");
        maildir.put("cur/2.b,S=12,W=14:2,S", "Hello\nWorld\n");
        maildir.put("new/3.c", "c\n");
        try (Maildrop maildrop = maildir.open()) {
            maildir.put("new/1.a", "Hello\nWorld\n!\n");
            maildir.put("cur/2.b,S=12,W=14:2,S", "Hello\n");
            Files.setLastModifiedTime(maildir.file("cur/2.b,S=12,W=14:2,S"), FileTime.from(Instant.EPOCH));
            assertRefused(Reason.TEMPORARY, () -> maildrop.open(1));
            assertRefused(Reason.TEMPORARY, () -> maildrop.open(2));
            assertEquals(14, maildrop.octets(1));
            assertEquals("c\n", content(maildrop, 3));
        }
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(17, maildrop.octets(1));
            assertEquals("Hello\nWorld\n!\n", content(maildrop, 1));
            assertEquals(7, maildrop.octets(2));
            assertEquals("Hello\n", content(maildrop, 2));
        }
    }

    @Test
    void a_name_with_a_line_break_is_left_out_as_dovecot_does() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("new/2.new\nline", "b");
        maildir.put("new/3.return\rhere", "c");
        maildir.put("new/:2,S", "d");
        assertEquals(List.of("a"), maildir.contents());
        assertEquals(4, maildir.list("new").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"POSIX", "C.UTF-8"})
    void names_are_octets_whatever_the_locale_of_the_process(String locale) throws Exception {
        List<String> names = List.of("1.\u00E4\u00FF\u0080", "2.\u00C3\u00A4", "3.plain", "4.\u00ED\u00A0\u0080");
        for (String name : names) maildir.put("new/" + name, name);
        ProcessBuilder other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ByNames.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        other.environment().put("LC_ALL", locale);
        Process process = other.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertEquals(0, process.waitFor());
        List<String> uniqueIds = maildir.uniqueIds();
        assertEquals(4, uniqueIds.size());
        assertEquals(uniqueIds, said.lines().toList());
        assertEquals(names, maildir.contents());
    }

    /** A process that says which unique-ids there are by the names of files, and reads every message. */
    static final class ByNames {

        private ByNames() {}

        public static void main(String[] args) throws IOException {
            Maildir maildir = new Maildir(Path.of(args[0]), "mrose");
            try (Maildrop maildrop = maildir.openByNames(new MaildirIo())) {
                Maildir.uniqueIds(maildrop).forEach(System.out::println);
                Maildir.contents(maildrop);
            }
        }
    }

    // UPDATE.

    @Test
    void the_intent_is_durable_before_the_first_unlink_and_ends_when_the_folders_are() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("cur/2.b:2,S", "b");
        maildir.put("cur/3.c:2,S", "c");
        ScriptedIo io = new ScriptedIo();
        try (Maildrop maildrop = maildir.open(io)) {
            io.operations.clear();
            maildrop.remove(new int[] {2, 3});
            assertEquals(
                    List.of(
                            "openToChange pop3kit.lock",
                            "write content",
                            "read pop3kit.intent",
                            "create pop3kit.intent",
                            "write content",
                            "force content",
                            "force mrose",
                            "attributes maildirsize",
                            "delete 2.b:2,S",
                            "delete 3.c:2,S",
                            "force cur",
                            "delete pop3kit.intent",
                            "force mrose"),
                    io.operations);
        }
    }

    @Test
    void a_removal_that_fails_says_whether_it_may_work_later() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("new/2.b", "b");
        for (String failing : List.of("delete", "force")) {
            maildir.put("new/3." + failing, "c");
            maildir.put("new/4." + failing, "d");
            armed = false;
            MaildirIo denied = failing(failing, file -> new AccessDeniedException(file.toString()));
            try (Maildrop maildrop = maildir.open(denied)) {
                armed = true;
                assertRefused(Reason.PERMANENT, () -> {
                    maildrop.remove(new int[] {1});
                    return null;
                });
            }
            armed = false;
            MaildirIo broken =
                    failing(failing, file -> new FileSystemException(file.toString(), null, "Input/output error"));
            try (Maildrop maildrop = maildir.open(broken)) {
                armed = true;
                assertRefused(Reason.TEMPORARY, () -> {
                    maildrop.remove(new int[] {1});
                    return null;
                });
            }
        }
    }

    @Test
    void a_removal_that_is_not_allowed_removes_nothing_now_nor_later() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("new/2.b", "b");
        MaildirIo denied = new ScriptedIo((operation, file) -> {
            if (operation.equals("delete") && file.getParent().endsWith("new")) {
                throw new AccessDeniedException(file.toString());
            }
        });
        try (Maildrop maildrop = maildir.open(denied)) {
            assertRefused(Reason.PERMANENT, () -> {
                maildrop.remove(new int[] {1, 2});
                return null;
            });
        }
        assertEquals(List.of("a", "b"), maildir.contents());
    }

    private MaildirIo failing(String failing, Function<Path, IOException> failure) {
        return new ScriptedIo((operation, file) -> {
            if (armed && operation.equals(failing)) throw failure.apply(file);
        });
    }

    private static boolean isVerbatim(Maildrop maildrop, int number) throws IOException {
        try (MessageContent content = maildrop.open(number)) {
            return content.verbatim();
        }
    }

    /** Makes a fifo, where there is a command for it. */
    private boolean fifo(String place) throws Exception {
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", maildir.file(place).toString()).start();
            return mkfifo.waitFor() == 0;
        } catch (IOException e) {
            System.out.println("No fifo in this test: " + e.getMessage());
            return false;
        }
    }

    private static void skipUnless(boolean possible, String why) {
        if (!possible) System.out.println("Skipped: " + why);
        assumeTrue(possible, why);
    }
}
