package io.github.pop3kit.client.sync;

import static io.github.pop3kit.client.sync.Site.messages;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.sync.FaultyDisk.Fault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A run is disturbed at every single step that it does on the disk: the step fails, the disk is full from there on, the process is
 * killed in the middle of it, or the power is lost. At once nothing is deleted that is not stored, and runs with a good disk bring each
 * message once.
 */
@Timeout(120)
class EveryStepTest {

    @TempDir
    Path root;

    static Stream<Arguments> disturbances() {
        List<Arguments> all = new ArrayList<>();
        for (Kept kept : Kept.values()) {
            for (Fault fault : List.of(Fault.FAILS, Fault.FULL, Fault.KILLED))
                all.add(Arguments.of(kept, fault, false));
            all.add(Arguments.of(kept, Fault.KILLED, true));
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1}, power lost: {2}")
    @MethodSource("disturbances")
    void every_message_arrives_once_whatever_step_is_disturbed(Kept kept, Fault fault, boolean power) throws Exception {
        int steps = 1;
        for (int step = 1; step <= steps; step++) {
            steps = Math.max(steps, disturb(kept, fault, power, step) + 1);
            assertTrue(steps < 1000, "there is an end of steps");
        }
        assertTrue(steps > 20, "the steps were " + steps);
    }

    /** Returns how many steps there were, or at least as many as were done. */
    private int disturb(Kept kept, Fault fault, boolean power, int step) throws Exception {
        String where = kept + " " + fault + (power ? " and power lost" : "") + " at step " + step;
        Path place = root.resolve(kept + "-" + fault + power + step);
        try (Site site = new Site(place)) {
            for (int n = 1; n <= 3; n++) site.deliver(n);
            FaultyDisk disk = new FaultyDisk(fault, step);
            Retention retention = Retention.deleteAfterFetch();
            run(site, disk, site.account(kept.sink(site.mail, disk)).keeping(retention));
            if (power) disk.losePower();
            assertNothingIsLost(site, kept, where);

            site.deliver(4);
            FaultyDisk good = new FaultyDisk(Fault.NONE, 0);
            SyncAccount account = site.account(kept.sink(site.mail, good)).keeping(retention);
            assertTrue(run(site, good, account).isComplete(), where);
            assertEquals(messages(1, 2, 3, 4), kept.messages(site.mail), where);
            assertEquals(List.of(), site.user.messages(), where);
            return disk.steps();
        }
    }

    private static SyncReport run(Site site, Disk disk, SyncAccount account) throws InterruptedException {
        try (Pop3Sync sync = site.sync(disk).group(2).build()) {
            return sync.run(account);
        } finally {
            site.server.awaitSessionEnd();
        }
    }

    private static void assertNothingIsLost(Site site, Kept kept, String where) {
        List<String> there = new ArrayList<>(kept.messages(site.mail));
        site.user.messages().forEach(octets -> there.add(new String(octets, StandardCharsets.UTF_8)));
        assertTrue(there.containsAll(messages(1, 2, 3)), where);
    }
}
