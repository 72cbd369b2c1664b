package io.github.pop3kit.store;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * The octets of one stored message; lines end in LF or CRLF, the server makes CRLF of both.
 *
 * @param channel positioned at the first octet; closing the content closes it
 * @param verbatim promises CRLF line ends, the last one included, and no line that begins with a dot: such a message goes to the
 *     wire without being looked at
 */
public record MessageContent(ReadableByteChannel channel, boolean verbatim) implements Closeable {

    /** A message of which nothing is promised. */
    public static MessageContent of(ReadableByteChannel channel) {
        return new MessageContent(channel, false);
    }

    /** A message held in memory. The array is not copied. */
    public static MessageContent of(byte[] message) {
        return of(Channels.newChannel(new ByteArrayInputStream(message)));
    }

    /** A message written as text, in UTF-8. */
    public static MessageContent of(String message) {
        return of(message.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the content to its end and counts what RETR would send of it before dot-stuffing: a bare LF counts as two octets, and
     * a last line without its end is given one.
     */
    public long octets() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        long octets = 0;
        byte last = '\n';
        while (channel.read(buffer) >= 0) {
            int end = buffer.position();
            byte[] read = buffer.array();
            octets += end;
            for (int i = 0; i < end; i++) {
                if (read[i] == '\n' && last != '\r') octets++;
                last = read[i];
            }
            buffer.clear();
        }
        return last == '\n' ? octets : octets + 2;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
