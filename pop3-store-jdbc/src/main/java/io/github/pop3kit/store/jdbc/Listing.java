package io.github.pop3kit.store.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;

/** What is known of the messages of an open maildrop, packed: 42 octets a message, and no object for any. Indices begin at 0. */
final class Listing {

    private int count;
    private long maildrop;
    private long[] octets = new long[16];
    private long[] received = new long[16];
    private byte[] uniqueIds = new byte[16 * 22];
    private int[] ends = new int[16];
    private final BitSet verbatim = new BitSet();

    /** Reads rows of maildrop, unique_id, octets, verbatim, received. */
    static Listing read(ResultSet rows) throws SQLException {
        Listing listing = new Listing();
        while (rows.next()) listing.add(rows);
        listing.resize(listing.count, listing.end(listing.count - 1));
        return listing;
    }

    private void add(ResultSet row) throws SQLException {
        byte[] uniqueId = row.getString(2).getBytes(StandardCharsets.ISO_8859_1);
        int begin = end(count - 1);
        if (count == octets.length) resize(count * 2, uniqueIds.length);
        if (begin + uniqueId.length > uniqueIds.length) resize(octets.length, 2 * uniqueIds.length + uniqueId.length);
        System.arraycopy(uniqueId, 0, uniqueIds, begin, uniqueId.length);
        ends[count] = begin + uniqueId.length;
        if (count == 0) maildrop = row.getLong(1);
        octets[count] = row.getLong(3);
        if (row.getInt(4) != 0) verbatim.set(count);
        received[count] = row.getLong(5);
        count++;
    }

    private void resize(int messages, int characters) {
        octets = Arrays.copyOf(octets, messages);
        received = Arrays.copyOf(received, messages);
        ends = Arrays.copyOf(ends, messages);
        uniqueIds = Arrays.copyOf(uniqueIds, characters);
    }

    private int end(int index) {
        return index < 0 ? 0 : ends[index];
    }

    int count() {
        return count;
    }

    /** The key of the maildrop; 0 if there are no messages. */
    long maildrop() {
        return maildrop;
    }

    String uniqueId(int index) {
        int begin = end(index - 1);
        return new String(uniqueIds, begin, ends[index] - begin, StandardCharsets.ISO_8859_1);
    }

    long octets(int index) {
        return octets[index];
    }

    boolean verbatim(int index) {
        return verbatim.get(index);
    }

    /** In milliseconds since 1970. */
    long received(int index) {
        return received[index];
    }
}
