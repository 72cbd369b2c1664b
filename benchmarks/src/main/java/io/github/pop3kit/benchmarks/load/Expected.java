package io.github.pop3kit.benchmarks.load;

import java.util.zip.CRC32;

/**
 * What follows a status line, known by its length and checksum.
 *
 * @param octets the closing line included
 */
record Expected(long octets, long checksum) {

    static Expected of(byte[] wire) {
        CRC32 crc = new CRC32();
        crc.update(wire);
        return new Expected(wire.length, crc.getValue());
    }
}
