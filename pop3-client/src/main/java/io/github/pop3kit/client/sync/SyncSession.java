package io.github.pop3kit.client.sync;

import io.github.pop3kit.client.BatchInterruptedException;
import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.CancelledException;
import io.github.pop3kit.client.Commit;
import io.github.pop3kit.client.CommitException;
import io.github.pop3kit.client.Deviation;
import io.github.pop3kit.client.MessageStream;
import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.client.sync.Entry.State;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One session: what is listed is compared with the journal, what is new is fetched, what shall go is deleted. The order makes it safe:
 * a message is durable in the sink before the journal says so, and the journal says so, durably, before DELE is sent.
 */
final class SyncSession {

    /** After so many octets a group is made durable, however few its messages are. */
    private static final long GROUP_OCTETS = 16L * 1024 * 1024;

    /** A sink that fails so often in a row is broken, not the messages. */
    private static final int FAILURES_IN_A_ROW = 3;

    /** So many messages do not all go by themselves while as many others come. */
    private static final int MANY = 10;

    /** What a message is called whose server has no unique-ids; the rest is a hash. */
    private static final String BY_OCTETS = "sha-256:";

    private static final Duration FIRST_PAUSE = Duration.ofMinutes(10);
    private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

    /** A message of the maildrop. */
    private static final class Listed {
        private final int number;
        private final String uniqueId;
        private final int occurrence;
        private long octets = -1;
        private long sum;
        private @Nullable Entry entry;

        Listed(int number, String uniqueId, int occurrence) {
            this.number = number;
            this.uniqueId = uniqueId;
            this.occurrence = occurrence;
        }

        Entry entry() {
            Entry known = entry;
            if (known == null) throw new IllegalStateException("not in the journal yet");
            return known;
        }

        SyncReport.Message message() {
            return new SyncReport.Message(uniqueId, octets);
        }
    }

    private final SyncAccount account;
    private final Journal journal;
    private final SyncListener listener;
    private final Clock clock;
    private final int group;
    private final Tally tally;
    private final RemoteMaildrop maildrop;

    /** The group: taken by the sink, and not known to be durable. */
    private final List<Listed> taken = new ArrayList<>();

    private long takenOctets;

    /** What this session has seen first: no earlier one can have stored it. */
    private final Set<Entry> begun = new HashSet<>();

    /** What the sink has refused since it last took something. */
    private final Map<Listed, Exception> refused = new LinkedHashMap<>();

    private boolean sinkWorks;

    /** Whether LIST was asked, so that sizes are those of this session and not of the journal. */
    private boolean sizesAreNew;

    SyncSession(SyncAccount account, Journal journal, RemoteMaildrop maildrop, Pop3Sync sync, Tally tally) {
        this.account = account;
        this.journal = journal;
        this.maildrop = maildrop;
        this.listener = sync.listener();
        this.clock = sync.clock();
        this.group = sync.group();
        this.tally = tally;
    }

    // ---- the whole of it

    /** Fetches and deletes. */
    void run() throws IOException {
        List<Listed> all;
        try {
            all = list(maildrop.uniqueIds());
        } catch (NotOfferedException e) {
            if (!account.retention().keepsNothing() || knowsUniqueIds()) throw noUniqueIds(e);
            fetchAndDelete();
            return;
        }
        List<Listed> wanted = compare(all, this::examine);
        journal.force();
        listener.listed(account.name(), all.size(), wanted.size());
        maildrop.onProgress(progress -> listener.progress(account.name(), progress));
        boolean whole = fetch(wanted);
        delete(all, whole);
    }

    /** Finds out what {@link #run} would do. */
    void look() throws IOException {
        List<Listed> all;
        try {
            all = list(maildrop.uniqueIds());
        } catch (NotOfferedException e) {
            if (!account.retention().keepsNothing() || knowsUniqueIds()) throw noUniqueIds(e);
            lookAtSizes();
            maildrop.quit();
            return;
        }
        List<Listed> wanted = compare(all, back -> back.forEach(message -> journal.kept(message.entry())));
        listener.listed(account.name(), all.size(), wanted.size());
        for (Listed message : wanted) {
            journal.stored(message.entry(), 0);
            tally.fetched(message.message());
        }
        for (Listed message : victims(all)) tally.deleted(message.message());
        maildrop.quit();
    }

    /** Whether mail is there that was fetched by its unique-id, and would be fetched again without. */
    private boolean knowsUniqueIds() {
        return journal.entries().stream()
                .anyMatch(entry -> entry.isStored()
                        && entry.gone() == null
                        && !entry.uniqueId().startsWith(BY_OCTETS));
    }

    private SyncException noUniqueIds(NotOfferedException cause) {
        return new SyncException(
                SyncException.Reason.NO_UNIQUE_IDS,
                cause.getMessage()
                        + (knowsUniqueIds() ? " any more" : "")
                        + "; what is kept there could not be told from new mail. It can only be synchronised if"
                        + " everything that is fetched is deleted at once",
                cause);
    }

    // ---- what there is

    private List<Listed> list(List<UniqueIdListing> listing) {
        Map<String, Integer> times = new HashMap<>();
        List<Listed> all = new ArrayList<>(listing.size());
        for (UniqueIdListing each : listing) {
            int occurrence = times.merge(each.uniqueId(), 1, Integer::sum);
            Listed message = new Listed(each.number(), each.uniqueId(), occurrence);
            message.entry = journal.find(each.uniqueId(), occurrence);
            Entry entry = message.entry;
            if (entry != null) message.octets = entry.octets();
            all.add(message);
        }
        tally.listed(all.size());
        remark();
        return all;
    }

    private void remark() {
        for (Deviation deviation : maildrop.deviations()) {
            if (deviation.kind() == Deviation.Kind.NO_UNIQUE_ID) {
                tally.remark("the server has messages without unique-ids, which cannot be synchronised");
            } else if (deviation.kind() == Deviation.Kind.UNIQUE_ID_TWICE) {
                tally.remark("the server gives the same unique-id to several messages");
            }
        }
        OptionalInt expire = expireDays();
        if (expire.isPresent()
                && !account.retention().keepsNothing()
                && expire.getAsInt() < account.retention().keptDays()) {
            tally.remark("the server itself deletes mail after " + expire.getAsInt() + " days");
        }
    }

    /** RFC 2449 section 6.7: how long the server keeps mail. Zero: what was retrieved it may delete at QUIT. */
    private OptionalInt expireDays() {
        return maildrop.capabilities().find("EXPIRE").stream()
                .flatMap(capability -> capability.arguments().stream())
                .limit(1)
                .filter(days -> days.matches("[0-9]{1,6}"))
                .mapToInt(Integer::parseInt)
                .findFirst();
    }

    /**
     * Brings the journal up to date with the maildrop: commits whose end was not known are settled, and what is new is noted.
     *
     * @param examiner finds out which messages that are back are no others; takes the entry from those that are
     * @return what is to be fetched, in order; what has failed before comes last
     */
    private List<Listed> compare(List<Listed> all, Examiner examiner) throws IOException {
        Instant now = clock.instant();
        if (all.stream().anyMatch(message -> message.entry == null || isBack(message.entry))) learnSizes(all);
        if (isMigration(all)) {
            if (account.migration() == Migration.ASK) throw migration(all);
            if (account.migration() == Migration.ADOPT) adopt(all, now);
        }
        pairOff(all);
        examiner.examine(settle(all, now));
        for (Listed message : all) {
            if (message.entry == null) {
                message.entry = journal.seen(message.uniqueId, message.occurrence, now, message.octets);
                begun.add(message.entry());
            }
        }
        return wanted(all, now);
    }

    private interface Examiner {
        void examine(List<Listed> back) throws IOException;
    }

    /** Whether an entry was not to be expected in the listing: its unique-id may be that of another message by now. */
    private static boolean isBack(Entry entry) {
        return entry.state() == State.DELETE_SENT || entry.gone() != null;
    }

    private void learnSizes(List<Listed> all) throws Pop3Exception {
        Map<Integer, Long> sizes = new HashMap<>();
        for (ScanListing each : maildrop.list()) sizes.put(each.number(), each.octets());
        for (Listed message : all) message.octets = sizes.getOrDefault(message.number, -1L);
        sizesAreNew = true;
    }

    /** Whether nothing that was fetched before is listed, and what is listed looks like it. */
    private boolean isMigration(List<Listed> all) {
        if (all.stream().anyMatch(message -> message.entry != null)) return false;
        List<Entry> fetched = journal.entries().stream()
                .filter(entry -> entry.state() == State.STORED || entry.state() == State.PASSED)
                .toList();
        List<Entry> there =
                fetched.stream().filter(entry -> entry.gone() == null).toList();
        if (there.size() >= MANY) return all.size() * 2 >= there.size();
        // Sizes tell, where there were few, or none since the maildrop was empty: most users empty theirs themselves.
        Set<Long> sizes = new HashSet<>();
        (there.isEmpty() ? fetched : there).forEach(entry -> sizes.add(entry.octets()));
        long alike = all.stream()
                .filter(message -> message.octets >= 0 && sizes.contains(message.octets))
                .count();
        return alike * 2 >= Math.max(all.size(), there.size()) && alike >= (there.isEmpty() ? MANY : 1);
    }

    private SyncException migration(List<Listed> all) {
        return new SyncException(
                SyncException.Reason.MIGRATION,
                account.name() + " has " + all.size()
                        + " messages, and the unique-ids of all of them are new: most likely"
                        + " the mail was moved or restored. Somebody has to say whether to adopt them as fetched, or to"
                        + " fetch them again");
    }

    private void adopt(List<Listed> all, Instant now) {
        for (Listed message : all) {
            message.entry = journal.seen(message.uniqueId, message.occurrence, now, message.octets);
            journal.passed(message.entry());
        }
        tally.remark(all.size() + " messages with new unique-ids were adopted as fetched before");
    }

    /**
     * Fewer messages are listed with the same unique-id than before, and not all of those were stored: nobody can tell which are left.
     * They are taken for those that were not stored, for better twice than never.
     */
    private void pairOff(List<Listed> all) {
        Map<String, List<Listed>> listed = new HashMap<>();
        for (Listed message : all) {
            boolean twice = message.occurrence > 1 || journal.find(message.uniqueId, 2) != null;
            if (twice)
                listed.computeIfAbsent(message.uniqueId, id -> new ArrayList<>())
                        .add(message);
        }
        listed.forEach((uniqueId, messages) -> {
            Entry beyond = journal.find(uniqueId, messages.size() + 1);
            if (beyond == null || beyond.gone() != null) return;
            List<Entry> entries = new ArrayList<>();
            Entry each;
            for (int n = 1; (each = journal.find(uniqueId, n)) != null; n++) entries.add(each);
            entries.sort(Comparator.comparing(Entry::isDone));
            for (int i = 0; i < messages.size(); i++) messages.get(i).entry = entries.get(i);
        });
    }

    /** Returns those that the server said it had deleted. */
    private List<Listed> settle(List<Listed> all, Instant now) {
        Set<Entry> present = new HashSet<>();
        List<Listed> back = new ArrayList<>();
        for (Listed message : all) {
            Entry entry = message.entry;
            if (entry == null) continue;
            if (isBack(entry) && entry.octets() != message.octets) {
                message.entry = null; // The server gives its unique-id to another message.
                continue;
            }
            if (entry.state() == State.COMMITTED) back.add(message);
            else if (entry.state() == State.DELETE_SENT) journal.kept(entry);
            if (entry.gone() != null && entry.state() != State.COMMITTED) journal.back(entry);
            present.add(entry);
        }
        for (Entry entry : List.copyOf(journal.entries())) {
            if (present.contains(entry)) continue;
            if (entry.state() == State.DELETE_SENT) {
                journal.committed(entry, now);
                tally.deleted(new SyncReport.Message(entry.uniqueId(), entry.octets()));
            } else if (entry.gone() == null) {
                journal.gone(entry, now);
            }
        }
        return back;
    }

    /**
     * Reads what is back after it was deleted: a server that gives unique-ids again may have put another message of the same size in its
     * place, which was never stored.
     *
     * @return those that are the ones that were stored
     */
    private Set<Listed> examine(List<Listed> back) throws IOException {
        Set<Listed> same = new HashSet<>();
        Map<Integer, Listed> byNumber = new LinkedHashMap<>();
        for (Listed message : back) {
            if (pause(message.entry()).isAfter(clock.instant())) {
                tally.waiting(message.message(), message.entry().failures());
            } else {
                byNumber.put(message.number, message);
            }
        }
        if (byNumber.isEmpty()) return same;
        try {
            BatchResult result = maildrop.retrieveAll(byNumber.keySet(), (number, octets) -> {
                Listed message = at(byNumber, number);
                if (isSame(message, octets)) same.add(message);
            });
            result.failures().forEach((number, why) -> failed(at(byNumber, number), why));
        } catch (BatchInterruptedException e) {
            blame(e, byNumber);
            throw e;
        }
        return same;
    }

    private boolean isSame(Listed message, InputStream octets) throws IOException {
        CheckedInputStream summed = new CheckedInputStream(octets, new CRC32C());
        summed.transferTo(OutputStream.nullOutputStream());
        Entry entry = message.entry();
        if (summed.getChecksum().getValue() != entry.sum()) {
            message.entry = null;
            return false;
        }
        journal.kept(entry);
        journal.back(entry);
        return true;
    }

    private List<Listed> wanted(List<Listed> all, Instant now) {
        List<Listed> wanted = new ArrayList<>();
        for (Listed message : all) {
            Entry entry = message.entry();
            if (entry.isDone()) continue;
            if (isTooLarge(message)) {
                tally.tooLarge(message.message());
                expireDays()
                        .ifPresent(days -> tally.remark(
                                "what is too large to be fetched, the server deletes after " + days + " days"));
            } else if (pause(entry).isAfter(now)) {
                tally.waiting(message.message(), entry.failures());
            } else {
                wanted.add(message);
            }
        }
        wanted.sort(Comparator.comparing(message -> message.entry().failures()));
        return wanted;
    }

    /** What the server may delete at QUIT, unasked, is fetched whatever its size is. */
    private boolean isTooLarge(Listed message) {
        return account.retention().skips(message.octets) && expireDays().orElse(-1) != 0;
    }

    /**
     * Until when a message is left alone: the first failure may be the network's, the following ones hardly are. After one in the future
     * the clock was set back.
     */
    private Instant pause(Entry entry) {
        if (entry.failures() < 2 || entry.lastFailure().isAfter(clock.instant())) return Instant.MIN;
        Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(entry.failures() - 2, 10));
        return entry.lastFailure().plus(doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE);
    }

    // ---- fetching

    /** Whether each message that was retrieved is stored. */
    private boolean fetch(List<Listed> wanted) throws IOException {
        if (wanted.isEmpty()) return true;
        Map<Integer, Listed> byNumber = new LinkedHashMap<>();
        for (Listed message : wanted) byNumber.put(message.number, message);
        BatchResult result;
        boolean ended = false;
        int before = tally.failures();
        refused.clear();
        try {
            result = maildrop.retrieveAll(byNumber.keySet(), (number, octets) -> take(at(byNumber, number), octets));
            ended = true;
        } catch (BatchInterruptedException e) {
            blame(e, byNumber);
            throw e;
        } finally {
            finishGroup(ended);
        }
        result.failures().forEach((number, why) -> failed(at(byNumber, number), why));
        tellRefused();
        journal.force();
        return tally.failures() == before;
    }

    private static Listed at(Map<Integer, Listed> byNumber, int number) {
        Listed message = byNumber.get(number);
        if (message == null) throw new IllegalStateException("message " + number + " was not asked for");
        return message;
    }

    private void take(Listed message, MessageStream octets) throws IOException {
        Guarded guarded = new Guarded(octets);
        try {
            store(message, guarded);
            guarded.check();
            takenOctets += octets.octets();
            sinkWorks = true;
            refused.forEach(this::failed);
            refused.clear();
        } catch (IOException | RuntimeException e) {
            guarded.check(); // The session is over, and neither the sink nor the message is the reason.
            refused.put(message, e);
            if (refused.size() < FAILURES_IN_A_ROW) return;
            sinkWorks = false;
            tellRefused();
            throw new SyncException(
                    SyncException.Reason.SINK, account.sink() + " takes no messages: " + e.getMessage(), e);
        }
        if (taken.size() >= group || takenOctets >= GROUP_OCTETS) makeDurable();
    }

    private void store(Listed message, InputStream octets) throws IOException {
        CheckedInputStream summed = new CheckedInputStream(octets, new CRC32C());
        account.sink().store(arrival(message), summed);
        summed.transferTo(OutputStream.nullOutputStream()); // There is no other way to the next message.
        message.sum = summed.getChecksum().getValue();
        taken.add(message);
    }

    private Arrival arrival(Listed message) {
        Entry entry = message.entry();
        String key = key(account.name(), entry);
        boolean again = journal.isDoubtful() || !begun.contains(entry);
        return new Arrival(account.name(), entry.uniqueId(), key, message.octets, entry.firstSeen(), again);
    }

    private static String key(String account, Entry entry) {
        MessageDigest digest = sha256();
        String name = account + "\0" + entry.uniqueId() + "\0" + entry.occurrence();
        if (entry.isReused())
            name += "\0" + entry.serial() + "\0" + entry.firstSeen().toEpochMilli();
        byte[] sum = digest.digest(name.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sum, 0, 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The sink first, then the journal. */
    private void makeDurable() throws IOException {
        try {
            account.sink().sync();
        } catch (IOException | RuntimeException e) {
            taken.clear();
            throw new SyncException(
                    SyncException.Reason.SINK, account.sink() + " cannot keep messages: " + e.getMessage(), e);
        }
        List<Listed> durable = List.copyOf(taken);
        taken.clear();
        takenOctets = 0;
        for (Listed message : durable) journal.stored(message.entry(), message.sum);
        journal.force();
        List<Arrival> arrivals = durable.stream().map(this::arrival).toList();
        if (account.sink() instanceof NotingSink noting) {
            noting.noted(arrivals.stream().map(Arrival::key).toList());
        }
        durable.forEach(message -> tally.fetched(message.message()));
        arrivals.forEach(listener::stored);
    }

    /** What was taken before the batch has ended, in whichever way, is not fetched again. */
    private void finishGroup(boolean ended) throws IOException {
        try {
            makeDurable();
        } catch (IOException e) {
            if (ended) throw e; // Otherwise that which has ended it is told.
            tally.remark(String.valueOf(e.getMessage()));
        }
    }

    /** The first message without an answer may be the one that the server cannot send, or this side not take. */
    private void blame(BatchInterruptedException e, Map<Integer, Listed> byNumber) throws IOException {
        e.result().failures().forEach((number, why) -> failed(at(byNumber, number), why));
        tellRefused();
        if (e.getCause() instanceof CancelledException) return;
        Set<Integer> answered = new HashSet<>(e.result().done());
        answered.addAll(e.result().failures().keySet());
        for (Listed message : byNumber.values()) {
            if (answered.contains(message.number)) continue;
            failed(message, e.getCause() instanceof Exception cause ? cause : e);
            break;
        }
        journal.force();
    }

    /** Where the sink has taken nothing it may be the sink, and no message has to wait for its next attempt. */
    private void tellRefused() {
        if (sinkWorks) refused.forEach(this::failed);
        else refused.forEach((message, why) -> tell(message, message.entry().failures() + 1, why));
        refused.clear();
    }

    private void failed(Listed message, Exception why) {
        int attempts = message.entry().failures() + 1;
        journal.failed(message.entry(), clock.instant());
        tell(message, attempts, why);
    }

    private void tell(Listed message, int attempts, Exception why) {
        tally.skipped(message.message(), attempts, why);
        listener.skipped(account.name(), message.uniqueId, why);
    }

    /** Remembers what went wrong with the session, for a sink may keep it to itself, or tell it in its own way. */
    private static final class Guarded extends FilterInputStream {

        private @Nullable IOException failure;

        Guarded(InputStream octets) {
            super(octets);
        }

        void check() throws IOException {
            if (failure != null) throw failure;
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return super.read(into, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public void close() {
            // The rest is taken off the connection by its owner.
        }
    }

    // ---- deleting

    private List<Listed> victims(List<Listed> all) {
        Instant now = clock.instant();
        Set<String> doubtful = new HashSet<>();
        for (Listed message : all) {
            if (!message.entry().isStored()) doubtful.add(message.uniqueId);
        }
        List<Listed> victims = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Listed message = all.get(i);
            // Of two with the same unique-id, nobody knows which is which in the next session.
            if (doubtful.contains(message.uniqueId)) continue;
            long age = Duration.between(message.entry().firstSeen(), now).toDays();
            int behind = all.size() - 1 - i;
            if (account.retention().deletes(message.octets, age, behind)) victims.add(message);
        }
        return victims;
    }

    private void delete(List<Listed> all, boolean whole) throws IOException {
        List<Listed> victims = victims(all);
        List<Listed> same = stillTheSame(victims);
        if ((!whole || same.size() < victims.size()) && expireDays().orElse(-1) == 0) {
            tally.remark("nothing was deleted: the server may delete what it sent, and not all of that was stored");
            maildrop.close();
            return;
        }
        deleteAndQuit(same);
    }

    /**
     * Leaves out what has the unique-id of a message that was stored and is another one by now. Of those that an earlier session has seen the
     * size tells; where it is not the same, what they say. The others are noted as new.
     */
    private List<Listed> stillTheSame(List<Listed> victims) throws IOException {
        List<Listed> old = victims.stream()
                .filter(message -> !begun.contains(message.entry()))
                .toList();
        if (old.isEmpty()) return victims;
        if (!sizesAreNew) learnSizes(old);
        List<Listed> changed = old.stream()
                .filter(message -> message.octets != message.entry().octets())
                .toList();
        Set<Listed> same = examine(changed);
        Set<String> doubtful = new HashSet<>();
        for (Listed message : changed) {
            if (same.contains(message)) continue;
            doubtful.add(message.uniqueId);
            if (message.entry != null) continue; // It could not be read.
            message.entry = journal.seen(message.uniqueId, message.occurrence, clock.instant(), message.octets);
            tally.remark("the server has given a unique-id to another message, which the next run fetches");
        }
        journal.force();
        return victims.stream()
                .filter(message -> !doubtful.contains(message.uniqueId))
                .toList();
    }

    private void deleteAndQuit(List<Listed> victims) throws IOException {
        if (victims.isEmpty()) {
            maildrop.quit();
            return;
        }
        for (Listed message : victims) journal.deleteSent(message.entry());
        journal.force();
        Map<Integer, Listed> byNumber = new LinkedHashMap<>();
        for (Listed message : victims) byNumber.put(message.number, message);
        BatchResult marked = maildrop.deleteAll(byNumber.keySet());
        try {
            maildrop.quit();
        } catch (CommitException e) {
            if (e.commit().outcome() == Commit.Outcome.REFUSED) tally.remark("the server has refused to delete");
            throw e; // The next session tells what became of it.
        }
        Instant now = clock.instant();
        for (int number : marked.done()) {
            Listed message = at(byNumber, number);
            journal.committed(message.entry(), now);
            tally.deleted(message.message());
        }
        journal.force();
        int refused = marked.failures().size();
        if (refused > 0) tally.remark("the server has refused to delete " + refused + " messages");
    }

    // ---- a server without unique-ids

    /** A message is known by its octets there, which are spooled to find out. */
    private void fetchAndDelete() throws IOException {
        Map<String, Integer> times = new HashMap<>();
        List<Listed> all = new ArrayList<>();
        List<ScanListing> sizes = maildrop.list();
        tally.listed(sizes.size());
        listener.listed(account.name(), sizes.size(), sizes.size());
        Path spool = Files.createTempFile("pop3sync", ".eml");
        try {
            for (ScanListing size : sizes) {
                if (account.retention().skips(size.octets())) {
                    tally.tooLarge(new SyncReport.Message("", size.octets()));
                    continue;
                }
                if (tally.hasCut(size)) continue;
                String uniqueId;
                try {
                    uniqueId = spool(size.number(), spool);
                } catch (Pop3Exception e) {
                    tally.skipped(new SyncReport.Message("", size.octets()), 1, e);
                    if (e.isSessionUsable()) continue;
                    tally.cut(size);
                    throw e;
                }
                Listed message = new Listed(size.number(), uniqueId, times.merge(uniqueId, 1, Integer::sum));
                message.octets = size.octets();
                Entry known = journal.find(uniqueId, message.occurrence);
                message.entry = known;
                if (known != null) message.octets = known.octets(); // It is the same, whatever LIST says.
                all.add(message);
                takeSpooled(message, spool);
            }
        } finally {
            Files.deleteIfExists(spool);
            finishGroup(false);
        }
        settle(all, clock.instant());
        journal.force();
        deleteAndQuit(all.stream().filter(message -> message.entry().isStored()).toList());
    }

    /** What a dry run can tell without fetching anything. */
    private void lookAtSizes() throws IOException {
        List<ScanListing> sizes = maildrop.list();
        tally.listed(sizes.size());
        listener.listed(account.name(), sizes.size(), sizes.size());
        for (ScanListing size : sizes) {
            SyncReport.Message message = new SyncReport.Message("", size.octets());
            if (account.retention().skips(size.octets())) {
                tally.tooLarge(message);
            } else {
                tally.fetched(message);
                tally.deleted(message);
            }
        }
    }

    private String spool(int number, Path spool) throws IOException {
        MessageDigest digest = sha256();
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(spool), digest)) {
            maildrop.retrieveTo(number, out);
        }
        return BY_OCTETS + HexFormat.of().formatHex(digest.digest());
    }

    private void takeSpooled(Listed message, Path spool) throws IOException {
        Entry known = message.entry;
        if (known == null || known.state() == State.COMMITTED) {
            message.entry = journal.seen(message.uniqueId, message.occurrence, clock.instant(), message.octets);
            begun.add(message.entry());
            journal.force();
        }
        if (message.entry().isDone()) return;
        try (InputStream octets = Files.newInputStream(spool)) {
            store(message, octets);
        } catch (IOException | RuntimeException e) {
            failed(message, e);
        }
        makeDurable();
    }
}
