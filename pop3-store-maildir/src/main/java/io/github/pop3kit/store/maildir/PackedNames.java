package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Many names in little memory. Those of a maildir are long and alike: packed in blocks of 64 they take a third to a quarter of their
 * length, and a block is unpacked in the time of one small read. Names are octets without LF.
 */
final class PackedNames {

    private static final int BLOCK = 64;
    /** A name of 255 octets, a folder, and a unique-id. */
    private static final int LONGEST = 512;

    private final int count;
    /** Where each block ends in {@link #packed}. */
    private final int[] ends;

    private final byte[] packed;

    /** The block that was unpacked last, for names are asked for in their order. */
    private int block = -1;

    private byte[] names = {};
    /** Where each of its names begins, and where the next one would. */
    private int[] starts = {};

    private PackedNames(int count, int[] ends, byte[] packed) {
        this.count = count;
        this.ends = ends;
        this.packed = packed;
    }

    static PackedNames of(int count, IntFunction<String> name) {
        int[] ends = new int[blocks(count)];
        byte[] packed = new byte[count * 16 + 256];
        int size = 0;
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            for (int block = 0; block < ends.length; block++) {
                StringBuilder names = new StringBuilder(BLOCK * 80);
                for (int i = block * BLOCK; i < Math.min(count, (block + 1) * BLOCK); i++) {
                    names.append(name.apply(i)).append('\n');
                }
                deflater.reset();
                deflater.setInput(names.toString().getBytes(ISO_8859_1));
                deflater.finish();
                while (!deflater.finished()) {
                    if (size == packed.length) packed = Arrays.copyOf(packed, size + size / 2);
                    size += deflater.deflate(packed, size, packed.length - size);
                }
                ends[block] = size;
            }
        } finally {
            deflater.end();
        }
        return new PackedNames(count, ends, Arrays.copyOf(packed, size));
    }

    private static int blocks(int count) {
        return (count + BLOCK - 1) / BLOCK;
    }

    int count() {
        return count;
    }

    String get(int index) {
        unpack(index / BLOCK);
        int from = starts[index % BLOCK];
        return new String(names, from, starts[index % BLOCK + 1] - 1 - from, ISO_8859_1);
    }

    private void unpack(int wanted) {
        if (block == wanted) return;
        int from = wanted == 0 ? 0 : ends[wanted - 1];
        byte[] unpacked = new byte[BLOCK * LONGEST];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed, from, ends[wanted] - from);
            int size = inflater.inflate(unpacked);
            names = Arrays.copyOf(unpacked, size);
            starts = starts(names, Math.min(BLOCK, count - wanted * BLOCK));
            block = wanted;
        } catch (DataFormatException e) {
            throw new IllegalStateException("names were packed otherwise", e);
        } finally {
            inflater.end();
        }
    }

    private static int[] starts(byte[] names, int count) throws DataFormatException {
        int[] starts = new int[count + 1];
        int found = 0;
        for (int at = 0; at < names.length && found < count; at++) {
            if (names[at] == '\n') starts[++found] = at + 1;
        }
        if (found < count) throw new DataFormatException("a block has fewer names than it should");
        return starts;
    }

    /** How many octets {@link #write} writes. */
    int size() {
        return Integer.BYTES + ends.length * Integer.BYTES + packed.length;
    }

    void write(ByteBuffer to) {
        to.putInt(packed.length);
        to.asIntBuffer().put(ends);
        to.position(to.position() + ends.length * Integer.BYTES).put(packed);
    }

    /** Reads what was written, of so many names. */
    static PackedNames read(ByteBuffer from, int count) {
        byte[] packed = new byte[Math.min(from.getInt(), from.remaining())];
        int[] ends = new int[blocks(count)];
        from.asIntBuffer().get(ends);
        from.position(from.position() + ends.length * Integer.BYTES).get(packed);
        return new PackedNames(count, ends, packed);
    }
}
