package io.github.pop3kit.store.maildir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pop3kit.store.Maildrop;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * What the name of a message's file says: {@code 1791234567.M20046P864Q3.host,S=4096,W=4180:2,RS} is its base, sizes included,
 * and then, behind a colon, flags that change while the message stays the same.
 *
 * <p>Names are strings of octets (see {@link MaildirIo}) and stand behind their folder here: {@code new/…} or {@code cur/…}, a
 * <em>place</em>.
 */
final class MaildirName {

    private static final int FOLDER = "new/".length();
    private static final int LONGEST_IN_LOG = 512;
    private static final Pattern UNUSUAL_IN_HOST = Pattern.compile("[^A-Za-z0-9._-]");
    /** Containers may have one name and the same pids. */
    private static final String PROCESS = HexFormat.of().toHexDigits(new SecureRandom().nextInt());

    private static final AtomicInteger delivered = new AtomicInteger();

    private MaildirName() {}

    /** A base that no other message has, in any process of any host, as long as hosts have names of their own. */
    static String unused() {
        Instant now = Instant.now();
        return String.format(
                Locale.ROOT,
                "%d.M%dP%dQ%dR%s.%s",
                now.getEpochSecond(),
                now.getNano() / 1000,
                ProcessHandle.current().pid(),
                delivered.incrementAndGet(),
                PROCESS,
                inName(Host.NAME));
    }

    /** A slash ends a name, a colon its base, a comma what is unique in it; each is written as a backslash and its octal code. */
    static String inName(String host) {
        return UNUSUAL_IN_HOST.matcher(host).replaceAll(unusual -> {
            return String.format(Locale.ROOT, "\\\\%03o", (int) unusual.group().charAt(0));
        });
    }

    /** What stays the same however a message is moved and flagged: the name up to its flags, as Dovecot has it in its list. */
    static String base(String place) {
        int colon = place.indexOf(':', FOLDER);
        return colon < 0 ? place.substring(FOLDER) : place.substring(FOLDER, colon);
    }

    /** What stands behind the base: nothing, or a colon and flags. */
    static String flags(String place) {
        int colon = place.indexOf(':', FOLDER);
        return colon < 0 ? "" : place.substring(colon);
    }

    /** The file's length by its base ({@code S}), or that of the message with CRLF ({@code W}); -1 if the base does not say. */
    static long size(String base, char which) {
        int field = base.indexOf("," + which + "=");
        if (field < 0) return -1;
        int from = field + 3;
        int to = endOfDigits(base, from);
        boolean ends = to == base.length() || base.charAt(to) == ',';
        return from < to && to - from <= 18 && ends ? Long.parseLong(base, from, to, 10) : -1;
    }

    /** The size fields of a base, to be kept in another one. */
    static String sizes(String base) {
        long size = size(base, 'S');
        long octets = size(base, 'W');
        return (size < 0 ? "" : ",S=" + size) + (octets < 0 ? "" : ",W=" + octets);
    }

    /** Whether Dovecot's list can have such a name; Dovecot leaves out the others, and so do we. */
    static boolean isListable(String place) {
        return place.length() > FOLDER
                && place.charAt(FOLDER) != ':'
                && place.indexOf('\n') < 0
                && place.indexOf('\r') < 0
                && place.indexOf('/', FOLDER) < 0;
    }

    /** The id itself where it can be a unique-id, else its hash behind {@code h:}. Different ids have different unique-ids. */
    static String asUniqueId(String id) {
        return Maildrop.isUniqueId(id) ? id : "h:" + sha256(id);
    }

    private static String sha256(String octets) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(octets.getBytes(ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * Where a new message stands among others: by the seconds, then by the microseconds where both have them, then by the octets of
     * the base, as Dovecot does.
     *
     * @param rank 0 for names with microseconds; those without stand before all of them or behind, where their octets put them: so
     *     the order of any three names is without contradiction
     */
    record Arrival(long seconds, int rank, long micros, String base) implements Comparable<Arrival> {

        static Arrival of(String place) {
            int after = endOfDigits(place, FOLDER);
            long seconds = number(place, FOLDER, after);
            String base = MaildirName.base(place);
            if (place.startsWith(".M", after) && isDigit(place, after + 2)) {
                return new Arrival(seconds, 0, number(place, after + 2, endOfDigits(place, after + 2)), base);
            }
            String rest = place.substring(after, Math.max(after, FOLDER + base.length()));
            return new Arrival(seconds, rest.compareTo(".M0") < 0 ? -1 : 1, 0, base);
        }

        @Override
        public int compareTo(Arrival other) {
            int order = Long.compare(seconds, other.seconds);
            if (order == 0) order = Integer.compare(rank, other.rank);
            if (order == 0) order = Long.compare(micros, other.micros);
            return order == 0 ? base.compareTo(other.base) : order;
        }
    }

    private static int endOfDigits(String place, int from) {
        int end = from;
        while (isDigit(place, end)) end++;
        return end;
    }

    /** More than 18 digits count as the largest number. */
    private static long number(String place, int from, int to) {
        if (from == to) return 0;
        return to - from > 18 ? Long.MAX_VALUE : Long.parseLong(place, from, to, 10);
    }

    private static boolean isDigit(String place, int index) {
        return index < place.length() && place.charAt(index) >= '0' && place.charAt(index) <= '9';
    }

    /** Fit for one line of a log, whatever was in it. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        for (int i = 0; i < text.length() && printable.length() < LONGEST_IN_LOG; i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 0x20 && c < 0x7F && c != '\\') || (c > 0xA0 && Character.isLetterOrDigit(c));
            if (plain) {
                printable.append(c);
            } else {
                printable.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            }
        }
        return printable.toString();
    }
}
