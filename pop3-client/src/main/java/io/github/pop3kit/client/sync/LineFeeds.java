package io.github.pop3kit.client.sync;

/** Makes CRLF into LF in octets that come piece by piece; a CR alone stays. */
final class LineFeeds {

    private boolean carriageReturn;

    /**
     * Takes a piece.
     *
     * @param to has room for one octet more than the piece
     * @return how many octets are in {@code to} now
     */
    int take(byte[] from, int length, byte[] to) {
        int at = 0;
        for (int i = 0; i < length; i++) {
            byte octet = from[i];
            if (carriageReturn && octet != '\n') to[at++] = '\r';
            carriageReturn = octet == '\r';
            if (!carriageReturn) to[at++] = octet;
        }
        return at;
    }

    /** Whether the octets have ended in a CR, which is still to be written. */
    boolean endsInCarriageReturn() {
        return carriageReturn;
    }
}
