package io.github.pop3kit.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The header of a message, as {@code TOP n 0} brings it, for those who list a maildrop. Immutable.
 *
 * <p>Every header can be read, however broken: what is no field is skipped, and so are its continuation lines. Lines end in LF, with
 * or without CR; a CR elsewhere is a blank. Time and memory are linear in the octets.
 *
 * <p>Texts are decoded (RFC 2047, RFC 6532) and <b>safe to print on a terminal</b>: they never contain control characters (U+0000 to
 * U+001F, U+007F to U+009F), line or paragraph separators (U+2028, U+2029), or bidirectional embeddings, overrides and isolates
 * (U+202A to U+202E, U+2066 to U+2069). Each of these becomes one blank. Texts are for people: a decoded address may show brackets
 * and commas that mean nothing, so a program that looks for addresses reads {@link #raw} instead.
 */
public final class MessageHeaders {

    private final List<Field> fields;
    private final boolean truncated;
    private final boolean oddlyFramed;

    private MessageHeaders(String octets, boolean truncated, boolean ended) {
        this.fields = fields(octets);
        this.truncated = truncated;
        this.oddlyFramed = !ended || octets.startsWith("+OK");
    }

    /** Reads a header up to its empty line or the end; what follows is ignored. */
    public static MessageHeaders parse(byte[] octets) {
        return new MessageHeaders(new String(octets, StandardCharsets.ISO_8859_1), false, true);
    }

    /**
     * Reads a header up to its empty line or the end of the stream; what follows the empty line is left in the stream. It is read
     * octet by octet and not closed.
     *
     * @param limitOctets how much is kept; of a longer header the fields that are not wholly within the limit are read and ignored
     */
    public static MessageHeaders read(InputStream in, int limitOctets) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        int wholeFields = 0;
        boolean truncated = false;
        boolean lineStart = true;
        boolean emptyLine = true;
        boolean ended = false;
        for (int octet; (octet = in.read()) >= 0; ) {
            if (lineStart && !isBlank(octet) && !truncated) wholeFields = header.size();
            lineStart = octet == '\n';
            ended = lineStart && emptyLine;
            if (ended) break;
            emptyLine = lineStart || (emptyLine && octet == '\r');
            if (header.size() < limitOctets) {
                header.write(octet);
            } else if (octet != '\r' && octet != '\n') {
                truncated = true;
            }
        }
        String octets = header.toString(StandardCharsets.ISO_8859_1);
        return new MessageHeaders(truncated ? octets.substring(0, wholeFields) : octets, truncated, ended);
    }

    /** Whether the header was longer than the limit, so that fields are missing. */
    public boolean truncated() {
        return truncated;
    }

    /** Whether no empty line ended it, or a status line stood where it begins. */
    boolean isOddlyFramed() {
        return oddlyFramed;
    }

    /** The name of each field, in order and as written: ASCII without blanks. A name stands here as often as its field. */
    public List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    /** The text of the first field of this name, in either letter case. */
    public Optional<String> first(String name) {
        return raw(name).map(EncodedWords::decode);
    }

    /** The texts of all fields of this name, in either letter case, in order. */
    public List<String> all(String name) {
        return named(name).map(EncodedWords::decode).toList();
    }

    /**
     * The body of the first field of this name, in either letter case: its octets as characters of ISO 8859-1, unfolded, without
     * blanks around it. It may contain any control character but CR and LF.
     */
    public Optional<String> raw(String name) {
        return named(name).findFirst();
    }

    /** The text of {@code Subject}, which may be empty. */
    public Optional<String> subject() {
        return first("Subject");
    }

    /** The text of {@code From}: names, addresses and comments as they stand there. */
    public Optional<String> from() {
        return first("From");
    }

    /**
     * When the message says that it was completed, by {@code Date} (RFC 5322 sections 3.3 and 4.3); empty if that cannot be read.
     * A zone that is unknown or missing is UTC.
     */
    public Optional<OffsetDateTime> date() {
        return raw("Date").flatMap(HeaderDate::parse);
    }

    /**
     * {@code Message-ID}, from bracket to bracket, or the whole text if it has no brackets. It is the sender's, and nothing keeps
     * two messages from having the same: to tell messages apart there are unique-ids.
     */
    public Optional<String> messageId() {
        return raw("Message-ID").map(MessageHeaders::bracketed).filter(id -> !id.isEmpty());
    }

    /** Encoded-words mean nothing here (RFC 2047 section 5). */
    private static String bracketed(String body) {
        int start = body.indexOf('<');
        int end = body.indexOf('>', start + 1);
        return EncodedWords.literal(start >= 0 && end >= 0 ? body.substring(start, end + 1) : body);
    }

    private Stream<String> named(String name) {
        return fields.stream()
                .filter(field -> field.name.equalsIgnoreCase(name))
                .map(Field::body);
    }

    /** @param body unfolded octets */
    private record Field(String name, String body) {}

    private static List<Field> fields(String header) {
        List<Field> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        for (int start = 0; start < header.length(); ) {
            int lineFeed = header.indexOf('\n', start);
            int next = lineFeed < 0 ? header.length() : lineFeed + 1;
            int end = lineFeed < 0 ? header.length() : lineFeed;
            while (end > start && header.charAt(end - 1) == '\r') end--;
            if (end == start) break;
            if (!isBlank(header.charAt(start))) {
                addField(fields, field.toString());
                field.setLength(0);
            }
            field.append(header, start, end);
            start = next;
        }
        addField(fields, field.toString());
        return List.copyOf(fields);
    }

    /** Adds a field if this is one: the line "From " of an mbox is none, for there are blanks in front of its colon. */
    private static void addField(List<Field> fields, String unfolded) {
        int colon = unfolded.indexOf(':');
        if (colon < 0) return;
        int end = colon;
        while (end > 0 && isBlank(unfolded.charAt(end - 1))) end--;
        String name = unfolded.substring(0, end);
        if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 0x7F)) return;
        fields.add(new Field(name, trim(unfolded.substring(colon + 1).replace('\r', ' '))));
    }

    /** Not {@link String#strip}, for which other controls are blank, too. */
    private static String trim(String body) {
        int start = 0;
        int end = body.length();
        while (start < end && isBlank(body.charAt(start))) start++;
        while (end > start && isBlank(body.charAt(end - 1))) end--;
        return body.substring(start, end);
    }

    private static boolean isBlank(int octet) {
        return octet == ' ' || octet == '\t';
    }
}
