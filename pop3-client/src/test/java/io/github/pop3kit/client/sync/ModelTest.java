package io.github.pop3kit.client.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.Login;
import io.github.pop3kit.client.Pop3Client;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.sync.FaultyDisk.Fault;
import io.github.pop3kit.testkit.Faults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Mail comes, others delete some of it, time passes, and runs are cut, killed, lose their power or find the disk full: all by chance. After
 * each step what the model knows holds.
 */
@Timeout(120)
class ModelTest {

    private static final int STEPS = 25;
    private static final List<Fault> FAULTS = List.of(Fault.NONE, Fault.FAILS, Fault.FULL, Fault.KILLED);

    @TempDir
    Path root;

    private Random chance = new Random();
    private final Set<String> delivered = new HashSet<>();
    private final Set<String> deletedByOthers = new HashSet<>();
    private String history = "";
    private int number;

    @ParameterizedTest(name = "{0}, seed {1}")
    @CsvSource({"FOLDER, 1", "FOLDER, 2", "MAILDIR, 3", "MAILDIR, 4", "MBOX, 5", "MBOX, 6", "MBOX, 7", "MBOX, 8"})
    void nothing_is_lost_nothing_is_stored_twice_and_nothing_is_deleted_before_it_is_stored(Kept kept, long seed)
            throws Exception {
        chance = new Random(seed);
        try (Site site = new Site(root)) {
            site.server.faults().seed(seed);
            for (int step = 0; step < STEPS; step++) {
                happen(site, kept);
                check(site, kept);
            }
            site.server.faults().clear();
            history += "the end\n";
            site.now = site.now.plus(Duration.ofDays(2)); // Whatever waits after a failure is tried again.
            FaultyDisk good = new FaultyDisk(Fault.NONE, 0);
            assertTrue(run(site, good, kept, Retention.deleteAfterFetch()).isComplete(), history);
            check(site, kept);
            assertEquals(List.of(), site.user.messages(), history);
        }
    }

    private void happen(Site site, Kept kept) throws Exception {
        switch (chance.nextInt(5)) {
            case 0, 1 -> deliver(site, 1 + chance.nextInt(6));
            case 2 -> {
                site.now = site.now.plus(Duration.ofHours(chance.nextInt(48)));
                if (chance.nextInt(3) == 0) deleteOne(site);
            }
            default -> disturbedRun(site, kept);
        }
    }

    private void deliver(Site site, int messages) {
        for (int i = 0; i < messages; i++) {
            String message = Site.message(++number);
            delivered.add(message);
            site.user.deliver(message);
        }
        history += messages + " messages come\n";
    }

    /** As another client of the same maildrop would. */
    private void deleteOne(Site site) throws Exception {
        List<byte[]> messages = site.user.messages();
        if (messages.isEmpty()) return;
        site.server.faults().clear();
        int victim = chance.nextInt(messages.size());
        Pop3Client client = site.client();
        try (RemoteMaildrop maildrop = client.open(Login.password(Site.USER, Site.PASSWORD))) {
            maildrop.delete(victim + 1);
            maildrop.quit();
        }
        site.server.awaitSessionEnd();
        deletedByOthers.add(new String(messages.get(victim), StandardCharsets.UTF_8));
        history += "another client deletes one\n";
    }

    private void disturbedRun(Site site, Kept kept) throws Exception {
        Faults faults = site.server.faults();
        faults.clear();
        switch (chance.nextInt(6)) {
            case 0 -> faults.on("RETR").cutAfter(1 + chance.nextInt(60)).withProbability(0.3);
            case 1 -> faults.on("QUIT").hangUp().once();
            case 2 -> faults.on("DELE").cutAfter(1).withProbability(0.3);
            case 3 -> faults.on("RETR").answer("-ERR not now").withProbability(0.3);
            case 4 -> faults.on("UIDL").cutAfter(1 + chance.nextInt(20)).once();
            default -> {}
        }
        Fault fault = FAULTS.get(chance.nextInt(FAULTS.size()));
        FaultyDisk disk = new FaultyDisk(fault, 1 + chance.nextInt(60));
        Retention retention = switch (chance.nextInt(4)) {
            case 0 -> Retention.keepAll();
            case 1 -> Retention.keepDays(1);
            case 2 -> Retention.keepNewest(3);
            default -> Retention.deleteAfterFetch();
        };
        boolean power = fault == Fault.KILLED && chance.nextBoolean();
        history += "a run, " + retention + ", " + faults + ", " + fault + (power ? " and without power\n" : "\n");
        run(site, disk, kept, retention);
        if (power) disk.losePower();
    }

    private static SyncReport run(Site site, Disk disk, Kept kept, Retention retention) throws Exception {
        SyncAccount account =
                site.account(kept.sink(site.mail, disk)).keeping(retention).onMigration(Migration.FETCH);
        try (Pop3Sync sync = site.sync(disk).group(3).build()) {
            return sync.run(account);
        } finally {
            site.server.awaitSessionEnd();
        }
    }

    private void check(Site site, Kept kept) {
        List<String> there = kept.messages(site.mail);
        Set<String> stored = new HashSet<>(there);
        // What a kill leaves at the end of an mbox is finished by the next run.
        if (kept != Kept.MBOX) {
            assertEquals(stored.size(), there.size(), () -> "stored twice\n" + history);
            assertTrue(delivered.containsAll(stored), () -> "stored in parts\n" + history);
        }
        Set<String> safe = new HashSet<>(stored);
        site.user.messages().forEach(octets -> safe.add(new String(octets, StandardCharsets.UTF_8)));
        safe.addAll(deletedByOthers);
        List<String> lost = new ArrayList<>(delivered);
        lost.removeAll(safe);
        assertEquals(List.of(), lost, () -> "lost\n" + history);
        if (kept == Kept.MBOX && history.endsWith("the end\n")) {
            assertEquals(stored.size(), there.size(), () -> "stored twice\n" + history);
            assertTrue(delivered.containsAll(stored), () -> "stored in parts\n" + history);
        }
    }
}
