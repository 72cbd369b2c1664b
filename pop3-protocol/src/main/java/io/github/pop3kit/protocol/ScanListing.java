package io.github.pop3kit.protocol;

import java.util.Optional;

/**
 * One line of LIST: a message and its size (RFC 1939 section 5).
 *
 * @param octets the size with CRLF line ends, before dot-stuffing (RFC 1939 section 11)
 */
public record ScanListing(int number, long octets) {

    /** Reads a line of LIST, or what follows {@code +OK} in the answer to {@code LIST n}; further words are ignored. */
    public static Optional<ScanListing> parse(String line) {
        return Listing.parse(line).map(listing -> new ScanListing(listing.number(), listing.octets()));
    }

    /** The line of LIST. */
    @Override
    public String toString() {
        return number + " " + octets;
    }
}
