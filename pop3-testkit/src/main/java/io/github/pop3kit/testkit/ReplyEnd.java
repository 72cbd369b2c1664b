package io.github.pop3kit.testkit;

/** Follows the octets of one reply, whose first line says whether there are more, to its end. */
final class ReplyEnd {

    private static final String CLOSING = "\r\n.\r\n";

    private final boolean severalLines;
    private final StringBuilder first = new StringBuilder();
    private final StringBuilder last = new StringBuilder();
    private boolean reached;

    /** @param severalLines whether more lines follow a positive status */
    ReplyEnd(boolean severalLines) {
        this.severalLines = severalLines;
    }

    /** Takes octets; returns whether the reply is at its end with them. */
    boolean reachedWith(byte[] octets) {
        for (byte octet : octets) {
            if (first.length() < 3) first.append((char) octet);
            last.append((char) octet);
            if (last.length() > CLOSING.length()) last.deleteCharAt(0);
        }
        boolean listing = severalLines && first.toString().equals("+OK");
        reached = last.toString().endsWith(listing ? CLOSING : "\n");
        return reached;
    }

    boolean isReached() {
        return reached;
    }
}
