package io.github.pop3kit.client.sync;

import io.github.pop3kit.protocol.ScanListing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a run has done until now, in all its sessions. */
final class Tally {

    private final List<SyncReport.Message> fetched = new ArrayList<>();
    private final List<SyncReport.Message> deleted = new ArrayList<>();
    private final Map<SyncReport.Message, SyncReport.Skipped> skipped = new LinkedHashMap<>();
    private final Set<SyncReport.Message> tooLarge = new LinkedHashSet<>();
    private final Set<ScanListing> cuts = new HashSet<>();
    private final Set<String> remarks = new LinkedHashSet<>();
    private int listed;
    private int failures;

    void listed(int messages) {
        listed = messages;
    }

    void fetched(SyncReport.Message message) {
        fetched.add(message);
        skipped.remove(message);
    }

    void deleted(SyncReport.Message message) {
        deleted.add(message);
    }

    void tooLarge(SyncReport.Message message) {
        tooLarge.add(message);
    }

    void skipped(SyncReport.Message message, int attempts, Exception why) {
        failures++;
        skipped.put(message, new SyncReport.Skipped(message, attempts, Optional.of(why)));
    }

    /** It has failed before, and it is too soon to try it again. */
    void waiting(SyncReport.Message message, int attempts) {
        skipped.putIfAbsent(message, new SyncReport.Skipped(message, attempts, Optional.empty()));
    }

    /** A session has ended in the midst of this message. Without a unique-id it is told by its number and size. */
    void cut(ScanListing message) {
        cuts.add(message);
    }

    /** Whether an earlier session of the run has ended in the midst of it. */
    boolean hasCut(ScanListing message) {
        return cuts.contains(message);
    }

    void remark(String sentence) {
        remarks.add(sentence);
    }

    /** How many messages failed, one that failed twice counting twice. */
    int failures() {
        return failures;
    }

    /** Grows with all that was achieved. */
    int progress() {
        return fetched.size() + deleted.size();
    }

    SyncReport report(String account, @Nullable Exception failure, Duration took) {
        return new SyncReport(
                account,
                listed,
                fetched,
                deleted,
                List.copyOf(tooLarge),
                List.copyOf(skipped.values()),
                List.copyOf(remarks),
                Optional.ofNullable(failure),
                took);
    }
}
