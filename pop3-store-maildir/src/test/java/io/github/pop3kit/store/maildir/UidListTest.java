package io.github.pop3kit.store.maildir;

import static io.github.pop3kit.store.maildir.Maildir.assertRefused;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unique-ids by Dovecot's list, as Dovecot 2.3.19 reads and writes it. */
@Timeout(120)
class UidListTest {

    private static final String HEADER = "3 V1795578470 N7 Gbe534401665a066bcf66000083ecc375\n";

    @TempDir
    Path root;

    private Maildir maildir;
    private Path list;

    @BeforeEach
    void create() throws IOException {
        maildir = Maildir.create(root, "mrose");
        list = maildir.path().resolve("dovecot-uidlist");
    }

    @Test
    void messages_have_the_unique_ids_that_dovecot_gave_them() throws Exception {
        maildir.put("cur/1791234568.M1P1.h,S=1,W=3:2,S", "b");
        maildir.put("cur/1791234567.M1P1.h:2,", "a");
        Files.writeString(list, HEADER + "4 :1791234568.M1P1.h,S=1,W=3\n6 W3 :1791234567.M1P1.h\n");
        assertIds("000000046b065a66", "000000066b065a66");
        assertEquals(List.of("b", "a"), maildir.contents());
        assertEquals(HEADER + "4 :1791234568.M1P1.h,S=1,W=3\n6 W3 :1791234567.M1P1.h\n", Files.readString(list));
    }

    @Test
    void new_messages_follow_in_the_order_of_their_names_and_are_appended() throws Exception {
        maildir.put("cur/1.a:2,S", "a");
        Files.writeString(list, HEADER + "6 W3 :1.a\n");
        for (String name : List.of("2.M10.x,S=1,W=3", "2.M9.x,S=1,W=3", "10.x,S=1,W=3", "hello,S=1,W=3")) {
            maildir.put("new/" + name, "n");
        }
        Object before = Files.readAttributes(list, "fileKey").get("fileKey");
        assertEquals(5, maildir.contents().size());
        assertEquals(
                HEADER + "6 W3 :1.a\n7 :hello,S=1,W=3\n8 :2.M9.x,S=1,W=3\n9 :2.M10.x,S=1,W=3\n10 :10.x,S=1,W=3\n",
                Files.readString(list));
        assertEquals(before, Files.readAttributes(list, "fileKey").get("fileKey"));
    }

    @Test
    void the_next_uid_is_that_of_the_header_or_behind_the_last_line() throws Exception {
        maildir.put("new/1.a,S=1,W=3", "a");
        Files.writeString(list, "3 N700 V1795578470 Gbe534401665a066bcf66000083ecc375\n699 :gone\n");
        assertIds("000002bc6b065a66");
        maildir.put("new/2.b,S=1,W=3", "b");
        maildir.put("new/3.c,S=1,W=3", "c");
        Files.writeString(list, HEADER + "6 :gone\n41 :1.a,S=1,W=3\n42 :2.b,S=1,W=3\n");
        assertIds("000000296b065a66", "0000002a6b065a66", "0000002b6b065a66");
    }

    @Test
    void keys_that_are_not_understood_are_kept_when_the_list_is_written_anew() throws Exception {
        maildir.put("cur/1.a:2,S", "a\n");
        Files.writeString(list, "3 V1795578470 N7 P%f Qx Gbe534401665a066bcf66000083ecc375 Zend\n2 Zq O4 Y :1.a\n");
        assertIds("000000026b065a66");
        assertEquals(
                "3 V1795578470 N7 P%f Qx Gbe534401665a066bcf66000083ecc375 Zend\n2 Zq O4 Y W3 :1.a\n",
                Files.readString(list));
    }

    @Test
    void of_a_message_that_is_there_twice_the_later_uid_counts_and_the_list_is_written_anew() throws Exception {
        maildir.put("cur/1.a,S=1,W=3:2,S", "a");
        maildir.put("cur/2.b,S=1,W=3:2,S", "b");
        Files.writeString(list, HEADER + "4 :1.a,S=1,W=3\n5 :2.b,S=1,W=3\n6 :1.a,S=1,W=3\n");
        assertIds("000000056b065a66", "000000066b065a66");
        assertEquals(HEADER + "5 :2.b,S=1,W=3\n6 :1.a,S=1,W=3\n", Files.readString(list));
    }

    @Test
    void what_others_write_into_a_line_while_its_message_is_counted_stays() throws Exception {
        maildir.put("cur/1.a:2,S", "a\n");
        Files.writeString(list, HEADER + "4 :1.a\n");
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (operation.equals("open") && file.endsWith("1.a:2,S")) {
                Files.writeString(list, HEADER + "4 Gguid Qx :1.a\n");
            }
        });
        maildir.open(io).close();
        assertEquals(HEADER + "4 Gguid Qx W3 :1.a\n", Files.readString(list));
    }

    @Test
    void a_list_that_gives_its_uids_to_other_messages_is_believed() throws Exception {
        maildir.put("cur/1.a,S=1,W=3:2,S", "a");
        maildir.put("cur/2.b,S=3,W=5:2,S", "bbb");
        Files.writeString(list, HEADER + "4 :1.a,S=1,W=3\n5 :2.b,S=3,W=5\n");
        maildir.open().close();
        Files.writeString(list, HEADER + "4 :2.b,S=3,W=5\n5 :1.a,S=1,W=3\n");
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(Map.of(1, "5 000000046b065a66", 2, "3 000000056b065a66"), listing(maildrop));
        }
    }

    @Test
    void lines_of_removed_messages_stay_until_they_are_many() throws Exception {
        StringBuilder lines = new StringBuilder(HEADER);
        for (int i = 1; i <= 8; i++) {
            maildir.put("cur/" + i + ".a,S=1,W=3:2,", "a");
            lines.append(i).append(" :").append(i).append(".a,S=1,W=3\n");
        }
        Files.writeString(list, lines);
        try (Maildrop maildrop = maildir.open()) {
            maildrop.remove(new int[] {1});
        }
        assertEquals(7, maildir.contents().size());
        assertEquals(lines.toString(), Files.readString(list));
        try (Maildrop maildrop = maildir.open()) {
            maildrop.remove(new int[] {6, 7});
        }
        assertEquals(5, maildir.contents().size());
        assertEquals(6, Files.readAllLines(list).size());
        assertTrue(Files.readString(list).startsWith("3 V1795578470 N9 G"), Files.readString(list));
    }

    @Test
    void a_list_of_version_1_is_taken_over() throws Exception {
        maildir.put("cur/1.a,S=1,W=3:2,S", "a");
        maildir.put("cur/2.b,S=1,W=3:2,S", "b");
        maildir.put("new/3.c,S=1,W=3", "c");
        Files.writeString(list, "1 1795578470 12\n3 1.a,S=1,W=3\n5 2.b,S=1,W=3:2,S\n");
        assertIds("000000036b065a66", "000000056b065a66", "0000000c6b065a66");
        List<String> lines = Files.readAllLines(list);
        assertTrue(lines.get(0).matches("3 V1795578470 N13 G[0-9a-f]{32}"), lines.get(0));
        assertEquals(List.of("3 :1.a,S=1,W=3", "5 :2.b,S=1,W=3", "12 :3.c,S=1,W=3"), lines.subList(1, 4));
    }

    @Test
    void a_line_that_was_not_written_to_its_end_does_not_count() throws Exception {
        maildir.put("cur/1.a,S=1,W=3:2,", "a");
        maildir.put("new/2.b,S=1,W=3", "b");
        Files.writeString(list, HEADER + "5 :1.a,S=1,W=3\n7 :2.b,S=1");
        assertIds("000000056b065a66", "000000076b065a66");
        assertTrue(Files.readString(list).endsWith("5 :1.a,S=1,W=3\n7 :2.b,S=1,W=3\n"), Files.readString(list));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "3 V1795578470\n",
                "3 V0 N7\n",
                "3 V1795578470 N0\n",
                "3 V4294967297 N7\n",
                "1 0 7\n1 1.a\n",
                "1 1795578470 0\n1 1.a\n",
                "4 V1795578470 N7\n",
                "3 V1795578470 N7\n5 :1.a\n5 :2.b\n",
                "3 V1795578470 N7\n5 :1.a\n4 :2.b\n",
                "3 V1795578470 N7\nx :1.a\n",
                "3 V1795578470 N7\n4294967295 :1.a\n",
                "3 V1795578470 N7\n99999999999999999999 :1.a\n",
                "3 V1795578470 N7\n5 :../../x\n",
                "3 V1795578470 N7\n5\n",
                "3 V1795578470 N7\n\0\0\0\0\n"
            })
    void a_list_that_cannot_be_understood_refuses_the_maildrop_and_stays(String text) throws Exception {
        maildir.put("cur/1.a:2,", "a");
        Files.writeString(list, text);
        assertRefused(Reason.TEMPORARY, () -> maildir.open());
        assertEquals(text, Files.readString(list));
    }

    @Test
    void where_dovecot_has_an_index_and_no_list_none_is_invented() throws Exception {
        maildir.put("cur/1.a:2,", "a");
        maildir.put("dovecot.index.log", "whatever");
        assertRefused(Reason.TEMPORARY, () -> maildir.open());
        assertFalse(Files.exists(list));
        Files.delete(maildir.file("dovecot.index.log"));
        maildir.put("dovecot.list.index.log", "not the index of a maildir");
        assertEquals(List.of("a"), maildir.contents());
    }

    @Test
    void a_list_that_was_removed_is_followed_by_a_later_one() throws Exception {
        maildir.put("cur/1.a:2,", "a");
        List<String> before;
        try (Maildrop maildrop = maildir.open()) {
            before = Maildir.uniqueIds(maildrop);
        }
        Files.delete(list);
        try (Maildrop maildrop = maildir.open()) {
            assertFalse(Maildir.uniqueIds(maildrop).removeAll(before));
        }
    }

    @Test
    void the_list_and_the_index_may_be_elsewhere() throws Exception {
        Files.createDirectories(root.resolve("control/mrose"));
        Files.createDirectories(root.resolve("index/mrose"));
        maildir.put("cur/1.a,S=1,W=3:2,", "a");
        Files.writeString(root.resolve("control/mrose/dovecot-uidlist"), HEADER + "3 :1.a,S=1,W=3\n");
        MaildirOptions options =
                MaildirOptions.of(Map.of("control", root + "/control/{user}", "index", root + "/index/{user}"));
        try (Maildrop maildrop = maildir.store(options, new MaildirIo()).open(Account.of("mrose"))) {
            assertEquals("000000036b065a66", maildrop.uniqueId(1));
        }
        Files.delete(root.resolve("control/mrose/dovecot-uidlist"));
        Files.createFile(root.resolve("index/mrose/dovecot.index.cache"));
        assertRefused(
                Reason.TEMPORARY, () -> maildir.store(options, new MaildirIo()).open(Account.of("mrose")));
    }

    @Test
    void messages_with_an_order_are_first() throws Exception {
        for (String name : List.of("1.a", "2.b", "3.c")) maildir.put("cur/" + name + ",S=1,W=3:2,", name.substring(2));
        Files.writeString(list, HEADER + "1 :1.a,S=1,W=3\n2 O7 :2.b,S=1,W=3\n3 O1 :3.c,S=1,W=3\n");
        assertEquals(List.of("c", "b", "a"), maildir.contents());
    }

    @Test
    void octets_that_were_counted_are_kept_for_both_servers() throws Exception {
        maildir.put("new/1.a", "one\ntwo\n");
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(10, maildrop.octets(1));
        }
        assertTrue(Files.readString(list).endsWith("\n1 W10 :1.a\n"), Files.readString(list));
        Files.delete(maildir.file("pop3kit.cache"));
        try (Maildrop maildrop = maildir.open(unreadable())) {
            assertEquals(10, maildrop.octets(1));
        }
    }

    @Test
    void a_name_that_is_right_about_the_length_spares_the_reading() throws Exception {
        maildir.put("new/1.a,S=8,W=10", "one\ntwo\n");
        try (Maildrop maildrop = maildir.open(unreadable())) {
            assertEquals(10, maildrop.octets(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.a,S=9,W=11", "1.a,W=11", "1.a,S=8", "1.a,S=8,W=7", "1.a,S=8,W=99"})
    void a_name_that_cannot_be_right_is_not_believed(String name) throws Exception {
        maildir.put("new/" + name, "one\ntwo\n");
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(10, maildrop.octets(1));
        }
    }

    private static MaildirIo unreadable() {
        return new ScriptedIo((operation, file) -> {
            if (operation.equals("open") && file.toString().contains("1.a")) {
                throw new FileSystemException(file.toString(), null, "Too many open files");
            }
        });
    }

    // The lock.

    @Test
    void a_lock_of_a_dead_process_of_this_host_is_broken_after_two_seconds() throws Exception {
        maildir.put("new/1.a", "a");
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path lock = Files.writeString(lock(), ended.pid() + ":" + Host.NAME);
        Files.setLastModifiedTime(lock, ago(Duration.ofSeconds(3)));
        assertEquals(List.of("a"), maildir.contents());
        assertFalse(Files.exists(lock));
    }

    @Test
    void a_lock_that_nobody_touched_for_two_minutes_is_broken() throws Exception {
        maildir.put("new/1.a", "a");
        Path lock = Files.writeString(lock(), "864:other.example.org");
        Files.setLastModifiedTime(lock, ago(Duration.ofSeconds(121)));
        assertEquals(List.of("a"), maildir.contents());
        assertFalse(Files.exists(lock));
    }

    @Test
    void a_lock_of_somebody_else_is_waited_for() throws Exception {
        maildir.put("new/1.a,S=1,W=3", "a");
        Path lock = Files.writeString(lock(), "864:other.example.org");
        int[] looks = new int[1];
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (operation.equals("create") && file.equals(lock) && ++looks[0] == 3) Files.delete(lock);
        });
        try (Maildrop maildrop = maildir.open(io)) {
            assertEquals(1, maildrop.count());
        }
        assertEquals(3, looks[0]);
    }

    @Test
    void a_lock_that_is_lost_meanwhile_changes_nothing_and_is_left_to_the_other() throws Exception {
        maildir.put("new/1.a", "a");
        Path lock = lock();
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (operation.equals("list") && file.endsWith("cur")) {
                Files.delete(lock);
                Files.writeString(lock, "864:other.example.org");
            }
        });
        assertRefused(Reason.TEMPORARY, () -> maildir.open(io));
        assertEquals("864:other.example.org", Files.readString(lock));
    }

    @Test
    void the_lock_names_process_and_host_and_lasts_only_as_long_as_the_list_is_used() throws Exception {
        maildir.put("new/1.a", "a");
        String[] content = new String[1];
        MaildirIo io = new ScriptedIo((operation, file) -> {
            if (operation.equals("list") && file.endsWith("new")) content[0] = Files.readString(lock());
            if (operation.equals("open") && file.endsWith("1.a")) assertFalse(Files.exists(lock()));
        });
        maildir.open(io).close();
        assertEquals(ProcessHandle.current().pid() + ":" + Host.IN_DOT_LOCKS, content[0]);
        assertFalse(Files.exists(lock()));
    }

    @Test
    void the_heartbeat_touches_a_lock_that_is_held_long() throws Exception {
        try (Heartbeat heartbeat = new Heartbeat();
                DotLock lock = DotLock.take(new MaildirIo(), DotLock.Kind.ofList(list), Duration.ZERO, heartbeat)
                        .orElseThrow()) {
            FileTime before = Files.getLastModifiedTime(lock());
            heartbeat.beat();
            assertTrue(Files.getLastModifiedTime(lock()).compareTo(before) > 0);
            lock.check();
        }
    }

    private Path lock() {
        return maildir.path().resolve("dovecot-uidlist.lock");
    }

    private static FileTime ago(Duration duration) {
        return FileTime.from(Instant.now().minus(duration));
    }

    // Unique-ids.

    @ParameterizedTest
    @CsvSource({
        "%08Xu%08Xv, 0000001f6b065a66",
        "%{uid | hex(8)}%{uidvalidity | hex(8)}, 0000001f6b065a66",
        "%v.%u, 1795578470.31",
        "UID%u-%v, UID31-1795578470",
        "%f, '1.a,S=1,W=3'",
        "%g, '1.a,S=1,W=3'",
        "%{filename}, '1.a,S=1,W=3'",
        "%Mf, its MD5",
        "%05u, 00031",
        "%5u, 31",
        "%Xu, 1f",
        "%%%u, %31",
        "%Uf, '1.A,S=1,W=3'"
    })
    void the_format_is_that_of_dovecot(String format, String expected) throws Exception {
        maildir.put("cur/1.a,S=1,W=3:2,", "a");
        Files.writeString(list, HEADER + "31 :1.a,S=1,W=3\n");
        String wanted = format.equals("%Mf") ? md5("1.a,S=1,W=3") : expected;
        try (Maildrop maildrop = open(Map.of("uidl-format", format))) {
            assertEquals(wanted, maildrop.uniqueId(1));
        }
    }

    private static String md5(String text) throws Exception {
        byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(US_ASCII));
        return HexFormat.of().formatHex(digest);
    }

    @Test
    void a_message_may_have_a_unique_id_of_its_own_and_a_second_one_that_wants_it_is_renamed_for_good()
            throws Exception {
        for (String name : List.of("1.a", "2.b", "3.c")) maildir.put("cur/" + name + ",S=1,W=3:2,", "x");
        Files.writeString(list, HEADER + "1 Pmy-id :1.a,S=1,W=3\n2 P :2.b,S=1,W=3\n3 Pmy-id :3.c,S=1,W=3\n");
        assertIds("my-id", "2.b,S=1,W=3", "my-id-2");
        try (Maildrop maildrop = maildir.open()) {
            maildrop.remove(new int[] {1});
        }
        assertIds("2.b,S=1,W=3", "my-id-2");
    }

    @Test
    void a_unique_id_of_the_list_is_not_taken_by_a_message_before_it() throws Exception {
        maildir.put("cur/1.a,S=1,W=3:2,", "a");
        maildir.put("cur/2.b,S=1,W=3:2,", "b");
        Files.writeString(list, HEADER + "1 :1.a,S=1,W=3\n2 P000000016b065a66 :2.b,S=1,W=3\n");
        assertIds("000000016b065a66-2", "000000016b065a66");
    }

    @Test
    void a_header_x_uidl_ends_where_lines_end_in_mail() throws Exception {
        maildir.put("new/1.a", "Subject: \u00C3\u0085X-UIDL: not-me\n\u0085\u0085\nX-UIDL: me\n\n");
        try (Maildrop maildrop = open(Map.of("reuse-xuidl", "yes"))) {
            assertEquals("me", maildrop.uniqueId(1));
        }
        maildir.put("new/2.b", "Subject: \rX-UIDL: not-me\n\n");
        try (Maildrop maildrop = open(Map.of("reuse-xuidl", "yes"))) {
            assertTrue(maildrop.uniqueId(2).startsWith("00000002"), maildrop.uniqueId(2));
        }
    }

    @Test
    void a_header_x_uidl_is_used_again_if_that_is_wanted() throws Exception {
        maildir.put("new/1.a", "x-uidl: first-id \nSubject: a\n\nX-UIDL: not-me\n");
        maildir.put("new/2.b", "Subject: b\n\nX-UIDL: not-me\n");
        maildir.put("new/3.c", "X-UIDL: with blank\n\n");
        maildir.put("new/4.d", "X-UIDL: first-id\r\n\r\n");
        Files.writeString(list, HEADER);
        try (Maildrop maildrop = open(Map.of("reuse-xuidl", "yes"))) {
            assertEquals(
                    List.of("first-id", "000000086b065a66", "000000096b065a66", "first-id-2"),
                    Maildir.uniqueIds(maildrop));
        }
        try (Maildrop maildrop = open(Map.of("reuse-xuidl", "yes"))) {
            maildrop.remove(new int[] {1});
        }
        try (Maildrop maildrop = open(Map.of())) {
            assertEquals("first-id-2", maildrop.uniqueId(3));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "%q", "%v", "x", "%m", "%{uid | rot13}"})
    void a_format_that_makes_no_unique_ids_is_refused(String format) {
        assertThrows(IllegalArgumentException.class, () -> MaildirOptions.of(Map.of("uidl-format", format)));
    }

    // What is kept.

    @Test
    void unchanged_folders_cost_two_looks_beside_the_list() throws Exception {
        maildir.put("new/1.a", "a");
        maildir.put("cur/2.b:2,S", "b");
        settled();
        maildir.open().close();
        ScriptedIo io = new ScriptedIo();
        try (Maildrop maildrop = maildir.open(io)) {
            assertEquals(2, maildrop.count());
            assertEquals(
                    List.of(
                            "openToChange pop3kit.lock",
                            "write content",
                            "read pop3kit.intent",
                            "read pop3kit.cache",
                            "attributes new",
                            "attributes cur",
                            "attributes dovecot-uidlist"),
                    io.operations);
            assertEquals(List.of("a", "b"), Maildir.contents(maildrop));
        }
    }

    @Test
    void whatever_changes_is_seen() throws Exception {
        maildir.put("new/1.a", "a");
        settled();
        assertEquals(List.of("a"), maildir.contents());
        maildir.put("new/2.b", "b");
        assertEquals(List.of("a", "b"), maildir.contents());
        maildir.move("new/1.a", "cur/1.a:2,S");
        assertEquals(List.of("a", "b"), maildir.contents());
        Files.delete(maildir.file("new/2.b"));
        assertEquals(List.of("a"), maildir.contents());
        settled();
        assertEquals(List.of("a"), maildir.contents());
        Files.writeString(list, HEADER + "6 W3 :1.a\n");
        assertIds("000000066b065a66");
    }

    @Test
    void a_cache_that_is_damaged_or_missing_costs_nothing() throws Exception {
        for (int i = 0; i < 200; i++) maildir.put("new/" + (1000 + i) + ".a", "a\n".repeat(i));
        settled();
        Map<Integer, String> before;
        try (Maildrop maildrop = maildir.open()) {
            before = listing(maildrop);
        }
        Path cache = maildir.path().resolve("pop3kit.cache");
        byte[] whole = Files.readAllBytes(cache);
        for (int at = 0; at < whole.length; at += 1 + whole.length / 150) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x55;
            Files.write(cache, at % 2 == 0 ? damaged : Arrays.copyOf(whole, at));
            try (Maildrop maildrop = maildir.open()) {
                assertEquals(before, listing(maildrop));
            }
        }
    }

    @Test
    void a_cache_that_is_no_file_costs_nothing() throws Exception {
        maildir.put("new/1.a", "a");
        Files.createDirectories(maildir.path().resolve("pop3kit.cache/x"));
        assertEquals(List.of("a"), maildir.contents());
        assertEquals(List.of("a"), maildir.contents());
        assertEquals(List.of(), maildir.list("tmp"));
    }

    @Test
    void where_there_is_no_room_for_a_lock_only_what_has_its_uid_is_served() throws Exception {
        maildir.put("cur/1.a,S=1,W=3:2,", "a");
        MaildirIo full = new ScriptedIo((operation, file) -> {
            if (operation.equals("create") && file.equals(lock())) {
                throw new FileSystemException(file.toString(), null, "No space left on device");
            }
        });
        assertRefused(Reason.TEMPORARY, () -> maildir.open(full));
        Files.writeString(list, HEADER + "4 :1.a,S=1,W=3\n");
        maildir.put("new/2.b,S=1,W=3", "b");
        try (Maildrop maildrop = maildir.open(full)) {
            assertEquals(List.of("a"), Maildir.contents(maildrop));
            maildrop.remove(new int[] {1});
        }
        assertIds("000000076b065a66");
    }

    private static Map<Integer, String> listing(Maildrop maildrop) throws IOException {
        Map<Integer, String> listing = new HashMap<>();
        for (int number = 1; number <= maildrop.count(); number++) {
            listing.put(number, maildrop.octets(number) + " " + maildrop.uniqueId(number));
        }
        return listing;
    }

    @Test
    void many_names_are_packed_and_found() {
        for (int count : new int[] {0, 1, 63, 64, 65, 1000}) {
            PackedNames names = PackedNames.of(count, i -> "cur/" + i + ".M" + i * 7919 + "P1.host:2,S");
            assertEquals(count, names.count());
            IntStream.range(0, count)
                    .map(i -> count - 1 - i)
                    .forEach(i -> assertEquals("cur/" + i + ".M" + i * 7919 + "P1.host:2,S", names.get(i)));
        }
    }

    /** As if nothing had happened to the folders for an hour: what happened just now is not trusted. */
    private void settled() throws IOException {
        for (String folder : List.of("new", "cur")) {
            Files.setLastModifiedTime(maildir.file(folder), ago(Duration.ofHours(1)));
        }
    }

    private Maildrop open(Map<String, String> options) throws IOException {
        return maildir.store(MaildirOptions.of(options), new MaildirIo()).open(Account.of("mrose"));
    }

    private void assertIds(String... expected) throws IOException {
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(List.of(expected), Maildir.uniqueIds(maildrop));
        }
    }
}
