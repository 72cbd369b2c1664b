package io.github.pop3kit.store.maildir;

import static io.github.pop3kit.store.maildir.Maildir.assertRefused;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaildirDeliveryTest {

    private static final String MESSAGE = "Subject: LF\n\nHello\n";

    @TempDir
    Path root;

    private Maildir maildir;

    @BeforeEach
    void noneYet() {
        maildir = new Maildir(root, "mrose");
    }

    @Test
    void delivery_creates_the_maildir_for_its_owner_alone() throws Exception {
        deliver(new MaildirIo(), Envelope.to("mrose"));
        for (String folder : List.of("", "tmp", "new", "cur")) {
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(maildir.path().resolve(folder))));
        }
        Path message = maildir.path().resolve("new").resolve(maildir.list("new").get(0));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(message)));
        assertEquals(List.of(), maildir.list("tmp"));
        assertEquals(List.of(), maildir.list("cur"));
    }

    @Test
    void the_name_is_unique_and_ends_in_both_sizes() throws Exception {
        for (int i = 0; i < 20; i++) deliver(new MaildirIo(), Envelope.to("mrose"));
        Set<String> bases = new HashSet<>();
        for (String name : maildir.list("new")) {
            assertTrue(name.matches("[0-9]{10}\\.M[0-9]+P[0-9]+Q[0-9]+R[0-9a-f]{8}\\.[^/:,]+,S=19,W=22"), name);
            assertTrue(bases.add(MaildirName.base("new/" + name)), name);
        }
        assertEquals(20, bases.size());
    }

    @Test
    void the_time_of_arrival_is_that_of_the_file() throws Exception {
        Instant received = Instant.parse("1996-05-01T12:34:56Z");
        deliver(
                new MaildirIo(),
                new Envelope(Account.of("mrose"), Optional.of(received), Optional.empty(), Optional.empty()));
        Path message = maildir.path().resolve("new").resolve(maildir.list("new").get(0));
        assertEquals(FileTime.from(received), Files.getLastModifiedTime(message));
    }

    @Test
    void a_message_is_on_the_disk_before_it_is_in_new_and_its_name_before_delivery_ends() throws Exception {
        Maildir.create(root, "mrose");
        ScriptedIo io = new ScriptedIo();
        deliver(io, Envelope.to("mrose"));
        io.operations.removeIf(operation -> operation.startsWith("attributes"));
        assertEquals(
                List.of("create tmp", "write content", "force content", "rename new", "force new"),
                io.operations.stream()
                        .map(operation -> operation
                                .replaceAll("[0-9]{10}[.].*,W=22", "new")
                                .replaceAll("[0-9]{10}[.].*", "tmp"))
                        .toList());
    }

    @Test
    void whatever_fails_a_failed_delivery_leaves_nothing() throws Exception {
        Maildir.create(root, "mrose");
        Envelope envelope =
                new Envelope(Account.of("mrose"), Optional.of(Instant.EPOCH), Optional.of("wanted"), Optional.empty());
        int steps = 0;
        for (boolean reached = true; reached; steps++) {
            int[] left = {steps + 1};
            MaildirIo io = new ScriptedIo((operation, file) -> {
                if (--left[0] == 0) throw new IOException("step fails: " + operation);
            });
            boolean delivered = false;
            try {
                deliver(io, envelope);
                delivered = true;
            } catch (IOException e) {
                assertEquals(List.of(), maildir.list("tmp"), e.getMessage());
            }
            reached = left[0] <= 0;
            assertEquals(delivered ? 1 : 0, maildir.list("new").size());
            for (String message : maildir.list("new")) Files.delete(maildir.file("new/" + message));
        }
        assertTrue(steps > 20, "steps: " + steps);
    }

    @Test
    void a_delivery_while_all_syncs_fail_leaves_nothing() throws Exception {
        Maildir.create(root, "mrose");
        for (String target : List.of("content", "new")) {
            MaildirIo io = new ScriptedIo((operation, file) -> {
                if (operation.equals("force") && file.endsWith(target)) throw new IOException("Input/output error");
            });
            assertRefused(Reason.TEMPORARY, () -> deliver(io, Envelope.to("mrose")));
            assertEquals(List.of(), maildir.list("new"));
            assertEquals(List.of(), maildir.list("tmp"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".hidden", "..", "a/b", "../new/a", "a:2,S", "a,S=5", "/etc/passwd"})
    void a_wanted_unique_id_is_no_part_of_a_path(String wanted) throws Exception {
        deliver(new MaildirIo(), Envelope.to("mrose").withUniqueId(wanted));
        try (Maildrop maildrop = maildir.open()) {
            assertEquals(List.of(wanted), Maildir.uniqueIds(maildrop));
        }
        assertEquals(1, maildir.list("new").size());
        assertRefused(
                Reason.PERMANENT,
                () -> deliver(new MaildirIo(), Envelope.to("mrose").withUniqueId(wanted)));
    }

    @Test
    void a_wanted_unique_id_that_another_message_has_by_the_format_is_refused() throws Exception {
        deliver(new MaildirIo(), Envelope.to("mrose"));
        String taken;
        try (Maildrop maildrop = maildir.open()) {
            taken = maildrop.uniqueId(1);
        }
        assertRefused(
                Reason.PERMANENT,
                () -> deliver(new MaildirIo(), Envelope.to("mrose").withUniqueId(taken)));
        assertEquals(List.of(), maildir.list("tmp"));
    }

    @Test
    void a_name_that_leads_elsewhere_gets_no_mail() {
        assertRefused(Reason.PERMANENT, () -> deliver(new MaildirIo(), Envelope.to("../mrose")));
        assertFalse(Files.exists(maildir.path()));
    }

    @Test
    void mail_does_not_go_through_a_link() throws Exception {
        Maildir other = Maildir.create(root, "jmyers");
        for (String folder : List.of("tmp", "new")) {
            Maildir.create(root, "mrose");
            Files.delete(maildir.file(folder));
            Files.createSymbolicLink(maildir.file(folder), other.file(folder));
            assertRefused(Reason.PERMANENT, () -> deliver(new MaildirIo(), Envelope.to("mrose")));
            assertEquals(List.of(), other.list(folder));
            Files.delete(maildir.file(folder));
        }
    }

    private Void deliver(MaildirIo io, Envelope envelope) throws IOException {
        maildir.store(io)
                .delivery()
                .orElseThrow()
                .deliver(envelope, new ByteArrayInputStream(MESSAGE.getBytes(ISO_8859_1)));
        return null;
    }
}
