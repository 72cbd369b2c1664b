package io.github.pop3kit.protocol;

import java.util.Optional;

/**
 * One line of UIDL (RFC 1939 section 7).
 *
 * @param uniqueId everything behind the blank: 1 to 70 characters from 0x21 to 0x7E, if the server keeps to the RFC
 */
public record UniqueIdListing(int number, String uniqueId) {

    /** Reads a line of UIDL, or what follows {@code +OK} in the answer to {@code UIDL n}. */
    public static Optional<UniqueIdListing> parse(String line) {
        int blank = line.indexOf(' ');
        if (blank < 0) return Optional.empty();
        long number = Text.number(line.substring(0, blank), 9);
        String uniqueId = line.substring(blank + 1);
        return number < 0 || uniqueId.isEmpty()
                ? Optional.empty()
                : Optional.of(new UniqueIdListing((int) number, uniqueId));
    }

    /** The line of UIDL. */
    @Override
    public String toString() {
        return number + " " + uniqueId;
    }
}
