package io.github.pop3kit.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** A body as it lies in the database: pieces of 64 KiB, each coded by itself, so that a reader needs no piece but the next. */
final class Chunks {

    static final int SIZE = 64 * 1024;

    private static final int AS_IT_IS = 0;
    private static final int DEFLATE = 1;
    /** How many go to the database at once: 1 MiB, which is far below what any of them takes. */
    private static final int BATCH = 16;

    private Chunks() {}

    /** How many pieces a body of so many octets has. */
    static int count(long octets) {
        return Math.toIntExact((octets + SIZE - 1) / SIZE);
    }

    static void insert(Connection connection, long body, Message message, boolean compress)
            throws SQLException, IOException {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try (InputStream source = message.open();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO pop3_chunk (body, n, coding, data) VALUES (?, ?, ?, ?)")) {
            int n = 0;
            for (byte[] piece = source.readNBytes(SIZE); piece.length > 0; piece = source.readNBytes(SIZE)) {
                byte[] data = compress ? deflated(deflater, piece) : piece;
                insert.setLong(1, body);
                insert.setInt(2, n++);
                insert.setInt(3, data == piece ? AS_IT_IS : DEFLATE);
                insert.setBytes(4, data);
                insert.addBatch();
                if (n % BATCH == 0) insert.executeBatch();
            }
            if (n % BATCH != 0) insert.executeBatch();
        } finally {
            deflater.end();
        }
    }

    /** The very piece where there is nothing to win. */
    private static byte[] deflated(Deflater deflater, byte[] piece) {
        byte[] coded = new byte[piece.length];
        deflater.reset();
        deflater.setInput(piece);
        deflater.finish();
        int length = deflater.deflate(coded);
        return deflater.finished() && length < piece.length ? Arrays.copyOf(coded, length) : piece;
    }

    /** The piece in this row, which has the columns coding and data. */
    static byte[] read(ResultSet row) throws SQLException, IOException {
        byte[] data = row.getBytes("data");
        int coding = row.getInt("coding");
        return switch (coding) {
            case AS_IT_IS -> data;
            case DEFLATE -> inflated(data);
            default -> throw new IOException("a chunk has the coding " + coding + ", which is of a later version");
        };
    }

    private static byte[] inflated(byte[] data) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(data);
            byte[] piece = new byte[SIZE];
            int length = inflater.inflate(piece);
            if (!inflater.finished()) throw new IOException("a chunk is damaged: it has more than 64 KiB, or no end");
            return length == SIZE ? piece : Arrays.copyOf(piece, length);
        } catch (DataFormatException e) {
            throw new IOException("a chunk is damaged", e);
        } finally {
            inflater.end();
        }
    }
}
