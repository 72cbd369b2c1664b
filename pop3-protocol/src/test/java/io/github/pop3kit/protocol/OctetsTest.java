package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OctetsTest {

    @Test
    void the_first_line_feed_is_found_wherever_it_stands() {
        for (ByteBuffer buffer : buffers(40)) {
            for (int at = 0; at < 40; at++) {
                buffer.put(at, (byte) '\n').put(39, (byte) '\n');
                for (int from = 0; from <= at; from++) assertEquals(at, Octets.lineFeed(buffer, from, 40));
                for (int to = 0; to <= at; to++) assertEquals(to, Octets.lineFeed(buffer, 0, to));
                buffer.put(at, (byte) 'x');
            }
        }
    }

    @Test
    void no_other_octet_is_taken_for_a_line_feed() {
        for (ByteBuffer buffer : buffers(24)) {
            for (int octet = 0; octet < 256; octet++) {
                if (octet == '\n') continue;
                for (int i = 0; i < 24; i++) buffer.put(i, (byte) octet);
                assertEquals(24, Octets.lineFeed(buffer, 0, 24));
                buffer.put(13, (byte) '\n');
                assertEquals(13, Octets.lineFeed(buffer, 0, 24));
            }
        }
    }

    @Test
    void random_octets_are_searched_as_a_plain_loop_searches_them() {
        Random random = new Random(10);
        for (ByteBuffer buffer : buffers(64)) {
            for (int i = 0; i < 10_000; i++) {
                buffer.putLong(8 * random.nextInt(8), random.nextLong() & 0x8F8F8F8F8F8F8F8FL);
                int from = random.nextInt(64);
                int to = from + random.nextInt(65 - from);
                int expected = from;
                while (expected < to && buffer.get(expected) != '\n') expected++;
                assertEquals(expected, Octets.lineFeed(buffer, from, to));
            }
        }
    }

    private static List<ByteBuffer> buffers(int size) {
        return List.of(
                ByteBuffer.allocate(size),
                ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN),
                ByteBuffer.allocateDirect(size),
                ByteBuffer.allocate(size + 3).position(3).slice());
    }
}
