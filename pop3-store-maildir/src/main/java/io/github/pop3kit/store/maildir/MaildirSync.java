package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what is in a maildir, and gives new messages their uids: under the lock of Dovecot's list, so that both servers agree.
 * What takes long, reading messages to count their octets, is done without it, and once for each message.
 */
final class MaildirSync {

    private static final Logger log = LoggerFactory.getLogger(MaildirSync.class);

    /** Dovecot holds the lock while it looks at all messages for the first time. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int TRIES = 5;
    private static final int MANY = 1000;
    private static final int HEADER = 64 * 1024;
    private static final Pattern X_UIDL = Pattern.compile("(?imd)^X-UIDL:[ \\t]*([!-~]{1,70})[ \\t]*\\r?$");

    private static final Pattern END_OF_HEADER = Pattern.compile("(?md)^\\r?$");

    private final MaildirIo io;
    private final Path maildir;
    private final Path list;
    private final Path index;
    private final MaildirOptions options;
    private final Heartbeat heartbeat;
    private final MaildirFolders folders;
    private final Odd odd = new Odd();

    MaildirSync(MaildirIo io, Path maildir, Path control, Path index, MaildirOptions options, Heartbeat heartbeat) {
        this.io = io;
        this.maildir = maildir;
        this.list = control.resolve(UidList.FILE);
        this.index = index;
        this.options = options;
        this.heartbeat = heartbeat;
        this.folders = new MaildirFolders(io, maildir);
    }

    /** The messages as they are now. */
    Snapshot snapshot() throws IOException {
        Optional<Snapshot> kept =
                Snapshot.read(io, maildir).filter(it -> it.state().options().equals(options.idsBy()));
        if (kept.isPresent() && isUnchanged(kept.get().state())) return kept.get();
        folders.exist(); // A tmp/ that is a link refuses the maildrop, too.
        Found found = find();
        Snapshot snapshot = describe(found, kept.filter(it -> it.state().validity() == found.list.validity()));
        odd.log();
        try {
            if (found.listed) snapshot.write(io, maildir);
        } catch (IOException e) {
            log.debug("{}: {} cannot be kept: {}", maildir, Snapshot.FILE, e.toString());
        }
        return snapshot;
    }

    private boolean isUnchanged(Snapshot.State state) throws IOException {
        return state.incoming() != Snapshot.State.UNKNOWN
                && state.current() != Snapshot.State.UNKNOWN
                && folders.modified("new") == state.incoming()
                && folders.modified("cur") == state.current()
                && identity().equals(state.list());
    }

    /** Which file the list is, and how long: another one, or more lines, is another list. */
    private String identity() throws IOException {
        try {
            BasicFileAttributes attributes = io.attributes(list);
            return attributes.fileKey() + " " + attributes.size() + " " + attributes.lastModifiedTime();
        } catch (NoSuchFileException e) {
            return "none";
        }
    }

    // ---- with the lock: which messages there are, and their uids

    /** The messages that have their uids, in the order of these; and by what list, and when the folders were as they are here. */
    private static final class Found {
        private final UidList list;
        private final List<Message> messages;
        private final MaildirFolders.Listing listing;
        private final boolean listed;
        private String identity;

        Found(UidList list, List<Message> messages, MaildirFolders.Listing listing, boolean listed, String identity) {
            this.list = list;
            this.messages = messages;
            this.listing = listing;
            this.listed = listed;
            this.identity = identity;
        }
    }

    /** A message without a uid, and what a look at it has shown. */
    private record Incoming(MaildirName.Arrival arrival, String place, BasicFileAttributes attributes) {}

    private Found find() throws IOException {
        DotLock lock;
        try {
            lock = lock();
        } catch (IOException e) {
            if (!MaildirIo.isFull(e)) throw e;
            // No room for a lock, but room is made by removing mail: what has its uid already is served.
            log.warn("{}: the disk is full; mail that was not seen before is not shown", maildir);
            if (UidList.read(io, list).isEmpty()) throw e;
            return find(null);
        }
        try (lock) {
            return find(lock);
        }
    }

    private DotLock lock() throws IOException {
        return DotLock.take(io, DotLock.Kind.ofList(list), PATIENCE, heartbeat)
                .orElseThrow(() -> new StoreException(Reason.TEMPORARY, list + " is locked by somebody else"));
    }

    private Found find(@Nullable DotLock lock) throws IOException {
        UidList uids = readOrCreate();
        for (int tries = 0; tries <= TRIES; tries++) {
            MaildirFolders.Listing listing = folders.list();
            Map<String, String> places = places(listing.places());
            List<Message> messages = new ArrayList<>(places.size());
            for (UidList.Entry entry : uids.entries()) {
                String place = places.remove(entry.base());
                if (place != null) messages.add(new Message(entry, place, null));
            }
            Optional<List<Incoming>> incoming = lookAtNew(places.values());
            if (incoming.isPresent()) {
                boolean listed = lock != null && keep(lock, uids, messages, incoming.get());
                return new Found(uids, messages, listing, listed, identity());
            }
        }
        throw hurried();
    }

    /** What new messages are like; empty if one of them moved just now. */
    private Optional<List<Incoming>> lookAtNew(Collection<String> places) throws IOException {
        List<Incoming> incoming = Collections.synchronizedList(new ArrayList<>(places.size()));
        AtomicBoolean moved = new AtomicBoolean();
        forEach(places, place -> {
            try {
                BasicFileAttributes attributes = io.attributes(MaildirIo.resolve(maildir, place));
                if (attributes.isRegularFile()) {
                    incoming.add(new Incoming(MaildirName.Arrival.of(place), place, attributes));
                } else {
                    odd.add(place, "not a regular file");
                }
            } catch (NoSuchFileException e) {
                moved.set(true);
            }
        });
        return moved.get() ? Optional.empty() : Optional.of(incoming);
    }

    @FunctionalInterface
    private interface Look<T> {
        void at(T one) throws IOException;
    }

    /** Looks at all of them in any order; at many on all processors at once, for most of it is system calls. */
    private static <T> void forEach(Collection<T> all, Look<T> look) throws IOException {
        Stream<T> stream = all.size() < MANY ? all.stream() : all.parallelStream();
        try {
            stream.forEach(one -> {
                try {
                    look.at(one);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Gives new messages their uids; whether the list is on the disk as it is here. */
    private boolean keep(DotLock lock, UidList uids, List<Message> messages, List<Incoming> incoming)
            throws IOException {
        int known = messages.size();
        incoming.sort(Comparator.comparing(Incoming::arrival));
        for (Incoming one : incoming) {
            UidList.Entry entry = uids.add("", one.arrival().base());
            messages.add(new Message(entry, one.place(), one.attributes()));
        }
        uids.clean(messages.stream().map(message -> message.entry).toList());
        try {
            if (uids.changed()) {
                lock.check();
                uids.save(io, list);
            }
            return true;
        } catch (IOException e) {
            // On a full disk, what has its uid is served, so that it can be removed.
            if (!MaildirIo.isFull(e) || (known == 0 && !incoming.isEmpty())) throw e;
            log.warn("{}: the disk is full; mail that was not seen before is not shown", maildir);
            messages.subList(known, messages.size()).clear();
            return false;
        }
    }

    private StoreException hurried() {
        return new StoreException(Reason.TEMPORARY, maildir + ": messages are renamed faster than they are found");
    }

    /**
     * Gives a message that is about to be delivered its unique-id.
     *
     * @param publish makes the message visible, under the base; if it fails, a line without a message is left, which means nothing
     * @throws StoreException {@link Reason#PERMANENT PERMANENT} if another message has the unique-id
     */
    void claim(String uniqueId, String base, MaildirDrop.Hold.Change publish) throws IOException {
        snapshot(); // every message has its uid, and its unique-id is in the list where no format makes it
        try (DotLock held = lock()) {
            UidList uids = readOrCreate();
            Map<String, String> places = places(folders.list().places());
            for (UidList.Entry entry : uids.entries()) {
                if (places.containsKey(entry.base())
                        && uniqueId(entry, uids.validity()).equals(uniqueId)) {
                    throw new StoreException(Reason.PERMANENT, "another message has the unique-id asked for");
                }
            }
            uids.add("P" + uniqueId, base);
            held.check();
            uids.save(io, list);
            publish.make();
        }
    }

    /** Keeps how many octets a message has now that its file was changed in place; what goes wrong is for the log alone. */
    void correct(long uid, String base, long octets) {
        UidList.Entry now = new UidList.Entry(uid, "W" + octets, base);
        try (DotLock held = lock()) {
            Optional<UidList> uids = UidList.read(io, list);
            if (uids.isEmpty()) return;
            uids.get().put(Map.of(uid, now));
            held.check();
            uids.get().save(io, list);
            io.delete(maildir.resolve(Snapshot.FILE)); // it has the octets from before
        } catch (IOException e) {
            log.warn("{}: octets cannot be corrected: {}", maildir, MaildirName.printable(e.toString()));
        }
    }

    private String uniqueId(UidList.Entry entry, long validity) {
        return listed(entry).orElseGet(() -> formed(entry, validity));
    }

    /** The unique-id that the list has; an empty one is, by Dovecot's rule, the base. */
    private static Optional<String> listed(UidList.Entry entry) {
        return entry.key('P').map(id -> MaildirName.asUniqueId(id.isEmpty() ? entry.base() : id));
    }

    private UidList readOrCreate() throws IOException {
        Optional<UidList> read = UidList.read(io, list);
        if (read.isPresent()) return read.get();
        // Dovecot would restore the list out of its index; another one would give all messages other unique-ids.
        boolean[] indexed = new boolean[1];
        try {
            io.list(index, name -> indexed[0] |= name.startsWith("dovecot.index"));
        } catch (NoSuchFileException e) {
            // No index at all.
        }
        if (indexed[0]) {
            throw new StoreException(
                    Reason.TEMPORARY,
                    index + " has an index of Dovecot's, and there is no " + list
                            + "; let Dovecot open the maildir once,"
                            + " which makes the list anew, or remove dovecot.index* if unique-ids may change");
        }
        return UidList.create(
                Snapshot.read(io, maildir).map(it -> it.state().validity()).orElse(0L));
    }

    /** Where each base is. */
    private Map<String, String> places(List<String> listed) throws IOException {
        Map<String, String> places = new HashMap<>(2 * listed.size());
        for (String place : listed) {
            if (!MaildirName.isListable(place)) {
                odd.add(place, "a name that Dovecot's list cannot have");
                continue;
            }
            String base = MaildirName.base(place);
            String other = places.putIfAbsent(base, place);
            if (other == null || other.equals(place)) continue;
            boolean later = place.compareTo(other) > 0; // so that the same one is renamed, wherever this is done
            settle(base, later ? other : place, later ? place : other, places);
        }
        return places;
    }

    /**
     * Two names with the same base. Mostly this is one message that was moved while the folders were read. If there really are
     * two files, the second is given a name of its own, as Dovecot does.
     */
    private void settle(String base, String first, String second, Map<String, String> places) throws IOException {
        Optional<Object> firstKey = key(MaildirIo.resolve(maildir, first));
        Path file = MaildirIo.resolve(maildir, second);
        Optional<Object> secondKey = key(file);
        places.put(base, firstKey.isEmpty() && secondKey.isPresent() ? second : first);
        if (firstKey.isEmpty() || secondKey.isEmpty() || secondKey.equals(firstKey)) return;
        String folder = second.substring(0, second.indexOf('/') + 1);
        String own = MaildirName.unused() + MaildirName.sizes(base);
        String place = folder + own + MaildirName.flags(second);
        try {
            io.rename(file, MaildirIo.resolve(maildir, place));
            io.force(maildir.resolve(folder));
            places.put(own, place);
        } catch (IOException e) {
            odd.add(second, "it has the base of another message, and cannot be renamed: " + e);
        }
    }

    /** What identifies the file itself; empty if it is not a regular one, or not there. */
    private Optional<Object> key(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = io.attributes(file);
            Object key = attributes.fileKey();
            return attributes.isRegularFile() ? Optional.of(key == null ? new Object() : key) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    // ---- without it: what they are

    /** A message, described. */
    private static final class Message {
        private final UidList.Entry entry;
        private String place;
        /** What a look at a new one has shown already. */
        private @Nullable BasicFileAttributes seen;

        /** -1 until it is known. */
        private long octets = -1;

        private int stamp;
        private boolean verbatim;
        /** Of the list's {@code P}, or what it will be. */
        private @Nullable String uniqueId;

        private boolean counted;

        Message(UidList.Entry entry, String place, @Nullable BasicFileAttributes seen) {
            this.entry = entry;
            this.place = place;
            this.seen = seen;
        }
    }

    private Snapshot describe(Found found, Optional<Snapshot> kept) throws IOException {
        List<Message> messages = found.messages;
        if (kept.isPresent()) takeWhatIsKept(messages, kept.get());
        Set<Message> gone = ConcurrentHashMap.newKeySet();
        List<Message> missing =
                look(messages.stream().filter(message -> message.octets < 0).toList(), gone);
        for (int tries = 0; !missing.isEmpty(); tries++) {
            if (tries == TRIES) throw hurried();
            missing = look(findAgain(missing, gone), gone);
        }
        messages.removeAll(gone);
        giveUniqueIds(messages, found.list.validity());
        keepInList(found, messages);
        if (messages.stream().anyMatch(message -> message.entry.number('O') >= 0)) {
            messages.sort(Comparator.comparingLong(MaildirSync::order));
        }
        return packed(found, messages);
    }

    private static void takeWhatIsKept(List<Message> messages, Snapshot kept) {
        ToIntFunction<Long> indexes = kept.indexes();
        for (Message message : messages) {
            int index = indexes.applyAsInt(message.entry.uid());
            if (index < 0 || !MaildirName.base(kept.place(index)).equals(message.entry.base())) continue;
            message.octets = kept.octets(index);
            message.stamp = kept.stamp(index);
            message.verbatim = kept.verbatim(index);
        }
    }

    /** Those that have an order of their own are first, the others follow by their uids. */
    private static long order(Message message) {
        long order = message.entry.number('O');
        return order < 0 ? message.entry.uid() : Long.MIN_VALUE / 2 + order;
    }

    /** Those of the messages that were moved meanwhile, where they are now. */
    private List<Message> findAgain(List<Message> messages, Set<Message> gone) throws IOException {
        Map<String, String> places = new HashMap<>();
        for (String place : folders.list().places()) places.put(MaildirName.base(place), place);
        List<Message> found = new ArrayList<>();
        for (Message message : messages) {
            String place = places.get(message.entry.base());
            if (place == null) {
                gone.add(message);
            } else {
                message.place = place;
                message.seen = null;
                found.add(message);
            }
        }
        return found;
    }

    /** Looks at these messages; returns those that are not where they were. */
    private List<Message> look(List<Message> messages, Set<Message> gone) throws IOException {
        Set<Message> missing = ConcurrentHashMap.newKeySet();
        forEach(messages, message -> {
            try {
                if (!look(message)) gone.add(message);
            } catch (NoSuchFileException e) {
                missing.add(message);
            }
        });
        return List.copyOf(missing);
    }

    /**
     * Looks at a message for the first time. Whatever is no regular file, or cannot be read, costs only itself.
     *
     * @return whether it can be served
     */
    private boolean look(Message message) throws IOException {
        Path file = MaildirIo.resolve(maildir, message.place);
        BasicFileAttributes attributes = message.seen == null ? io.attributes(file) : message.seen;
        if (!attributes.isRegularFile()) {
            odd.add(message.place, "not a regular file");
            return false;
        }
        message.stamp = stamp(attributes);
        message.octets = octets(message.entry, attributes.size());
        boolean needsId = options.reuseXUidl() && message.entry.key('P').isEmpty();
        if (message.octets >= 0 && !needsId) return true;
        ByteBuffer buffer = MessageScan.takeBuffer();
        try (FileChannel content = io.open(file)) {
            if (needsId) message.uniqueId = xUidl(content);
            if (message.octets < 0) {
                MessageScan scan = MessageScan.of(content, buffer);
                message.octets = scan.octets();
                message.verbatim = scan.verbatim();
                message.counted = true;
            }
            return true;
        } catch (AccessDeniedException e) {
            odd.add(message.place, "not readable");
        } catch (FileSystemException e) {
            throw e; // not found: looked for again; no descriptor left and the like: not the file's fault
        } catch (IOException e) {
            odd.add(message.place, String.valueOf(e.getMessage()));
        } finally {
            MessageScan.giveBack(buffer);
        }
        return false;
    }

    /** Believes the name where it is right about the file's length, and then the list; -1 if neither says. */
    private static long octets(UidList.Entry entry, long length) {
        if (MaildirName.size(entry.base(), 'S') == length) {
            long octets = MaildirName.size(entry.base(), 'W');
            if (octets >= length && octets <= 2 * length + 2) return octets;
        }
        long octets = entry.number('W');
        return octets >= length && octets <= 2 * length + 2 ? octets : -1;
    }

    /** What tells that a file is as it was. */
    static int stamp(BasicFileAttributes attributes) {
        return Long.hashCode(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }

    private static @Nullable String xUidl(FileChannel content) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(HEADER);
        while (start.hasRemaining() && content.read(start, start.position()) >= 0) {}
        String text = ISO_8859_1.decode(start.flip()).toString();
        Matcher end = END_OF_HEADER.matcher(text);
        Matcher header = X_UIDL.matcher(end.find() ? text.substring(0, end.start()) : text);
        return header.find() ? header.group(1) : null;
    }

    /** A unique-id of its own for each message: that of the list, that of its header, or that of the format. */
    private void giveUniqueIds(List<Message> messages, long validity) {
        boolean special = !options.uniqueIds().isDovecots();
        for (Message message : messages) {
            Optional<String> listed = listed(message.entry);
            if (listed.isPresent()) message.uniqueId = listed.get();
            special |= message.uniqueId != null;
        }
        if (!special) return;
        Set<String> given = new HashSet<>();
        // Clients know those of the list already: none of them is taken by a message that comes before.
        for (boolean listed : new boolean[] {true, false}) {
            for (Message message : messages) {
                if (message.entry.key('P').isPresent() == listed) giveUniqueId(message, validity, given);
            }
        }
    }

    private void giveUniqueId(Message message, long validity, Set<String> given) {
        String formed = formed(message.entry, validity);
        String wanted = message.uniqueId == null ? formed : message.uniqueId;
        String id = wanted;
        for (int copy = 2; !given.add(id); copy++) id = MaildirName.asUniqueId(wanted + "-" + copy);
        // One that the format does not make from the list alone is kept in the list.
        boolean byFormat = id.equals(formed) && message.entry.key('G').isEmpty();
        message.uniqueId = byFormat && message.entry.key('P').isEmpty() ? null : id;
    }

    private String formed(UidList.Entry entry, long validity) {
        String guid = entry.key('G').orElse(entry.base());
        return MaildirName.asUniqueId(options.uniqueIds().of(entry.uid(), validity, entry.base(), guid));
    }

    /** What was found out by reading, and unique-ids that must stay, go into the list. */
    private void keepInList(Found found, List<Message> messages) throws IOException {
        Map<Long, UidList.Entry> keys = new HashMap<>();
        boolean must = false;
        for (Message message : messages) {
            UidList.Entry entry = message.entry;
            UidList.Entry more = new UidList.Entry(entry.uid(), "", entry.base());
            if (message.counted) more = more.with('W', Long.toString(message.octets));
            String id = message.uniqueId;
            if (id != null && !id.equals(uniqueId(entry, found.list.validity()))) {
                more = more.with('P', id);
                must = true;
            }
            if (!more.keys().isEmpty()) keys.put(entry.uid(), more);
        }
        if (keys.isEmpty() || !found.listed) return;
        try {
            try (DotLock held = lock()) {
                boolean same = identity().equals(found.identity);
                UidList now = UidList.read(io, list).orElseGet(() -> UidList.create(0));
                if (now.validity() != found.list.validity()) {
                    throw new StoreException(Reason.TEMPORARY, list + " was replaced by another one");
                }
                now.put(keys);
                held.check();
                now.save(io, list);
                found.identity = same ? identity() : "changed by others";
            }
        } catch (IOException e) {
            if (must) throw e;
            log.warn("{}: octets cannot be kept: {}", list, MaildirName.printable(e.toString()));
        }
    }

    private Snapshot packed(Found found, List<Message> messages) {
        int count = messages.size();
        int[] uids = new int[count];
        long[] octets = new long[count];
        int[] stamps = new int[count];
        BitSet verbatim = new BitSet(count);
        BitSet identified = new BitSet(count);
        for (int i = 0; i < count; i++) {
            Message message = messages.get(i);
            uids[i] = (int) message.entry.uid();
            octets[i] = message.octets;
            stamps[i] = message.stamp;
            verbatim.set(i, message.verbatim);
            identified.set(i, message.uniqueId != null);
        }
        PackedNames names = PackedNames.of(count, i -> {
            Message message = messages.get(i);
            return Snapshot.name(message.place, Optional.ofNullable(message.uniqueId));
        });
        // What is left out now may be served the next time, though its folder does not change.
        boolean whole = odd.isEmpty();
        Snapshot.State state = new Snapshot.State(
                options.idsBy(),
                found.list.validity(),
                found.identity,
                whole ? found.listing.incoming() : Snapshot.State.UNKNOWN,
                whole ? found.listing.current() : Snapshot.State.UNKNOWN);
        return new Snapshot(state, uids, octets, stamps, verbatim, identified, names);
    }

    /** What is left out of a maildrop: how much, and one example for the log. */
    private final class Odd {
        private final Set<String> places = new HashSet<>();
        private String example = "";

        synchronized void add(String place, String why) {
            if (places.add(place) && places.size() == 1) example = maildir + "/" + place + ": " + why;
        }

        boolean isEmpty() {
            return places.isEmpty();
        }

        void log() {
            if (isEmpty()) return;
            log.warn("{} entries are not served, such as {}", places.size(), MaildirName.printable(example));
        }
    }
}
