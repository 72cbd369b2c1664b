package io.github.pop3kit.protocol;

import java.util.Optional;

/**
 * The answer to STAT: how many messages there are and their size altogether, both without those marked as deleted (RFC 1939
 * section 5).
 */
public record DropListing(int count, long octets) {

    /** Reads what follows {@code +OK} in the answer to STAT; further words are ignored. */
    public static Optional<DropListing> parse(String text) {
        return Listing.parse(text).map(listing -> new DropListing(listing.number(), listing.octets()));
    }

    /** What follows {@code +OK}. */
    @Override
    public String toString() {
        return count + " " + octets;
    }
}
