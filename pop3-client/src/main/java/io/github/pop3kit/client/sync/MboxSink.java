package io.github.pop3kit.client.sync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An mbox, to which groups of messages are appended. A group is first written to a file beside it, the spool. Then a note says what will
 * be appended where, and all of that is durable before the mbox is touched. A crash leaves the spool: with it the next run finishes
 * what was begun. Where there is a note and not its spool, the group is in the mbox. Keys stay in the note until the journal is known to
 * have them.
 */
final class MboxSink implements NotingSink {

    /** Who never hears what the journal has noted, and crashes often, need not remember more. */
    private static final int MOST_KEYS = 10_000;

    private static final int BUFFER = 64 * 1024;

    /** How long others may be busy with a group of theirs. */
    private static final Duration TURN_PATIENCE = Duration.ofMinutes(2);

    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOCK_STALE = Duration.ofMinutes(5);

    /** Where a process's number means that process; empty where that cannot be told. */
    private static final String HOST = host();

    private static final DateTimeFormatter FROM_DATE = DateTimeFormatter.ofPattern(
                    "EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Path mbox;
    private final Path directory;
    private final Path note;
    private final Path spool;
    private final Path lock;
    private final Disk disk;

    /** Accounts that share this sink take turns, a group each. */
    private final ReentrantLock turn = new ReentrantLock();

    /** So do all that write to the mbox in this way, in whatever process: there is one spool and one note. */
    private @Nullable Closeable alone;

    /** As it was when this sink had its last turn. */
    private String lastNote = "";

    private final List<String> group = new ArrayList<>();

    /** What is in the mbox and may be missing in the journal, the oldest first. */
    private final Set<String> unnoted = new LinkedHashSet<>();

    private boolean inDoubt = true;

    /** Messages of the group were dropped: its sync has to say so. */
    private boolean dropped;

    MboxSink(Path mbox, Disk disk) {
        this.mbox = mbox.toAbsolutePath();
        this.directory = this.mbox.resolveSibling("");
        this.note = this.mbox.resolveSibling(mbox.getFileName() + ".pop3sync");
        this.spool = this.mbox.resolveSibling(mbox.getFileName() + ".pop3sync-spool");
        this.lock = this.mbox.resolveSibling(mbox.getFileName() + ".pop3sync-lock");
        this.disk = disk;
    }

    /** What is to be appended. */
    private record Note(long offset, long length, String sum, List<String> unnoted, List<String> group) {

        String text() {
            String line =
                    offset + " " + length + " " + sum + " " + String.join(",", unnoted) + " " + String.join(",", group);
            return line + " " + sum(line) + "\n";
        }

        /** Null if it is not whole. */
        static @Nullable Note parse(String text) {
            String line = text.strip();
            int last = line.lastIndexOf(' ');
            if (last < 0 || !sum(line.substring(0, last)).equals(line.substring(last + 1))) return null;
            List<String> words = List.of(line.substring(0, last).split(" ", -1));
            return new Note(
                    Long.parseLong(words.get(0)),
                    Long.parseLong(words.get(1)),
                    words.get(2),
                    keys(words.get(3)),
                    keys(words.get(4)));
        }

        private static List<String> keys(String joined) {
            return joined.isEmpty() ? List.of() : List.of(joined.split(",", -1));
        }

        private static String sum(String line) {
            CRC32C sum = new CRC32C();
            sum.update(line.getBytes(US_ASCII));
            return Long.toHexString(sum.getValue());
        }
    }

    // ---- into the spool

    @Override
    public void store(Arrival arrival, InputStream message) throws IOException {
        if (!turn.isHeldByCurrentThread()) turn.lock();
        if (alone == null) begin();
        if (dropped) throw failed();
        if (inDoubt) recover();
        if (unnoted.contains(arrival.key())) return;
        if (group.isEmpty()) disk.delete(spool);
        long before = group.isEmpty() ? 0 : disk.size(spool);
        boolean complete = false;
        try (Disk.Output out = disk.append(spool)) {
            write(arrival, message, out);
            complete = true;
        } finally {
            if (!complete) forget(before);
        }
        group.add(arrival.key());
    }

    private void begin() throws IOException {
        disk.createDirectories(directory);
        Instant end = Instant.now().plus(TURN_PATIENCE);
        Closeable locked;
        while ((locked = disk.tryLock(lock)) == null) {
            if (Instant.now().isAfter(end)) throw new IOException("others write to " + mbox);
            pause();
        }
        alone = locked;
        if (!lastNote.equals(noteText())) inDoubt = true;
    }

    private static void write(Arrival arrival, InputStream message, Disk.Output out) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(BUFFER);
        lines.writeBytes(("From MAILER-DAEMON " + FROM_DATE.format(arrival.firstSeen()) + "\n").getBytes(US_ASCII));
        FromLines quoting = new FromLines();
        byte[] octets = new byte[BUFFER];
        for (int read; (read = message.read(octets)) >= 0; ) {
            quoting.take(octets, read, lines);
            flush(lines, out);
        }
        quoting.end(lines);
        flush(lines, out);
    }

    private static void flush(ByteArrayOutputStream lines, Disk.Output out) throws IOException {
        out.write(ByteBuffer.wrap(lines.toByteArray()));
        lines.reset();
    }

    /** Takes a message that is not whole out of the spool. */
    private void forget(long before) {
        try {
            disk.truncate(spool, before);
        } catch (IOException e) {
            dropped = true;
        }
    }

    private IOException failed() {
        return new IOException("an earlier write beside " + mbox + " has failed");
    }

    // ---- from the spool into the mbox

    @Override
    @SuppressWarnings("try") // The lock is held, not used.
    public void sync() throws IOException {
        if (!turn.isHeldByCurrentThread()) return;
        try {
            if (dropped) throw failed();
            if (group.isEmpty()) return;
            inDoubt = true;
            append();
            inDoubt = false;
        } finally {
            dropped = false;
            group.clear();
            try (Closeable ended = alone) {
                alone = null;
            } finally {
                turn.unlock();
            }
        }
    }

    @SuppressWarnings("try") // The lock is held, not used.
    private void append() throws IOException {
        try (Disk.Output out = disk.append(spool)) {
            out.force();
        }
        try (Closeable dotLock = dotLock();
                Disk.Output out = disk.append(mbox)) {
            out.lock();
            long offset = disk.size(mbox);
            Note planned = new Note(offset, disk.size(spool), sum(), List.copyOf(unnoted), List.copyOf(group));
            write(planned);
            copySpool(0, out);
            out.force();
            if (offset == 0) disk.forceDirectory(directory);
        }
        disk.delete(spool);
        remember(group);
    }

    private void remember(List<String> keys) {
        unnoted.addAll(keys);
        Iterator<String> oldest = unnoted.iterator();
        while (unnoted.size() > MOST_KEYS) {
            oldest.next();
            oldest.remove();
        }
    }

    @Override
    public void noted(Collection<String> keys) {
        turn.lock();
        try {
            unnoted.removeAll(keys);
        } finally {
            turn.unlock();
        }
    }

    private void write(Note planned) throws IOException {
        Path fresh = note.resolveSibling(note.getFileName() + "-new");
        try (Disk.Output out = disk.create(fresh)) {
            out.write(ByteBuffer.wrap(planned.text().getBytes(US_ASCII)));
            out.force();
        }
        disk.rename(fresh, note);
        lastNote = planned.text();
        disk.forceDirectory(directory); // The name of the spool, too.
    }

    private void copySpool(long from, Disk.Output out) throws IOException {
        try (InputStream in = disk.read(spool)) {
            in.skipNBytes(from);
            byte[] octets = new byte[BUFFER];
            for (int read; (read = in.read(octets)) >= 0; ) out.write(ByteBuffer.wrap(octets, 0, read));
        }
    }

    private String sum() throws IOException {
        CRC32C sum = new CRC32C();
        try (InputStream in = disk.read(spool)) {
            byte[] octets = new byte[BUFFER];
            for (int read; (read = in.read(octets)) >= 0; ) sum.update(octets, 0, read);
        }
        return Long.toHexString(sum.getValue());
    }

    // ---- after a crash

    private void recover() throws IOException {
        group.clear();
        unnoted.clear();
        lastNote = noteText();
        Note planned = Note.parse(lastNote);
        if (planned != null) {
            // Without its spool the group was appended, and the spool of the next one is nothing yet.
            boolean begun = disk.exists(spool) && disk.size(spool) == planned.length() && sum().equals(planned.sum());
            remember(planned.unnoted());
            if (!begun || finish(planned)) remember(planned.group());
            if (begun) disk.delete(spool);
        }
        inDoubt = false;
    }

    private String noteText() throws IOException {
        if (!disk.exists(note)) return "";
        try (InputStream in = disk.read(note)) {
            return new String(in.readAllBytes(), US_ASCII);
        }
    }

    /** Appends what is missing; false if the mbox was changed by others, so that its messages have to come again. */
    @SuppressWarnings("try") // The lock is held, not used.
    private boolean finish(Note planned) throws IOException {
        try (Closeable dotLock = dotLock()) {
            long there = disk.exists(mbox) ? disk.size(mbox) - planned.offset() : 0;
            if (there < 0 || !beginsAlike(planned, Math.min(there, planned.length()))) return false;
            if (there >= planned.length()) {
                try (Disk.Output out = disk.append(mbox)) {
                    out.force(); // It was written, but nobody has said that it was durable.
                }
            } else {
                try (Disk.Output out = disk.append(mbox)) {
                    out.lock();
                    copySpool(there, out);
                    out.force();
                }
            }
            disk.forceDirectory(directory);
            return true;
        }
    }

    private boolean beginsAlike(Note planned, long length) throws IOException {
        if (length == 0) return true;
        try (InputStream wanted = new BufferedInputStream(disk.read(spool), BUFFER);
                InputStream found = new BufferedInputStream(disk.read(mbox), BUFFER)) {
            found.skipNBytes(planned.offset());
            for (long i = 0; i < length; i++) {
                if (wanted.read() != found.read()) return false;
            }
            return true;
        }
    }

    // ---- others who write to it

    private Closeable dotLock() throws IOException {
        Path lock = mbox.resolveSibling(mbox.getFileName() + ".lock");
        Instant end = Instant.now().plus(LOCK_PATIENCE);
        while (true) {
            try {
                create(lock);
                return () -> Files.deleteIfExists(lock);
            } catch (FileAlreadyExistsException e) {
                if (isStale(lock) || isOfDeadProcess(lock)) Files.deleteIfExists(lock);
                else if (Instant.now().isAfter(end)) throw new IOException(mbox + " is locked by " + lock, e);
            }
            pause();
        }
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + mbox + " was locked", e);
        }
    }

    private static String host() {
        try {
            Path processes = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")); // Containers count their own.
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip() + " " + processes;
        } catch (IOException | UnsupportedOperationException notLinux) {
            return "";
        }
    }

    /** By a link, so that it is never there without the name of its owner. */
    private static void create(Path lock) throws IOException {
        long pid = ProcessHandle.current().pid();
        Path named = lock.resolveSibling(lock.getFileName() + "." + pid);
        try {
            Files.writeString(named, owner(pid));
            Files.createLink(lock, named);
        } finally {
            Files.deleteIfExists(named);
        }
    }

    /** What a lock of ours says; its first line is what liblockfile has. */
    static String owner(long pid) {
        return pid + "\n" + HOST + "\n";
    }

    /** Whether it was left by a process of ours that was killed. Locks of other programs say nothing that could be relied on. */
    private static boolean isOfDeadProcess(Path lock) throws IOException {
        try {
            String[] owner = Files.readString(lock, ISO_8859_1).split("\n", -1);
            return owner.length == 3
                    && !HOST.isEmpty()
                    && owner[1].equals(HOST)
                    && owner[0].matches("[1-9][0-9]{0,9}")
                    && ProcessHandle.of(Long.parseLong(owner[0])).isEmpty();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static boolean isStale(Path lock) throws IOException {
        try {
            return Files.getLastModifiedTime(lock).toInstant().plus(LOCK_STALE).isBefore(Instant.now());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "mbox " + mbox;
    }
}
