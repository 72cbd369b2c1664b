package io.github.pop3kit.client;

/**
 * What a client puts up with. A line of a reply has at most 8192 octets, a listing 255 for each message that it may
 * have and 64 KiB more; those are fixed.
 *
 * @param listingEntries how many messages a maildrop may have
 * @param messageOctets how large a message may be
 * @param headerOctets how much of a header is kept
 * @param drainOctets how much of a message that is closed early is read and thrown away; where more is left, the connection is closed
 * @param window how many commands of a batch are under way at most, where the server offers PIPELINING; 1 turns it off
 */
public record ClientLimits(int listingEntries, long messageOctets, int headerOctets, long drainOctets, int window) {

    private static final ClientLimits DEFAULTS =
            new ClientLimits(1_000_000, 4L * 1024 * 1024 * 1024, 256 * 1024, 1024 * 1024, 256);

    public ClientLimits {
        if (listingEntries < 1 || messageOctets < 1 || headerOctets < 1 || drainOctets < 0 || window < 1) {
            throw new IllegalArgumentException("limits are positive");
        }
    }

    /** A million messages of up to 4 GiB, headers of 256 KiB, 1 MiB drained, a window of 256. */
    public static ClientLimits defaults() {
        return DEFAULTS;
    }

    /** These limits with another number of messages. */
    public ClientLimits withListingEntries(int most) {
        return new ClientLimits(most, messageOctets, headerOctets, drainOctets, window);
    }

    /** These limits with another size of a message. */
    public ClientLimits withMessageOctets(long most) {
        return new ClientLimits(listingEntries, most, headerOctets, drainOctets, window);
    }

    /** These limits with another size of a header. */
    public ClientLimits withHeaderOctets(int most) {
        return new ClientLimits(listingEntries, messageOctets, most, drainOctets, window);
    }

    /** These limits with another amount that is drained. */
    public ClientLimits withDrainOctets(long most) {
        return new ClientLimits(listingEntries, messageOctets, headerOctets, most, window);
    }

    /** These limits with another window. */
    public ClientLimits withWindow(int most) {
        return new ClientLimits(listingEntries, messageOctets, headerOctets, drainOctets, most);
    }
}
