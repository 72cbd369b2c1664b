package io.github.pop3kit.client.sync;

/**
 * What is left on the server. Whatever it says, a message is only deleted once it is stored.
 *
 * <pre>{@code
 * Retention.keepDays(14).deleteLargerThan(10_000_000).skipLargerThan(100_000_000)
 * }</pre>
 */
public final class Retention {

    private static final long UNLIMITED = Long.MAX_VALUE;

    private final String name;
    private final int days;
    private final int newest;
    private final long deletedAbove;
    private final long skippedAbove;

    private Retention(String name, int days, int newest, long deletedAbove, long skippedAbove) {
        this.name = name;
        this.days = days;
        this.newest = newest;
        this.deletedAbove = deletedAbove;
        this.skippedAbove = skippedAbove;
    }

    /** Nothing is deleted. */
    public static Retention keepAll() {
        return new Retention("keep all", Integer.MAX_VALUE, Integer.MAX_VALUE, UNLIMITED, UNLIMITED);
    }

    /** All that is stored is deleted in the same session. */
    public static Retention deleteAfterFetch() {
        return new Retention("delete after fetch", 0, 0, UNLIMITED, UNLIMITED);
    }

    /** What was first seen so many days ago, or earlier, is deleted. POP3 does not tell when a message came. */
    public static Retention keepDays(int days) {
        if (days < 0) throw new IllegalArgumentException("a number of days is not negative");
        return new Retention("keep " + days + " days", days, 0, UNLIMITED, UNLIMITED);
    }

    /** All but the last so many messages of the maildrop are deleted. */
    public static Retention keepNewest(int messages) {
        if (messages < 0) throw new IllegalArgumentException("a number of messages is not negative");
        return new Retention("keep the newest " + messages, 0, messages, UNLIMITED, UNLIMITED);
    }

    /** The same, and messages of more octets are deleted as soon as they are stored. */
    public Retention deleteLargerThan(long octets) {
        return new Retention(name, days, newest, checked(octets), skippedAbove);
    }

    /** The same, and messages of more octets are left on the server and not fetched. */
    public Retention skipLargerThan(long octets) {
        return new Retention(name, days, newest, deletedAbove, checked(octets));
    }

    private static long checked(long octets) {
        if (octets < 0) throw new IllegalArgumentException("a number of octets is not negative");
        return octets;
    }

    /** Whether nothing that is fetched stays on the server: only then unique-ids are not needed. */
    boolean keepsNothing() {
        return days == 0 && newest == 0;
    }

    boolean skips(long octets) {
        return octets > skippedAbove;
    }

    /** Whether a message that is stored is to be deleted; {@code behind} is how many come after it in the maildrop. */
    boolean deletes(long octets, long ageInDays, int behind) {
        return octets > deletedAbove || (ageInDays >= days && behind >= newest);
    }

    /** How many days messages are to stay, if that many; they may be the newest for any time. */
    int keptDays() {
        return newest > 0 ? Integer.MAX_VALUE : days;
    }

    @Override
    public String toString() {
        return name
                + (deletedAbove == UNLIMITED ? "" : ", delete larger than " + deletedAbove)
                + (skippedAbove == UNLIMITED ? "" : ", skip larger than " + skippedAbove);
    }
}
