package io.github.pop3kit.client.sync;

import static io.github.pop3kit.client.sync.Site.message;
import static io.github.pop3kit.client.sync.Site.messages;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.CredentialsRefusedException;
import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.RetryPolicy;
import io.github.pop3kit.client.sync.SyncException.Reason;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class Pop3SyncTest {

    @TempDir
    Path root;

    private Site site;
    private SyncAccount account;

    @BeforeEach
    void begin() {
        site = new Site(root);
        account = site.account(Sink.folder(site.mail));
    }

    @AfterEach
    void end() {
        site.close();
    }

    private List<String> kept() {
        return Kept.FOLDER.messages(site.mail);
    }

    private List<String> left() {
        return site.user.messages().stream()
                .map(octets -> new String(octets, UTF_8))
                .sorted()
                .toList();
    }

    private static Reason reason(SyncReport report) {
        return assertInstanceOf(SyncException.class, report.failure().orElseThrow())
                .reason();
    }

    private static int[] to(int last) {
        int[] numbers = new int[last];
        for (int i = 0; i < last; i++) numbers[i] = i + 1;
        return numbers;
    }

    private void deliver(int... numbers) {
        for (int number : numbers) site.deliver(number);
    }

    @Test
    void only_new_mail_is_fetched() throws Exception {
        deliver(1, 2);
        assertEquals(2, site.run(account).fetched().size());
        deliver(3);
        SyncReport second = site.run(account);
        assertEquals(1, second.fetched().size());
        assertTrue(second.isComplete());
        assertEquals(messages(1, 2, 3), kept());
        assertEquals(messages(1, 2, 3), left());
    }

    @Test
    void a_run_with_nothing_new_costs_one_login_one_UIDL_and_not_an_octet_of_the_journal() throws Exception {
        deliver(to(20));
        site.run(account);
        Map<Path, Object> before = files(site.state);
        int sessions = site.server.sessions().size();

        site.run(account);

        assertEquals(sessions + 1, site.server.sessions().size());
        List<String> said = site.server
                .sessions()
                .get(sessions)
                .transcript()
                .lines()
                .filter(line -> line.startsWith("C: "))
                .filter(line -> !line.startsWith("C: CAPA") && !line.startsWith("C: AUTH"))
                .toList();
        assertEquals(List.of("C: UIDL", "C: QUIT"), said);
        assertEquals(before, files(site.state));
    }

    /** Each file with its octets, its time and its identity, which a rewrite changes. */
    private static Map<Path, Object> files(Path directory) throws IOException {
        Map<Path, Object> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                found.put(
                        file,
                        List.of(
                                Files.getAttribute(file, "unix:ino"),
                                Files.getLastModifiedTime(file),
                                Kept.read(file)));
            }
        }
        return found;
    }

    @Test
    void a_journal_is_rewritten_when_most_of_its_lines_say_nothing_any_more() throws Exception {
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 200; i++) site.user.deliver("Subject: " + round + "." + i + "\n\n\n");
            site.run(account.keeping(Retention.deleteAfterFetch()));
            site.now = site.now.plus(Duration.ofDays(31));
        }
        long lines;
        try (Stream<Path> files = Files.list(site.state)) {
            Path journal = files.filter(file -> file.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
            lines = Files.readAllLines(journal).size();
        }
        assertTrue(lines < 2000, lines + " lines for 200 messages that are remembered");
        assertEquals(800, kept().size());
        assertEquals(0, site.run(account).fetched().size());
    }

    @Test
    void two_runs_of_an_account_exclude_each_other() throws Exception {
        deliver(1);
        List<SyncReport> other = new ArrayList<>();
        SyncAccount slow = account.keeping(Retention.keepAll());
        Sink sink = (arrival, octets) -> {
            try {
                other.add(site.sync(Disk.SYSTEM).build().run(account));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        SyncReport report = site.run(site.account(sink).named(slow.name()));
        assertTrue(report.isComplete());
        assertEquals(Reason.LOCKED, reason(other.get(0)));
    }

    @Test
    void two_accounts_of_one_run_have_two_names() {
        assertThrows(
                IllegalArgumentException.class,
                () -> site.sync(Disk.SYSTEM).build().run(List.of(account, account)));
    }

    @Test
    void wrong_credentials_are_sent_once() throws Exception {
        site.server.user(Site.USER, "another");
        assertInstanceOf(
                CredentialsRefusedException.class, site.run(account).failure().orElseThrow());
        assertEquals(1, site.server.sessions().size());
    }

    @Test
    void a_source_of_logins_that_fails_is_told_as_such() throws Exception {
        SyncAccount sourceless = SyncAccount.of(
                site.client(),
                Site.USER,
                () -> {
                    throw new IOException("the token service is down");
                },
                Sink.folder(site.mail));
        assertEquals(Reason.CREDENTIALS, reason(site.run(sourceless)));
    }

    @ParameterizedTest
    @EnumSource(
            value = Kept.class,
            names = {"FOLDER", "MAILDIR"})
    void where_the_journal_is_lost_or_cut_files_are_there_once(Kept kind) throws Exception {
        deliver(1, 2);
        SyncAccount some = site.account(kind.sink(site.mail, Disk.SYSTEM));
        site.run(some);
        Path journal;
        try (Stream<Path> files = Files.list(site.state)) {
            journal = files.filter(file -> file.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(journal);
        for (int length = 0; length < whole.length; length += 11) {
            site.now = site.now.plusSeconds(60);
            Files.write(journal, Arrays.copyOf(whole, length));
            assertTrue(site.run(some).isComplete());
            assertEquals(messages(1, 2), kind.messages(site.mail), "cut at " + length);
        }
    }

    @Nested
    class WhatStaysOnTheServer {

        @Test
        void nothing_after_it_was_fetched() throws Exception {
            deliver(1, 2, 3);
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(3, report.deleted().size());
            assertEquals(messages(), left());
            assertEquals(messages(1, 2, 3), kept());
        }

        @Test
        void what_was_first_seen_less_than_so_many_days_ago() throws Exception {
            SyncAccount fortnight = account.keeping(Retention.keepDays(14));
            deliver(1);
            site.run(fortnight);
            site.now = site.now.plus(Duration.ofDays(13));
            deliver(2);
            assertEquals(0, site.run(fortnight).deleted().size());
            site.now = site.now.plus(Duration.ofDays(1));
            assertEquals(1, site.run(fortnight).deleted().size());
            assertEquals(messages(2), left());
        }

        @Test
        void the_newest() throws Exception {
            deliver(1, 2, 3, 4, 5);
            site.run(account.keeping(Retention.keepNewest(2)));
            assertEquals(messages(4, 5), left());
            assertEquals(messages(1, 2, 3, 4, 5), kept());
        }

        @Test
        void not_what_is_large() throws Exception {
            deliver(1, 96);
            site.run(account.keeping(
                    Retention.keepAll().deleteLargerThan(message(50).length() + 20)));
            assertEquals(messages(1), left());
            assertEquals(messages(1, 96), kept());
        }

        @Test
        void what_is_too_large_to_be_fetched() throws Exception {
            deliver(1, 96);
            SyncReport report = site.run(account.keeping(
                    Retention.deleteAfterFetch().skipLargerThan(message(50).length() + 20)));
            assertEquals(1, report.tooLarge().size());
            assertTrue(report.isComplete());
            assertEquals(messages(96), left());
            assertEquals(messages(1), kept());
            site.run(account);
            assertEquals(messages(1, 96), kept());
        }

        @Test
        void what_a_sink_did_not_take() throws Exception {
            deliver(1, 2, 3);
            Sink picky = (arrival, octets) -> {
                if (new String(octets.readAllBytes(), UTF_8).contains("message 2"))
                    throw new IOException("not this one");
            };
            SyncReport report = site.run(site.account(picky).keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(2), left());
            assertEquals(1, report.skipped().size());
            assertFalse(report.isComplete());
        }

        @Test
        void a_dry_run_lists_what_would_come_and_go_and_changes_nothing() throws Exception {
            deliver(1, 2);
            site.run(account);
            deliver(3);
            Map<Path, Object> before = files(root);
            SyncReport report;
            try (Pop3Sync sync = site.sync(Disk.SYSTEM).build()) {
                report = sync.dryRun(account.keeping(Retention.keepNewest(1)));
            }
            assertEquals(
                    List.of(site.user.uniqueIds().get(2)),
                    report.fetched().stream().map(SyncReport.Message::uniqueId).toList());
            assertEquals(
                    site.user.uniqueIds().subList(0, 2),
                    report.deleted().stream().map(SyncReport.Message::uniqueId).toList());
            assertEquals(before, files(root));
            assertEquals(messages(1, 2, 3), left());
            assertFalse(site.server.transcript().contains("DELE"));
        }

        @Test
        void a_server_that_deletes_sooner_is_reported() throws Exception {
            site.server.claimCapability("EXPIRE 7");
            deliver(1);
            SyncReport report = site.run(account.keeping(Retention.keepDays(30)));
            assertEquals(List.of("the server itself deletes mail after 7 days"), report.remarks());
            assertEquals(
                    report.remarks(),
                    site.run(account.keeping(Retention.keepNewest(5))).remarks());
            Retention small = Retention.deleteAfterFetch().skipLargerThan(10);
            deliver(2);
            assertEquals(
                    List.of("what is too large to be fetched, the server deletes after 7 days"),
                    site.run(account.keeping(small)).remarks());
        }

        @Test
        void where_the_server_may_delete_what_it_has_sent_everything_is_fetched() throws Exception {
            site.server.claimCapability("EXPIRE 0");
            deliver(1, 96);
            site.run(account.keeping(Retention.keepAll().skipLargerThan(100)));
            assertEquals(messages(1, 96), kept());
        }

        @Test
        void where_the_server_may_delete_what_it_has_sent_there_is_no_QUIT_before_all_of_it_is_stored()
                throws Exception {
            site.server.claimCapability("EXPIRE 0");
            deliver(1, 2);
            Sink picky = (arrival, octets) -> {
                if (new String(octets.readAllBytes(), UTF_8).contains("message 2"))
                    throw new IOException("not this one");
            };
            site.run(site.account(picky).keeping(Retention.deleteAfterFetch()));
            assertFalse(site.server.transcript().contains("C: QUIT"));
            assertEquals(messages(1, 2), left());
        }
    }

    @Nested
    class UniqueIds {

        private void deliver(String uniqueId, int number) {
            site.user.deliver(uniqueId, Instant.EPOCH, message(number).getBytes(UTF_8));
        }

        private void moveTheMail(int last) throws Exception {
            for (int n = 1; n <= last; n++) deliver("old" + n, n);
            site.run(account);
            site.server.reset();
            for (int n = 1; n <= last; n++) deliver("new" + n, n);
        }

        @Test
        void all_new_ones_are_a_migration_and_nothing_is_fetched_unasked() throws Exception {
            moveTheMail(20);
            SyncReport report = site.run(account);
            assertEquals(Reason.MIGRATION, reason(report));
            assertEquals(0, report.fetched().size());
            assertFalse(site.server.transcript().contains("RETR"));
        }

        @Test
        void a_migration_of_two_messages_is_recognised_by_their_sizes() throws Exception {
            moveTheMail(2);
            assertEquals(Reason.MIGRATION, reason(site.run(account)));
        }

        @Test
        void a_migration_can_be_adopted() throws Exception {
            moveTheMail(20);
            SyncAccount adopting = account.onMigration(Migration.ADOPT).keeping(Retention.deleteAfterFetch());
            assertEquals(0, site.run(adopting).fetched().size());
            deliver("later", 21);
            assertEquals(1, site.run(adopting).fetched().size());
            assertEquals(messages(to(21)), kept());
            // Who knows that they are the same? They are not deleted.
            assertEquals(messages(to(20)), left());
        }

        @Test
        void a_migration_can_be_fetched() throws Exception {
            moveTheMail(20);
            assertEquals(
                    20, site.run(account.onMigration(Migration.FETCH)).fetched().size());
            assertEquals(40, kept().size());
            assertEquals(0, site.run(account).fetched().size());
        }

        @Test
        void new_mail_behind_mail_that_somebody_else_has_deleted_is_no_migration() throws Exception {
            for (int n = 1; n <= 9; n++) deliver("old" + n, n);
            site.run(account);
            site.server.reset();
            for (int n = 10; n <= 14; n++) deliver("new" + n, n);
            assertEquals(5, site.run(account).fetched().size());
        }

        @Test
        void who_empties_his_maildrop_elsewhere_every_day_is_not_asked() throws Exception {
            for (int day = 0; day < 3; day++) {
                for (int n = 1; n <= 12; n++) deliver(day + "." + n, 20 * day + n);
                assertEquals(12, site.run(account).fetched().size());
                site.server.reset();
                assertTrue(site.run(account).isComplete());
            }
        }

        @Test
        void mail_that_is_away_for_a_while_and_comes_back_with_new_ones_is_a_migration() throws Exception {
            for (int n = 1; n <= 12; n++) deliver("old" + n, n);
            site.run(account);
            site.server.reset();
            site.run(account);
            for (int n = 1; n <= 14; n++) deliver("new" + n, n);
            assertEquals(Reason.MIGRATION, reason(site.run(account)));
        }

        @Test
        void some_new_ones_are_fetched_unasked() throws Exception {
            moveTheMail(20);
            deliver("old1", 21); // One unique-id that is known, and it is no migration.
            assertEquals(20, site.run(account).fetched().size());
        }

        @Test
        void the_same_one_for_several_messages_is_each_of_them() throws Exception {
            Pop3SyncTest.this.deliver(1, 2, 3);
            site.server.faults().on("UIDL").answer("+OK\n1 same\n2 same\n3 other\n.");
            SyncReport report = site.run(account);
            assertEquals(messages(1, 2, 3), kept());
            assertEquals(List.of("the server gives the same unique-id to several messages"), report.remarks());
            assertEquals(0, site.run(account).fetched().size());
        }

        @Test
        void of_several_messages_with_the_same_one_none_goes_before_all_are_stored() throws Exception {
            Pop3SyncTest.this.deliver(1, 2, 3);
            site.server.faults().on("UIDL").answer("+OK\n1 same\n2 same\n3 other\n.");
            site.server.faults().on("RETR 2").answer("-ERR not now").once();
            site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(1, 2), left());
        }

        @Test
        void the_one_that_is_left_of_two_with_the_same_is_fetched_if_not_both_were() throws Exception {
            Pop3SyncTest.this.deliver(1, 2);
            site.server.faults().on("UIDL").answer("+OK\n1 same\n2 same\n.").once();
            site.server.faults().on("RETR 2").answer("-ERR not now").once();
            site.run(account);
            site.server.faults().clear();
            site.server.faults().on("UIDL").answer("+OK\n2 same\n.");
            site.run(account);
            assertEquals(messages(1, 2), kept());
        }

        @Test
        void one_that_is_far_too_long_and_has_anything_in_it_is_one() throws Exception {
            Pop3SyncTest.this.deliver(1, 2);
            String odd = "../../x y%0a\u00e9" + "z".repeat(8000);
            site.server.faults().on("UIDL").answer("+OK\n1 " + odd + "\n2 " + odd + "!\n.");
            site.run(account);
            assertEquals(messages(1, 2), kept());
            assertEquals(0, site.run(account).fetched().size());
            assertTrue(site.run(account.keeping(Retention.deleteAfterFetch())).isComplete());
            assertEquals(messages(), left());
        }

        @Test
        void one_without_end_fails_with_a_clear_word_and_deletes_nothing() throws Exception {
            Pop3SyncTest.this.deliver(1);
            site.server.faults().on("UIDL").answer("+OK\n1 " + "z".repeat(9000) + "\n.");
            // A second attempt could come before the server has seen the first one leave.
            Exception failure = site.run(account.keeping(Retention.deleteAfterFetch()), RetryPolicy.never())
                    .failure()
                    .orElseThrow();
            assertTrue(failure.getMessage().contains("a line without an end"), failure.getMessage());
            assertEquals(messages(1), left());
        }

        @Test
        void one_that_is_given_again_is_another_message_and_overwrites_nothing() throws Exception {
            SyncAccount deleting = account.keeping(Retention.deleteAfterFetch());
            deliver("same", 1);
            site.run(deleting);
            site.server.reset();
            deliver("same", 2);
            site.run(deleting);
            assertEquals(messages(1, 2), kept());
        }

        @Test
        void one_that_is_given_again_to_a_message_of_the_same_size_is_another_message_everywhere() throws Exception {
            MemoryMailStore store = new MemoryMailStore();
            SyncAccount toStore = site.account(DeliverySink.into(store, Account.of("mrose")))
                    .named("to a store")
                    .keeping(Retention.deleteAfterFetch());
            for (SyncAccount deleting : List.of(account.keeping(Retention.deleteAfterFetch()), toStore)) {
                for (int n = 2; n <= 4; n++) {
                    deliver("same", n * 97); // Of the same size, since their line is empty.
                    SyncReport report = site.run(deleting);
                    assertTrue(report.isComplete(), report::toString);
                    assertEquals(messages(), left());
                    site.server.reset();
                }
            }
            assertEquals(messages(194, 291, 388), kept());
            try (Maildrop maildrop = store.open(Account.of("mrose"))) {
                assertEquals(3, maildrop.count());
            }
        }

        @Test
        void one_that_was_given_to_another_message_between_two_runs_is_not_deleted_before_that_is_stored()
                throws Exception {
            deliver("same", 1);
            deliver("other", 3);
            site.run(account);
            site.server.reset();
            deliver("same", 2);
            deliver("other", 3);
            deliver("new", 4);
            site.server.faults().on("RETR 3").answer("-ERR not now").once(); // That the next one waits changes nothing.
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(2, 4), left());
            assertEquals(
                    List.of("the server has given a unique-id to another message, which the next run fetches"),
                    report.remarks());
            site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(), left());
            assertEquals(messages(1, 2, 3, 4), kept());
        }

        @Test
        void a_message_whose_size_the_server_has_corrected_is_read_once_more_and_deleted() throws Exception {
            Pop3SyncTest.this.deliver(1, 2);
            site.server.faults().on("LIST").answer("+OK\n1 100000\n2 1\n.").once();
            site.run(account);
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertTrue(report.isComplete(), report::toString);
            assertEquals(messages(), left());
            assertEquals(messages(1, 2), kept());
        }

        @Test
        void a_message_that_is_back_and_cannot_be_looked_at_is_not_deleted() throws Exception {
            SyncAccount deleting = account.keeping(Retention.deleteAfterFetch());
            deliver("same", 194);
            site.run(deleting);
            site.server.reset();
            deliver("same", 291);
            site.server.faults().on("RETR").answer("-ERR not now").once();
            assertEquals(1, site.run(deleting).skipped().size());
            assertEquals(messages(291), left());
            site.run(deleting);
            assertEquals(messages(194, 291), kept());
            assertEquals(messages(), left());
        }

        @Test
        void a_message_that_is_back_and_cuts_the_line_does_not_stop_the_others() throws Exception {
            SyncAccount deleting = account.keeping(Retention.deleteAfterFetch());
            deliver("same", 1);
            site.run(deleting);
            site.server.reset();
            deliver("same", 1);
            deliver("other", 2);
            site.server.faults().on("RETR 1").cutAfter(30);
            SyncReport report = site.run(deleting);
            assertEquals(messages(1, 2), kept());
            assertEquals(messages(1), left());
            assertTrue(report.failure().isEmpty());
        }

        @Test
        void the_second_mail_with_a_unique_id_that_was_gone_is_another_if_its_size_is() throws Exception {
            deliver("same", 1);
            site.run(account);
            site.server.reset();
            site.run(account);
            deliver("same", 2);
            site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(1, 2), kept());
        }

        @Test
        void a_message_that_is_back_after_it_was_deleted_is_not_fetched_again() throws Exception {
            SyncAccount deleting = account.keeping(Retention.deleteAfterFetch());
            deliver("same", 1);
            site.run(deleting);
            site.server.reset();
            deliver("same", 1);
            SyncReport report = site.run(deleting);
            assertEquals(0, report.fetched().size());
            assertEquals(1, report.deleted().size());
        }

        @Test
        void a_message_that_is_not_listed_for_a_while_is_not_fetched_again() throws Exception {
            Pop3SyncTest.this.deliver(1, 2);
            site.run(account);
            site.server.faults().on("UIDL").answer("+OK\n.").once();
            site.run(account);
            assertEquals(0, site.run(account).fetched().size());
            assertEquals(messages(1, 2), kept());
        }

        @Test
        void a_server_without_them_is_refused_if_mail_shall_stay_there() throws Exception {
            site.server.withoutCapability("UIDL");
            Pop3SyncTest.this.deliver(1);
            SyncReport report = site.run(account.keeping(Retention.keepDays(1)));
            assertEquals(Reason.NO_UNIQUE_IDS, reason(report));
            assertEquals(messages(), kept());
        }

        @Test
        void a_dry_run_without_them_tells_by_sizes() throws Exception {
            site.server.withoutCapability("UIDL");
            Pop3SyncTest.this.deliver(1, 96);
            Retention retention =
                    Retention.deleteAfterFetch().skipLargerThan(message(50).length() + 20);
            SyncReport report;
            try (Pop3Sync sync = site.sync(Disk.SYSTEM).build()) {
                report = sync.dryRun(account.keeping(retention));
            }
            assertTrue(report.isComplete());
            assertEquals(1, report.fetched().size());
            assertEquals(1, report.deleted().size());
            assertEquals(1, report.tooLarge().size());
            assertEquals(messages(1, 96), left());
        }

        @Test
        void a_server_that_has_lost_them_for_a_while_brings_nothing_twice() throws Exception {
            Pop3SyncTest.this.deliver(1, 2);
            site.run(account);
            site.server.withoutCapability("UIDL");
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(Reason.NO_UNIQUE_IDS, reason(report));
            assertEquals(messages(1, 2), kept());
            assertEquals(messages(1, 2), left());
        }

        @Test
        void the_same_octets_are_another_message_once_the_first_was_deleted() throws Exception {
            site.server.withoutCapability("UIDL");
            SyncAccount deleting = site.account(Sink.maildir(site.mail)).keeping(Retention.deleteAfterFetch());
            for (int n = 0; n < 2; n++) {
                Pop3SyncTest.this.deliver(1);
                site.run(deleting);
                site.now = site.now.plusSeconds(60);
            }
            assertEquals(messages(1, 1), Kept.MAILDIR.messages(site.mail));
        }

        @Test
        void without_them_a_message_that_cuts_the_line_does_not_stop_the_others() throws Exception {
            site.server.withoutCapability("UIDL");
            Pop3SyncTest.this.deliver(1, 2, 3);
            site.server.faults().on("RETR 2").cutAfter(40);
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(1, 3), kept());
            assertEquals(messages(2), left());
            assertEquals(1, report.skipped().size());
            site.server.faults().clear();
            assertTrue(site.run(account.keeping(Retention.deleteAfterFetch())).isComplete());
            assertEquals(messages(1, 2, 3), kept());
        }

        @Test
        void a_server_without_them_is_served_if_nothing_stays_there() throws Exception {
            site.server.withoutCapability("UIDL");
            Pop3SyncTest.this.deliver(1, 2, 2, 3);
            SyncAccount deleting = account.keeping(Retention.deleteAfterFetch());
            // The commit is unknown, and when it is looked at the mail is still there: it is not stored twice.
            site.server.faults().on("QUIT").hangUp().once();
            site.run(deleting);
            assertEquals(messages(1, 2, 2, 3), kept());
            assertEquals(messages(), left());
        }
    }

    @Nested
    class Trouble {

        @Test
        void a_message_that_the_server_refuses_is_skipped_and_fetched_later() throws Exception {
            deliver(1, 2, 3);
            site.server.faults().on("RETR 2").answer("-ERR [SYS/TEMP] not now").once();
            SyncReport first = site.run(account);
            assertEquals(messages(1, 3), kept());
            assertEquals(1, first.skipped().size());
            assertTrue(site.run(account).isComplete());
            assertEquals(messages(1, 2, 3), kept());
        }

        @Test
        void a_message_that_cuts_the_line_stops_neither_the_others_nor_their_deletion() throws Exception {
            deliver(1, 2, 3, 4, 5);
            String poisonous = site.user.uniqueIds().get(1);
            site.server.faults().on("RETR").message(2).connection(1).cutAfter(40);
            site.server.faults().on("RETR 2").cutAfter(40);
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(1, 3, 4, 5), kept());
            assertEquals(List.of(poisonous), site.user.uniqueIds());
            assertEquals(poisonous, report.skipped().get(0).message().uniqueId());
            assertTrue(report.failure().isEmpty());

            // It is not tried at each run, but it is again.
            site.server.faults().clear();
            assertEquals(0, site.run(account).fetched().size());
            site.now = site.now.plus(Duration.ofDays(1));
            assertEquals(1, site.run(account).fetched().size());
        }

        @Test
        void a_cut_is_gone_on_from_in_the_same_run() throws Exception {
            deliver(to(30));
            site.server.faults().on("RETR 11").connection(1).cutAfter(30);
            SyncReport report = site.run(account);
            assertTrue(report.isComplete());
            assertEquals(messages(to(30)), kept());
            String transcript = site.server.sessions().get(1).transcript();
            assertFalse(transcript.contains("RETR 3\n"), transcript);
        }

        @Test
        void a_message_that_comes_twice_is_not_stored_as_the_next_one() throws Exception {
            deliver(to(30));
            site.server.faults().on("RETR").message(5).connection(1).answerTwice();
            assertAllIsStoredBeforeItGoes();
        }

        @Test
        void a_refusal_that_nobody_asked_for_makes_no_message_pass_for_the_one_before() throws Exception {
            deliver(to(30));
            site.server.faults().on("RETR").message(5).connection(1).unsolicited("-ERR");
            assertAllIsStoredBeforeItGoes();
        }

        private void assertAllIsStoredBeforeItGoes() throws Exception {
            site.run(account.keeping(Retention.deleteAfterFetch()));
            site.now = site.now.plus(Duration.ofDays(1));
            site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(to(30)), kept());
            assertEquals(messages(), left());
        }

        @Test
        void a_commit_that_nobody_knows_of_is_settled_at_the_next_login() throws Exception {
            deliver(1, 2);
            // The server deletes, and its answer is lost.
            site.server.faults().on("QUIT").hangUp().once();
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertTrue(report.isComplete());
            assertEquals(2, report.deleted().size());
            assertEquals(messages(1, 2), kept());
            assertEquals(messages(), left());
            assertEquals(2, site.server.sessions().size());
        }

        @Test
        void a_commit_that_was_not_one_is_tried_again() throws Exception {
            deliver(1, 2);
            site.server
                    .faults()
                    .on("QUIT")
                    .answer("-ERR [SYS/TEMP] some not deleted")
                    .times(3);
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertTrue(report.failure().isPresent());
            site.run(account.keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(), left());
            assertEquals(messages(1, 2), kept());
        }

        @Test
        void a_sink_that_takes_nothing_ends_the_run_and_nothing_is_deleted() throws Exception {
            deliver(1, 2, 3, 4, 5);
            Sink broken = (arrival, octets) -> {
                throw new UncheckedIOException(new IOException("no space left"));
            };
            SyncReport report = site.run(site.account(broken).keeping(Retention.deleteAfterFetch()));
            assertEquals(Reason.SINK, reason(report));
            assertEquals(5, left().size());
            assertFalse(site.server.transcript().contains("DELE"));
        }

        @Test
        void what_a_broken_sink_did_not_take_is_fetched_as_soon_as_it_works() throws Exception {
            deliver(1, 2, 3, 4, 5);
            Sink broken = (arrival, octets) -> {
                throw new IOException("no space left");
            };
            for (int night = 0; night < 10; night++) site.run(site.account(broken));
            assertTrue(site.run(account).isComplete());
            assertEquals(messages(to(5)), kept());
        }

        @Test
        void what_a_working_sink_refuses_has_to_wait() throws Exception {
            deliver(1, 2, 3);
            List<String> asked = new ArrayList<>();
            Sink picky = (arrival, octets) -> {
                String message = new String(octets.readAllBytes(), UTF_8);
                asked.add(message.substring(0, 18));
                if (message.contains("message 1")) throw new IOException("not this one");
            };
            for (int n = 0; n < 5; n++) {
                site.run(site.account(picky));
                deliver(4 + n);
            }
            assertEquals(
                    2, asked.stream().filter(each -> each.endsWith("message 1")).count());
        }

        @Test
        void a_sink_that_keeps_a_cut_message_to_itself_does_not_have_it() throws Exception {
            deliver(1);
            site.server.faults().on("RETR").cutAfter(40).once();
            List<String> whole = new ArrayList<>();
            Sink careless = (arrival, octets) -> {
                try {
                    whole.add(new String(octets.readAllBytes(), UTF_8).replace("\r\n", "\n"));
                } catch (IOException e) {
                    // What may be wrong with it?
                }
            };
            site.run(site.account(careless).keeping(Retention.deleteAfterFetch()));
            assertEquals(messages(1), whole);
        }

        @Test
        void a_clock_that_goes_back_keeps_no_message_waiting_and_deletes_none_early() throws Exception {
            deliver(1, 2);
            Instant right = site.now;
            site.now = right.plus(Duration.ofDays(3650));
            site.server.faults().on("RETR 2").answer("-ERR not now").times(2);
            site.run(account);
            assertEquals(1, site.run(account).skipped().size());
            site.now = right;
            assertTrue(site.run(account.keeping(Retention.keepDays(14))).isComplete());
            assertEquals(messages(1, 2), kept());
            assertEquals(messages(1, 2), left());
        }

        @Test
        void sizes_that_are_wrong_are_no_matter() throws Exception {
            deliver(1, 2);
            site.server.faults().on("LIST").answer("+OK\n1 100000\n2 1\n.").once();
            SyncReport report = site.run(account.keeping(Retention.deleteAfterFetch()));
            assertTrue(report.isComplete());
            assertEquals(messages(1, 2), kept());
            assertEquals(messages(), left());
            assertEquals(1, site.server.sessions().size());
        }

        @Test
        void a_maildrop_in_use_is_waited_for() throws Exception {
            deliver(1);
            site.server
                    .faults()
                    .on("PASS")
                    .answer("-ERR [IN-USE] another session")
                    .times(1);
            site.server
                    .faults()
                    .on("AUTH")
                    .answer("-ERR [IN-USE] another session")
                    .times(1);
            assertTrue(site.run(account).isComplete());
        }

        @Test
        void a_server_that_wants_a_longer_wait_is_left_to_the_next_run() throws Exception {
            site.server.claimCapability("LOGIN-DELAY 300");
            deliver(1, 2);
            site.server.faults().on("RETR 2").cutAfter(40);
            SyncReport report = site.run(account);
            assertTrue(report.failure().isPresent());
            assertEquals(1, site.server.sessions().size());
            assertEquals(messages(1), kept());
        }
    }

    @Test
    void hundreds_of_accounts_are_synchronised_at_once() throws Exception {
        List<SyncAccount> accounts = new ArrayList<>();
        for (int n = 0; n < 300; n++) {
            site.server.user("user" + n, "secret").deliver(message(n));
            accounts.add(SyncAccount.of(site.client(), Login.password("user" + n, "secret"), Sink.folder(site.mail)));
        }
        site.server.faults().on("RETR").answer("-ERR [SYS/TEMP] not now").once();
        List<SyncReport> reports;
        try (Pop3Sync sync = site.sync(Disk.SYSTEM).perHost(20).build()) {
            reports = sync.run(accounts);
        }
        assertEquals(299, reports.stream().filter(SyncReport::isComplete).count());
        assertEquals(299, kept().size());
    }

    @Test
    void watching_brings_what_comes_and_ends_when_it_is_closed() throws Exception {
        deliver(1);
        CountDownLatch second = new CountDownLatch(2);
        Pop3Sync sync = site.sync(Disk.SYSTEM).build();
        Thread watching = new Thread(() -> {
            try {
                sync.watch(List.of(account), Duration.ofMillis(10), report -> {
                    if (report.fetched().isEmpty()) return;
                    if (second.getCount() == 2) deliver(2);
                    second.countDown();
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        watching.start();
        second.await();
        sync.close();
        watching.join();
        assertEquals(messages(1, 2), kept());
    }

    @Test
    void closing_ends_a_session_that_waits() throws Exception {
        deliver(1);
        var hold = site.server.faults().on("RETR").hold();
        Pop3Sync sync = site.sync(Disk.SYSTEM).build();
        List<SyncReport> reports = new ArrayList<>();
        Thread running = new Thread(() -> {
            try {
                reports.add(sync.run(account));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        running.start();
        hold.awaitReached();
        sync.close();
        running.join();
        assertTrue(reports.get(0).failure().isPresent());
        assertEquals(List.of(), reports.get(0).skipped(), "the message is not to blame");
        hold.release();
        assertTrue(site.run(account).isComplete());
        assertEquals(messages(1), kept());
    }

    @Test
    void a_listener_hears_how_it_goes_and_its_own_troubles_change_nothing() throws Exception {
        deliver(1, 2);
        List<String> heard = new ArrayList<>();
        SyncListener listener = new SyncListener() {
            @Override
            public void listed(String account, int messages, int toFetch) {
                heard.add(messages + " listed, " + toFetch + " to fetch");
            }

            @Override
            public void stored(Arrival arrival) {
                heard.add("stored");
                throw new IllegalStateException("a listener with a defect");
            }

            @Override
            public void finished(SyncReport report) {
                heard.add("finished");
            }
        };
        try (Pop3Sync sync = site.sync(Disk.SYSTEM).listener(listener).build()) {
            assertTrue(sync.run(account).isComplete());
        }
        assertEquals(List.of("2 listed, 2 to fetch", "stored", "stored", "finished"), heard);
    }

    @Test
    void nothing_shows_a_password() {
        assertFalse((account + " " + account.logins()).contains(Site.PASSWORD));
    }
}
