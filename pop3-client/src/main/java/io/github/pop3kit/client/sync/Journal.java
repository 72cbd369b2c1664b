package io.github.pop3kit.client.sync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pop3kit.client.sync.Entry.State;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one account's messages, in a file to which lines are only appended. Each line is the CRC-32C of the rest in eight
 * hexadecimal digits, a blank, and a record:
 *
 * <pre>
 * pop3sync 1 ACCOUNT                          the first line
 * seen SERIAL MILLIS OCTETS OCCURRENCE ID     listed for the first time
 * reused SERIAL MILLIS OCTETS OCCURRENCE ID   the same, where another message had this unique-id before
 * stored SERIAL SUM                           in the sink, durably, with the CRC-32C of its octets in hexadecimal digits
 * passed SERIAL                               not to be fetched
 * failed SERIAL MILLIS                        could not be fetched
 * delete SERIAL                               about to be deleted: DELE may be sent from here on
 * kept SERIAL                                 it was not deleted after all
 * committed SERIAL MILLIS                     deleted
 * gone SERIAL MILLIS                          not listed any more, and not by our doing
 * back SERIAL                                 listed again
 * </pre>
 *
 * <p>Lines that a crash has torn or damaged are not believed; what they would have said happens again. Records name their message by a
 * serial that is never given twice in one file, so that a lost line cannot change what another means. A write that has failed leaves
 * the file in doubt: the journal takes no more of them then, and has to be opened again. One thread at a time uses it.
 */
final class Journal implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    /** How long a message is remembered that is not listed any more: a server may have lost it for a while. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    /** So many lines that say nothing any more are not worth a rewrite. */
    private static final int WASTE = 1000;

    private record Name(String uniqueId, int occurrence) {}

    private final Path file;
    private final Path directory;
    private final String account;
    private final Disk disk;
    private final Map<Name, Entry> entries = new LinkedHashMap<>();
    private final StringBuilder unwritten = new StringBuilder();
    private @Nullable Closeable lock;
    private Disk.@Nullable Output out;
    private boolean writes;
    private boolean broken;
    private boolean appended;
    private boolean damaged;
    private boolean doubtful;
    private long nextSerial = 1;
    private int lines;

    private Journal(Path file, String account, Disk disk) {
        this.file = file;
        this.directory = file.toAbsolutePath().resolveSibling("");
        this.account = account;
        this.disk = disk;
    }

    /**
     * Opens the journal of an account, alone: nobody else can open it before it is closed, or this process is dead.
     *
     * @throws SyncException if another process or another thread has it, or if it is the journal of something else
     */
    static Journal open(Path file, String account, Disk disk) throws IOException {
        disk.createDirectories(file.toAbsolutePath().resolveSibling(""));
        Closeable lock = lock(file.resolveSibling(file.getFileName() + ".lock"), disk);
        Journal journal = new Journal(file, account, disk);
        journal.lock = lock;
        boolean opened = false;
        try {
            journal.load(true);
            journal.writes = true;
            opened = true;
            return journal;
        } finally {
            if (!opened) lock.close();
        }
    }

    /** What the journal says now, for looking: changes are kept in memory alone, and nobody is kept from it. */
    static Journal look(Path file, String account, Disk disk) throws IOException {
        Journal journal = new Journal(file, account, disk);
        journal.load(false);
        return journal;
    }

    private static Closeable lock(Path file, Disk disk) throws IOException {
        Closeable held = disk.tryLock(file);
        if (held != null) return held;
        throw new SyncException(
                SyncException.Reason.LOCKED, "another run synchronises this account just now: " + file + " is locked");
    }

    // ---- reading

    private void load(boolean mend) throws IOException {
        if (!disk.exists(file)) return;
        byte[] octets;
        try (InputStream in = disk.read(file)) {
            octets = in.readAllBytes();
        }
        Map<Long, Entry> bySerial = new HashMap<>();
        int begin = 0;
        for (int end; (end = lineEnd(octets, begin)) >= 0; begin = end + 1) {
            lines++;
            String record = record(octets, begin, end);
            if (begin == 0 && record != null) checkAccount(record);
            if (record == null || !apply(record, bySerial)) damaged = true;
        }
        if (damaged) log.warn("{} has damaged lines, which are not believed", file);
        doubtful = damaged || begin < octets.length;
        // What a crash has left half written would spoil the next line.
        if (begin < octets.length && mend) disk.truncate(file, begin);
        if (begin < octets.length) log.info("{} ends in the middle of a line, which is not believed", file);
    }

    private static int lineEnd(byte[] octets, int from) {
        for (int i = from; i < octets.length; i++) {
            if (octets[i] == '\n') return i;
        }
        return -1;
    }

    /** The record of a line; null if it is damaged. */
    private static @Nullable String record(byte[] octets, int begin, int end) {
        if (end - begin < 10 || octets[begin + 8] != ' ') return null;
        CRC32C sum = new CRC32C();
        sum.update(octets, begin + 9, end - begin - 9);
        String written = new String(octets, begin, 8, ISO_8859_1);
        if (!written.equals(HexFormat.of().toHexDigits((int) sum.getValue()))) return null;
        return new String(octets, begin + 9, end - begin - 9, ISO_8859_1);
    }

    private void checkAccount(String record) throws SyncException {
        String wanted = header();
        if (record.equals(wanted)) return;
        throw new SyncException(
                SyncException.Reason.JOURNAL,
                file + " is not the journal of " + account + " in a form that is known here");
    }

    private boolean apply(String record, Map<Long, Entry> bySerial) {
        String[] words = record.split(" ", 6);
        if (words[0].equals("pop3sync")) return true;
        long serial = Long.parseLong(words[1]);
        nextSerial = Math.max(nextSerial, serial + 1);
        if (words[0].equals("seen") || words[0].equals("reused")) {
            Entry entry = new Entry(
                    serial,
                    words[5],
                    Integer.parseInt(words[4]),
                    Instant.ofEpochMilli(Long.parseLong(words[2])),
                    Long.parseLong(words[3]),
                    words[0].equals("reused"));
            bySerial.put(serial, entry);
            entries.put(new Name(entry.uniqueId(), entry.occurrence()), entry);
            return true;
        }
        Entry entry = bySerial.get(serial);
        if (entry == null) return false; // The line that named it is lost.
        switch (words[0]) {
            case "stored" -> {
                entry.become(State.STORED);
                entry.sum(Long.parseLong(words[2], 16));
            }
            case "kept" -> entry.become(State.STORED);
            case "passed" -> entry.become(State.PASSED);
            case "delete" -> entry.become(State.DELETE_SENT);
            case "committed" -> {
                entry.become(State.COMMITTED);
                entry.gone(Instant.ofEpochMilli(Long.parseLong(words[2])));
            }
            case "failed" -> entry.failed(Instant.ofEpochMilli(Long.parseLong(words[2])));
            case "gone" -> entry.gone(Instant.ofEpochMilli(Long.parseLong(words[2])));
            case "back" -> entry.gone(null);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** All that is known, in the order in which it was seen. */
    Collection<Entry> entries() {
        return entries.values();
    }

    /** Whether lines were lost when it was opened, so that it may not know everything that was stored. */
    boolean isDoubtful() {
        return doubtful;
    }

    /** A message by its unique-id. */
    @Nullable
    Entry find(String uniqueId, int occurrence) {
        return entries.get(new Name(uniqueId, occurrence));
    }

    // ---- writing; durable by force() alone

    /** A message that is not known, or is another one than that which is known by this unique-id. */
    Entry seen(String uniqueId, int occurrence, Instant now, long octets) {
        Name name = new Name(uniqueId, occurrence);
        boolean reused = entries.remove(name) != null;
        Entry entry = new Entry(nextSerial++, uniqueId, occurrence, now, octets, reused);
        entries.put(name, entry);
        append(line(entry));
        return entry;
    }

    private static String line(Entry entry) {
        return (entry.isReused() ? "reused " : "seen ") + entry.serial() + " "
                + entry.firstSeen().toEpochMilli() + " " + entry.octets() + " " + entry.occurrence() + " "
                + entry.uniqueId();
    }

    /** @param sum the CRC-32C of its octets */
    void stored(Entry entry, long sum) {
        entry.become(State.STORED);
        entry.sum(sum);
        append("stored " + entry.serial() + " " + Long.toHexString(sum));
    }

    void passed(Entry entry) {
        become(entry, State.PASSED, "passed");
    }

    void deleteSent(Entry entry) {
        become(entry, State.DELETE_SENT, "delete");
    }

    void kept(Entry entry) {
        become(entry, State.STORED, "kept");
    }

    private void become(Entry entry, State state, String word) {
        entry.become(state);
        append(word + " " + entry.serial());
    }

    void committed(Entry entry, Instant now) {
        entry.become(State.COMMITTED);
        entry.gone(now);
        append("committed " + entry.serial() + " " + now.toEpochMilli());
    }

    void failed(Entry entry, Instant now) {
        entry.failed(now);
        append("failed " + entry.serial() + " " + now.toEpochMilli());
    }

    void gone(Entry entry, Instant now) {
        entry.gone(now);
        append("gone " + entry.serial() + " " + now.toEpochMilli());
    }

    void back(Entry entry) {
        entry.gone(null);
        append("back " + entry.serial());
    }

    private void append(String record) {
        appended = true;
        if (writes) appendTo(unwritten, record);
    }

    private void appendTo(StringBuilder some, String record) {
        CRC32C sum = new CRC32C();
        sum.update(record.getBytes(ISO_8859_1));
        some.append(HexFormat.of().toHexDigits((int) sum.getValue())).append(' ');
        some.append(record).append('\n');
        lines++;
    }

    /** Makes durable all that was said. If it fails nothing more can be said: what is in the file, nobody knows. */
    void force() throws IOException {
        if (broken) throw new IOException("an earlier write to " + file + " has failed");
        if (unwritten.isEmpty()) return;
        broken = true;
        boolean created = !disk.exists(file) || disk.size(file) == 0;
        Disk.Output open = out;
        if (open == null) {
            open = disk.append(file);
            out = open;
        }
        if (created) {
            StringBuilder first = new StringBuilder();
            appendTo(first, header());
            unwritten.insert(0, first);
        }
        open.write(ByteBuffer.wrap(unwritten.toString().getBytes(ISO_8859_1)));
        open.force();
        if (created) disk.forceDirectory(directory);
        unwritten.setLength(0);
        broken = false;
    }

    /** One character per octet, as all of the file. */
    private String header() {
        return "pop3sync 1 " + new String(account.getBytes(UTF_8), ISO_8859_1);
    }

    // ---- the end

    /** Writes the journal anew if most of its lines say nothing any more. What was not made durable is lost. */
    void compact(Instant now) throws IOException {
        if (!writes || broken || !appended) return;
        List<Entry> remembered = entries.values().stream()
                .filter(entry -> isRemembered(entry, now))
                .toList();
        if (!damaged && lines <= 3L * remembered.size() + WASTE) return;
        force();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        StringBuilder all = new StringBuilder();
        lines = 0;
        appendTo(all, header());
        for (Entry entry : remembered) write(entry, all);
        Disk.Output open = out;
        out = null;
        if (open != null) open.close();
        try (Disk.Output rewritten = disk.create(fresh)) {
            rewritten.write(ByteBuffer.wrap(all.toString().getBytes(ISO_8859_1)));
            rewritten.force();
        }
        disk.rename(fresh, file);
        disk.forceDirectory(directory);
        entries.values().removeIf(entry -> !isRemembered(entry, now));
        damaged = false;
    }

    private static boolean isRemembered(Entry entry, Instant now) {
        Instant gone = entry.gone();
        return gone == null || gone.plus(REMEMBERED).isAfter(now);
    }

    private void write(Entry entry, StringBuilder all) {
        appendTo(all, line(entry));
        for (int i = 0; i < entry.failures(); i++) {
            appendTo(all, "failed " + entry.serial() + " " + entry.lastFailure().toEpochMilli());
        }
        if (entry.sum() >= 0) appendTo(all, "stored " + entry.serial() + " " + Long.toHexString(entry.sum()));
        switch (entry.state()) {
            case PASSED -> appendTo(all, "passed " + entry.serial());
            case DELETE_SENT -> appendTo(all, "delete " + entry.serial());
            default -> {}
        }
        Instant gone = entry.gone();
        if (gone == null) return;
        String word = entry.state() == State.COMMITTED ? "committed " : "gone ";
        appendTo(all, word + entry.serial() + " " + gone.toEpochMilli());
    }

    /** Gives the lock back. What was not made durable is lost. */
    @Override
    public void close() throws IOException {
        Closeable held = lock;
        try (held) {
            if (out != null) out.close();
        }
    }
}
