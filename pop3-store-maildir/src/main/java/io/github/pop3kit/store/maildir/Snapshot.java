package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the messages of a maildir, in their order, by their index from 0: in packed arrays, and in the file
 * {@code pop3kit.cache} that spares the next session to find out again. Nothing is lost with the file.
 */
final class Snapshot {

    static final String FILE = "pop3kit.cache";

    private static final Logger log = LoggerFactory.getLogger(Snapshot.class);
    private static final int VERSION = 0x706F_7002;
    private static final char ID = '\r';

    /**
     * When folders and list were as they are here.
     *
     * @param options how unique-ids were made
     * @param validity of the list
     * @param list which file it was
     * @param incoming when {@code new/} was changed last, in nanoseconds since 1970; {@link #UNKNOWN} where it may have changed since
     * @param current the same of {@code cur/}
     */
    record State(String options, long validity, String list, long incoming, long current) {
        static final long UNKNOWN = -1;
    }

    private final State state;
    private final int[] uids;
    private final long[] octets;
    /** A hash of the time at which each file was last modified. */
    private final int[] stamps;

    private final BitSet verbatim;
    /** Those whose unique-id is kept with their name: UIDL need not unpack the names of the others, which are mostly all. */
    private final BitSet identified;

    private PackedNames names;

    Snapshot(
            State state,
            int[] uids,
            long[] octets,
            int[] stamps,
            BitSet verbatim,
            BitSet identified,
            PackedNames names) {
        this.state = state;
        this.uids = uids;
        this.octets = octets;
        this.stamps = stamps;
        this.verbatim = verbatim;
        this.identified = identified;
        this.names = names;
    }

    static Snapshot empty() {
        State none = new State("", 0, "", State.UNKNOWN, State.UNKNOWN);
        PackedNames names = PackedNames.of(0, i -> "");
        return new Snapshot(none, new int[0], new long[0], new int[0], new BitSet(), new BitSet(), names);
    }

    /** What is kept of a message in {@link PackedNames}: its place, and its unique-id where no format makes it. */
    static String name(String place, Optional<String> uniqueId) {
        return uniqueId.map(id -> place + ID + id).orElse(place);
    }

    State state() {
        return state;
    }

    int count() {
        return uids.length;
    }

    long uid(int index) {
        return Integer.toUnsignedLong(uids[index]);
    }

    long octets(int index) {
        return octets[index];
    }

    int stamp(int index) {
        return stamps[index];
    }

    boolean verbatim(int index) {
        return verbatim.get(index);
    }

    /** Where the message was seen last: {@code new/} or {@code cur/} and its name. */
    String place(int index) {
        String name = names.get(index);
        int id = name.indexOf(ID);
        return id < 0 ? name : name.substring(0, id);
    }

    /** The unique-id that no format makes. */
    Optional<String> uniqueId(int index) {
        if (!identified.get(index)) return Optional.empty();
        String name = names.get(index);
        int id = name.indexOf(ID);
        return id < 0 ? Optional.empty() : Optional.of(name.substring(id + 1));
    }

    /** Takes note of where messages are now. */
    void moved(Map<Integer, String> places) {
        if (places.isEmpty()) return;
        PackedNames before = names;
        names = PackedNames.of(before.count(), i -> {
            String place = places.get(i);
            return place == null ? before.get(i) : name(place, uniqueId(i));
        });
    }

    /** Where each uid stands; -1 for one that is not here. */
    ToIntFunction<Long> indexes() {
        if (IntStream.range(1, uids.length).allMatch(i -> uid(i - 1) < uid(i))) return this::search;
        Map<Long, Integer> indexes = new HashMap<>(2 * uids.length); // some messages have an order of their own
        for (int i = 0; i < uids.length; i++) indexes.put(uid(i), i);
        return uid -> indexes.getOrDefault(uid, -1);
    }

    private int search(long uid) {
        int low = 0;
        int high = uids.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (uid(middle) < uid) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < uids.length && uid(low) == uid ? low : -1;
    }

    /** Reads the file; empty if there is none that is whole and can be read. */
    static Optional<Snapshot> read(MaildirIo io, Path maildir) {
        try {
            ByteBuffer from = ByteBuffer.wrap(io.read(maildir.resolve(FILE)));
            if (from.getInt() != VERSION || from.getInt() != checksum(from)) return Optional.empty();
            State state = new State(text(from), from.getLong(), text(from), from.getLong(), from.getLong());
            int count = from.getInt();
            if (count < 0 || count > from.remaining() / 16) return Optional.empty();
            int[] uids = new int[count];
            long[] octets = new long[count];
            int[] stamps = new int[count];
            from.asIntBuffer().get(uids);
            from.position(from.position() + count * Integer.BYTES)
                    .asLongBuffer()
                    .get(octets);
            from.position(from.position() + count * Long.BYTES).asIntBuffer().get(stamps);
            from.position(from.position() + count * Integer.BYTES);
            BitSet verbatim = bits(from, count);
            BitSet identified = bits(from, count);
            PackedNames names = PackedNames.read(from, count);
            return Optional.of(new Snapshot(state, uids, octets, stamps, verbatim, identified, names));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            log.warn("{}: {} cannot be read: {}", maildir, FILE, MaildirName.printable(e.toString()));
            return Optional.empty();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            log.info("{}: {} is of another version", maildir, FILE);
            return Optional.empty();
        }
    }

    /** Writes the file. It need not be durable. */
    void write(MaildirIo io, Path maildir) throws IOException {
        byte[] options = state.options().getBytes(UTF_8);
        byte[] list = state.list().getBytes(UTF_8);
        int fixed = 64 + options.length + list.length;
        ByteBuffer to = ByteBuffer.allocate(fixed + uids.length * 17 + names.size());
        to.putInt(VERSION).putInt(0);
        to.putShort((short) options.length).put(options).putLong(state.validity());
        to.putShort((short) list.length).put(list).putLong(state.incoming()).putLong(state.current());
        to.putInt(uids.length).asIntBuffer().put(uids);
        to.position(to.position() + uids.length * Integer.BYTES).asLongBuffer().put(octets);
        to.position(to.position() + uids.length * Long.BYTES).asIntBuffer().put(stamps);
        to.position(to.position() + uids.length * Integer.BYTES);
        names.write(to.put(octets(verbatim)).put(octets(identified)));
        to.flip().position(2 * Integer.BYTES);
        to.putInt(Integer.BYTES, checksum(to));

        Path written = maildir.resolve("tmp").resolve(MaildirName.unused());
        try {
            try (FileChannel file = io.create(written)) {
                io.write(file, to.rewind());
            }
            io.replace(written, maildir.resolve(FILE));
        } catch (IOException e) {
            try {
                io.delete(written);
            } catch (IOException remains) {
                e.addSuppressed(remains);
            }
            throw e;
        }
    }

    private byte[] octets(BitSet bits) {
        return Arrays.copyOf(bits.toByteArray(), (uids.length + 7) / 8);
    }

    private static BitSet bits(ByteBuffer from, int count) {
        byte[] octets = new byte[(count + 7) / 8];
        from.get(octets);
        return BitSet.valueOf(octets);
    }

    private static int checksum(ByteBuffer octets) {
        CRC32 checksum = new CRC32();
        checksum.update(octets.duplicate());
        return (int) checksum.getValue();
    }

    private static String text(ByteBuffer from) {
        byte[] text = new byte[from.getShort()];
        from.get(text);
        return new String(text, UTF_8);
    }
}
