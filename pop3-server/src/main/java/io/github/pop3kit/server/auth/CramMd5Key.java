package io.github.pop3kit.server.auth;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What Dovecot's scheme CRAM-MD5 keeps of a password: the states of HMAC-MD5's two hashes once they have taken the key. It checks
 * responses to CRAM-MD5, and no login elsewhere can be made of it. Java's MD5 does not let its state be seen, hence this one.
 */
final class CramMd5Key {

    private static final int BLOCK = 64;
    private static final int[] START = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    private static final int[] SHIFTS = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
    private static final int[] SINES = new int[64];

    static {
        for (int i = 0; i < SINES.length; i++) SINES[i] = (int) (long) (Math.abs(Math.sin(i + 1)) * (1L << 32));
    }

    private final int[] outer;
    private final int[] inner;

    private CramMd5Key(int[] outer, int[] inner) {
        this.outer = outer;
        this.inner = inner;
    }

    static CramMd5Key of(String password) {
        byte[] key = password.getBytes(StandardCharsets.UTF_8);
        if (key.length > BLOCK) key = finish(START.clone(), 0, key);
        return new CramMd5Key(padded(key, 0x5C), padded(key, 0x36));
    }

    private static int[] padded(byte[] key, int pad) {
        byte[] block = Arrays.copyOf(key, BLOCK);
        for (int i = 0; i < BLOCK; i++) block[i] ^= (byte) pad;
        int[] state = START.clone();
        compress(state, ByteBuffer.wrap(block));
        return state;
    }

    /** Reads 64 hexadecimal digits; empty if they are not. */
    static Optional<CramMd5Key> parse(String text) {
        if (!text.matches("[0-9a-fA-F]{64}")) return Optional.empty();
        ByteBuffer octets = ByteBuffer.wrap(HexFormat.of().parseHex(text)).order(ByteOrder.LITTLE_ENDIAN);
        int[] outer = new int[4];
        int[] inner = new int[4];
        octets.asIntBuffer().get(outer).get(inner);
        return Optional.of(new CramMd5Key(outer, inner));
    }

    /** 64 hexadecimal digits in lower case. */
    String print() {
        return HexFormat.of().formatHex(octets(outer)) + HexFormat.of().formatHex(octets(inner));
    }

    /** HMAC-MD5 of the challenge, as hexadecimal digits in lower case. */
    String digest(byte[] challenge) {
        return HexFormat.of().formatHex(finish(outer.clone(), BLOCK, finish(inner.clone(), BLOCK, challenge)));
    }

    /** RFC 1321 section 3: pads the rest of a text, takes it in, and yields the digest. */
    private static byte[] finish(int[] state, int before, byte[] rest) {
        int padded = (rest.length + 8) / BLOCK * BLOCK + BLOCK;
        ByteBuffer blocks = ByteBuffer.wrap(Arrays.copyOf(rest, padded)).order(ByteOrder.LITTLE_ENDIAN);
        blocks.put(rest.length, (byte) 0x80).putLong(padded - 8, 8L * (before + rest.length));
        for (int at = 0; at < padded; at += BLOCK) compress(state, blocks.slice(at, BLOCK));
        return octets(state);
    }

    private static byte[] octets(int[] state) {
        ByteBuffer octets = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        octets.asIntBuffer().put(state);
        return octets.array();
    }

    /** RFC 1321 section 3.4. */
    private static void compress(int[] state, ByteBuffer block) {
        int[] words = new int[16];
        block.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
        int a = state[0];
        int b = state[1];
        int c = state[2];
        int d = state[3];
        for (int i = 0; i < 64; i++) {
            int round = i / 16;
            int mixed = switch (round) {
                case 0 -> (b & c) | (~b & d);
                case 1 -> (d & b) | (~d & c);
                case 2 -> b ^ c ^ d;
                default -> c ^ (b | ~d);
            };
            int word = switch (round) {
                case 0 -> i;
                case 1 -> (5 * i + 1) % 16;
                case 2 -> (3 * i + 5) % 16;
                default -> 7 * i % 16;
            };
            int rotated = Integer.rotateLeft(a + mixed + SINES[i] + words[word], SHIFTS[4 * round + i % 4]);
            a = d;
            d = c;
            c = b;
            b += rotated;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
