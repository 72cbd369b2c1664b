package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Dovecot's {@code dovecot-uidlist}: which unique number (uid) each message has for good, by the base of its name.
 *
 * <p>A header, {@code 3 V<validity> N<next uid> G<guid>}, then a line for each message, {@code <uid> <keys> :<base>}, uids ascending.
 * Keys that are not understood are kept. Lines of removed messages stay until somebody writes the list anew. It is read at any time
 * and changed only by who has its {@link DotLock}: by lines at its end, or by a new list that is renamed into its place.
 */
final class UidList {

    static final String FILE = "dovecot-uidlist";

    private static final long LARGEST_UID = 0xFFFF_FFFEL;

    private final long validity;
    private final String headerKeys;
    private final List<Entry> entries;
    private long next;
    private int saved;
    private boolean stale;

    /**
     * A line of the list.
     *
     * @param keys as in the file, parted by blanks
     * @param base up to the flags of the name
     */
    record Entry(long uid, String keys, String base) {

        /** The value of a key: {@code S} size, {@code W} octets, {@code P} unique-id, {@code O} order, {@code G} GUID. */
        Optional<String> key(char key) {
            for (int from = 0; from < keys.length(); ) {
                int to = keys.indexOf(' ', from);
                if (to < 0) to = keys.length();
                if (from < to && keys.charAt(from) == key) return Optional.of(keys.substring(from + 1, to));
                from = to + 1;
            }
            return Optional.empty();
        }

        /** The number that is the value of a key; -1 if there is none. */
        long number(char key) {
            String value = key(key).orElse("");
            return value.isEmpty() || value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')
                    ? -1
                    : Long.parseLong(value);
        }

        Entry with(char key, String value) {
            StringBuilder all = new StringBuilder();
            for (String other : keys.split(" ", -1)) {
                if (!other.isEmpty() && other.charAt(0) != key)
                    all.append(other).append(' ');
            }
            return new Entry(uid, all.append(key).append(value).toString(), base);
        }

        private Entry with(String more) {
            Entry all = this;
            for (String key : more.split(" ", -1)) all = all.with(key.charAt(0), key.substring(1));
            return all;
        }

        private void print(StringBuilder to) {
            to.append(uid)
                    .append(' ')
                    .append(keys)
                    .append(keys.isEmpty() ? ":" : " :")
                    .append(base)
                    .append('\n');
        }
    }

    private UidList(long validity, long next, String headerKeys, List<Entry> entries) {
        this.validity = validity;
        this.next = next;
        this.headerKeys = headerKeys;
        this.entries = entries;
    }

    /** A list without messages, later than one that is remembered by its validity. */
    static UidList create(long before) {
        long validity = Math.max(Instant.now().getEpochSecond(), before + 1);
        UidList list = new UidList(validity, 1, "", new ArrayList<>());
        list.stale = true;
        return list;
    }

    /**
     * Reads the list.
     *
     * @return empty if there is none
     * @throws StoreException {@link Reason#TEMPORARY TEMPORARY} if it cannot be understood; to invent another one would give all
     *     messages other unique-ids
     */
    static Optional<UidList> read(MaildirIo io, Path file) throws IOException {
        byte[] octets;
        try {
            octets = io.read(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(new String(octets, ISO_8859_1)));
        } catch (IllegalArgumentException e) {
            throw new StoreException(Reason.TEMPORARY, file + " cannot be understood: " + e.getMessage());
        }
    }

    /** Understands versions 3 and 1; what stands behind the last end of a line was not written to its end, and does not count. */
    static UidList parse(String text) {
        int end = text.indexOf('\n');
        if (end < 0) throw new IllegalArgumentException("it has no header");
        String header = text.substring(0, end);
        List<Entry> entries = new ArrayList<>(text.length() / 60);
        UidList list;
        if (header.startsWith("3 ")) {
            list = version3(header.substring(2), entries);
        } else {
            String[] words = header.split(" ", -1);
            if (words.length != 3 || !words[0].equals("1")) throw new IllegalArgumentException("its header is unknown");
            list = new UidList(uid(words[1]), uid(words[2]), "", entries);
            list.stale = true;
        }
        if (list.validity == 0 || list.next == 0) throw new IllegalArgumentException("its header has no V or no N");
        long last = 0;
        int line = 1;
        while (true) {
            int from = end + 1;
            end = text.indexOf('\n', from);
            line++;
            if (end < 0) {
                list.stale |= from < text.length();
                break;
            }
            Entry entry = entry(text, from, end, header.charAt(0) == '1');
            if (entry == null || entry.uid() <= last) throw new IllegalArgumentException("line " + line);
            last = entry.uid();
            entries.add(entry);
        }
        list.next = Math.max(list.next, last + 1);
        list.saved = entries.size();
        list.dropRepeated();
        return list;
    }

    /** A file that was removed and came back may be there twice: by Dovecot's rule its later uid is the one that counts. */
    private void dropRepeated() {
        Set<String> bases = new HashSet<>(2 * entries.size());
        boolean repeated = false;
        for (Entry entry : entries) repeated |= !bases.add(entry.base());
        if (!repeated) return;
        bases.clear();
        Collections.reverse(entries);
        entries.removeIf(entry -> !bases.add(entry.base()));
        Collections.reverse(entries);
        stale = true;
    }

    private static UidList version3(String header, List<Entry> entries) {
        long validity = 0;
        long next = 0;
        boolean guid = false;
        StringBuilder others = new StringBuilder();
        for (String word : header.split(" ", -1)) {
            if (word.isEmpty()) continue;
            switch (word.charAt(0)) {
                case 'V' -> validity = uid(word.substring(1));
                case 'N' -> next = uid(word.substring(1));
                default -> {
                    guid |= word.charAt(0) == 'G';
                    others.append(' ').append(word);
                }
            }
        }
        UidList list = new UidList(validity, next, others.toString(), entries);
        list.stale = !guid;
        return list;
    }

    private static @Nullable Entry entry(String text, int from, int end, boolean version1) {
        int blank = text.indexOf(' ', from);
        if (blank < 0 || blank >= end) return null;
        long uid = 0;
        for (int i = from; i < blank; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || uid > LARGEST_UID) return null;
            uid = uid * 10 + digit;
        }
        if (uid > LARGEST_UID) return null;
        // A value has no blank, so the first " :" ends the keys.
        int colon = version1 ? blank : text.charAt(blank + 1) == ':' ? blank + 1 : text.indexOf(" :", blank + 1) + 1;
        if (colon == 0 || colon >= end) return null;
        int flags = text.indexOf(':', colon + 1);
        int to = flags < 0 || flags > end ? end : flags;
        String base = text.substring(colon + 1, to);
        String keys = colon - 1 > blank + 1 ? text.substring(blank + 1, colon - 1) : "";
        return base.isEmpty() || base.indexOf('/') >= 0 ? null : new Entry(uid, version1 ? "" : keys, base);
    }

    /** A number of 32 bits; N may be behind the largest uid. */
    private static long uid(String digits) {
        if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > LARGEST_UID + 1) {
            throw new IllegalArgumentException("\"" + MaildirName.printable(digits) + "\"");
        }
        return Long.parseLong(digits);
    }

    /** When it changes, all uids mean other messages. */
    long validity() {
        return validity;
    }

    /** In the order of their uids. */
    List<Entry> entries() {
        return Collections.unmodifiableList(entries);
    }

    /** Gives the next uid to this message. */
    Entry add(String keys, String base) throws StoreException {
        if (next > LARGEST_UID) throw new StoreException(Reason.PERMANENT, "no uid is left");
        Entry entry = new Entry(next++, keys, base);
        entries.add(entry);
        return entry;
    }

    /** Adds the keys of these lines, by their uids, to those of the same messages; what others wrote there meanwhile stays. */
    void put(Map<Long, Entry> keys) {
        entries.replaceAll(entry -> {
            Entry more = keys.get(entry.uid());
            return more == null || !more.base().equals(entry.base()) ? entry : entry.with(more.keys());
        });
        stale = true;
    }

    /** Keeps no other lines than these, if it is worth while. */
    void clean(List<Entry> living) {
        if (living.size() > entries.size() * 3L / 4) return;
        entries.clear();
        entries.addAll(living);
        stale = true;
    }

    /** Whether the file is not like this. */
    boolean changed() {
        return stale || saved < entries.size();
    }

    /** Writes what is new, durably. The caller has the lock of the list. */
    void save(MaildirIo io, Path file) throws IOException {
        if (stale) {
            rewrite(io, file);
        } else if (saved < entries.size()) {
            append(io, file);
        }
        saved = entries.size();
        stale = false;
    }

    private void append(MaildirIo io, Path file) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Entry entry : entries.subList(saved, entries.size())) entry.print(lines);
        try (FileChannel list = io.append(file)) {
            long before = list.size();
            try {
                io.write(list, octets(lines));
                io.force(list);
            } catch (IOException e) {
                list.truncate(before); // Half a line would be in the way of the next.
                throw e;
            }
        }
    }

    private void rewrite(MaildirIo io, Path file) throws IOException {
        StringBuilder all = new StringBuilder(entries.size() * 64 + 128);
        boolean guid = (headerKeys + " ").contains(" G");
        all.append("3 V").append(validity).append(" N").append(next).append(headerKeys);
        all.append(guid ? "" : " G" + newGuid()).append('\n');
        for (Entry entry : entries) entry.print(all);
        Path written = file.resolveSibling(FILE + ".tmp");
        try {
            io.delete(written);
        } catch (NoSuchFileException e) {
            // Nobody was interrupted while writing it.
        }
        ByteBuffer octets = octets(all);
        int size = octets.remaining();
        try {
            try (FileChannel list = io.create(written)) {
                io.write(list, octets);
                io.force(list);
                if (list.size() != size) throw new StoreException(Reason.TEMPORARY, file + ": somebody else writes it");
            }
            io.replace(written, file);
        } catch (IOException e) {
            try {
                io.delete(written);
            } catch (IOException remains) {
                e.addSuppressed(remains);
            }
            throw e;
        }
        Path folder = file.getParent();
        if (folder != null) io.force(folder);
    }

    private static ByteBuffer octets(StringBuilder text) {
        return ByteBuffer.wrap(text.toString().getBytes(ISO_8859_1));
    }

    private static String newGuid() {
        byte[] guid = new byte[16];
        ThreadLocalRandom.current().nextBytes(guid);
        return HexFormat.of().formatHex(guid);
    }
}
