package io.github.pop3kit.client.sync;

import java.io.ByteArrayOutputStream;

/** Makes octets into the lines of an mbox, piece by piece: ended by LF, and with a {@code >} before each that looks like a From_ line. */
final class FromLines {

    private static final byte[] FROM = {'F', 'r', 'o', 'm', ' '};

    private final LineFeeds lineFeeds = new LineFeeds();
    private byte[] lines = new byte[0];

    /** How many {@code >} the line has begun with, and how much of {@code From } came behind; -1 in the rest of a line. */
    private int quotes;

    private int matched;

    /** Takes a piece. */
    void take(byte[] octets, int length, ByteArrayOutputStream to) {
        if (lines.length <= length) lines = new byte[length + 1];
        int converted = lineFeeds.take(octets, length, lines);
        for (int i = 0; i < converted; i++) take(lines[i], to);
    }

    private void take(byte octet, ByteArrayOutputStream to) {
        if (quotes >= 0) {
            if (octet == '>' && matched == 0) {
                quotes++;
                return;
            }
            if (octet == FROM[matched]) {
                matched++;
                if (matched < FROM.length) return;
                to.write('>');
                release(to);
                return;
            }
            release(to);
        }
        to.write(octet);
        if (octet == '\n') quotes = 0;
    }

    private void release(ByteArrayOutputStream to) {
        for (int i = 0; i < quotes; i++) to.write('>');
        to.write(FROM, 0, matched);
        quotes = -1;
        matched = 0;
    }

    /** The message ends here, and so do its last line and, with an empty one, its place in the mbox. */
    void end(ByteArrayOutputStream to) {
        boolean inLine = quotes != 0 || matched != 0 || lineFeeds.endsInCarriageReturn();
        if (quotes >= 0) release(to);
        if (lineFeeds.endsInCarriageReturn()) to.write('\r');
        if (inLine) to.write('\n');
        to.write('\n');
    }
}
