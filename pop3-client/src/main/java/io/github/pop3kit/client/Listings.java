package io.github.pop3kit.client;

import io.github.pop3kit.client.Deviation.Kind;
import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Reads what servers list, with the forms in which they have been seen to do it; what cannot be meant is a violation. */
final class Listings {

    /** So many octets each message may have in a listing, and all of them together some more. */
    private static final int USUAL_LINE = 255;

    private static final int MORE = 64 * 1024;

    private final Dialogue dialogue;

    Listings(Dialogue dialogue) {
        this.dialogue = dialogue;
    }

    /** What is done with a line. */
    interface Line {
        void take(String line) throws Pop3Exception;
    }

    /** Reads the lines up to the closing one. */
    void read(Line each) throws Pop3Exception {
        int most = dialogue.limits().listingEntries();
        long mostOctets = (long) USUAL_LINE * most + MORE;
        int lines = 0;
        long octets = 0;
        dialogue.begins();
        for (String line = dialogue.line(); !line.equals("."); line = dialogue.line()) {
            octets += line.length();
            if (lines++ == most) throw dialogue.listsMoreThan(most + " messages");
            if (octets > mostOctets) throw dialogue.listsMoreThan(mostOctets + " octets");
            each.take(line);
        }
        dialogue.ends();
    }

    /** The answer to STAT; empty if it has no size. */
    Optional<DropListing> drop(String text) throws Pop3Exception {
        String[] words = words(text);
        int count = words.length == 0 ? -1 : number(words[0]);
        if (count < 0) throw dialogue.violated("has answered STAT without a count", text);
        long octets = words.length < 2 ? -1 : octets(words[1]);
        if (octets < 0) {
            dialogue.deviates(Kind.DROP_SIZE, text);
            return Optional.empty();
        }
        if (words.length > 2) dialogue.deviates(Kind.LISTING_FORM, text);
        return Optional.of(new DropListing(count, octets));
    }

    /** A line of LIST. */
    ScanListing scan(String line) throws Pop3Exception {
        Optional<ScanListing> listing = ScanListing.parse(line);
        if (listing.isPresent() && listing.get().number() > 0) return listing.get();
        String[] words = words(line);
        int number = words.length == 0 ? -1 : number(words[0]);
        if (number < 1) throw dialogue.violated("has listed a message without a number", line);
        dialogue.deviates(Kind.LISTING_FORM, line);
        return new ScanListing(number, words.length < 2 ? -1 : octets(words[1]));
    }

    /** The answer to {@code LIST n}. */
    ScanListing scan(int number, String text) throws Pop3Exception {
        ScanListing listing = scan(text);
        if (listing.number() != number) throw dialogue.violated("has listed another message than " + number, text);
        return listing;
    }

    /** Whether that is an answer to {@code LIST n}. */
    boolean isScan(int number, String text) {
        return ScanListing.parse(text).stream().anyMatch(listing -> listing.number() == number);
    }

    /** A line of UIDL; empty if the message has no unique-id. */
    Optional<UniqueIdListing> uniqueId(String line) throws Pop3Exception {
        String stripped = line.strip();
        int blank = blank(stripped);
        int number = number(stripped.substring(0, blank));
        if (number < 1) throw dialogue.violated("has listed a unique-id without a message-number", line);
        String uniqueId = stripped.substring(blank).strip();
        if (uniqueId.isEmpty()) {
            dialogue.deviates(Kind.NO_UNIQUE_ID, line);
            return Optional.empty();
        }
        if (line.length() != blank + 1 + uniqueId.length()) dialogue.deviates(Kind.LISTING_FORM, line);
        checkForm(uniqueId);
        return Optional.of(new UniqueIdListing(number, uniqueId));
    }

    /** The answer to {@code UIDL n}; some servers leave the number out. */
    UniqueIdListing uniqueId(int number, String answer) throws Pop3Exception {
        String text = answer.strip();
        if (!text.isEmpty() && blank(text) == text.length()) {
            if (text.equals(Integer.toString(number))) {
                dialogue.deviates(Kind.NO_UNIQUE_ID, text);
                throw new NotOfferedException(dialogue.server(), "has no unique-id for message " + number, null);
            }
            dialogue.deviates(Kind.LISTING_FORM, text);
            checkForm(text);
            return new UniqueIdListing(number, text);
        }
        Optional<UniqueIdListing> listing = uniqueId(answer);
        if (listing.isEmpty() || listing.get().number() != number) {
            throw dialogue.violated("has told the unique-id of another message than " + number, answer);
        }
        return listing.get();
    }

    private void checkForm(String uniqueId) {
        if (uniqueId.length() > 70 || !uniqueId.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            dialogue.deviates(Kind.UNIQUE_ID_FORM, uniqueId);
        }
    }

    /** Of a message that is listed twice nobody knows which of the two lines is true. */
    void checkNumbers(IntStream numbers) throws Pop3Exception {
        Set<Integer> seen = new HashSet<>();
        int last = 0;
        for (int number : numbers.toArray()) {
            if (!seen.add(number)) throw dialogue.violated("has listed message " + number + " twice", "");
            if (number < last) dialogue.deviates(Kind.LISTING_FORM, number + " behind " + last);
            last = number;
        }
    }

    /** Notes it if two messages have one unique-id: then it says nothing about which of them was seen. */
    void checkTwice(List<UniqueIdListing> all) {
        Set<String> seen = new HashSet<>();
        for (UniqueIdListing listing : all) {
            if (!seen.add(listing.uniqueId())) {
                dialogue.deviates(Kind.UNIQUE_ID_TWICE, listing.uniqueId());
                return;
            }
        }
    }

    /** The header at the beginning of a message, which is read to its end, for the session has to go on. */
    MessageHeaders header(MessageStream message) throws IOException {
        MessageHeaders headers = MessageHeaders.read(message, dialogue.limits().headerOctets());
        message.transferTo(OutputStream.nullOutputStream());
        return headers;
    }

    /** The header that TOP was asked for. */
    MessageHeaders top(MessageStream message) throws IOException {
        MessageHeaders headers = header(message);
        if (headers.isOddlyFramed()) dialogue.deviates(Kind.TOP_FORM, "message " + message.number());
        return headers;
    }

    private static String[] words(String line) {
        String stripped = line.strip();
        return stripped.isEmpty() ? new String[0] : stripped.split("[ \\t]+", -1);
    }

    private static int blank(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == ' ' || line.charAt(i) == '\t') return i;
        }
        return line.length();
    }

    private static int number(String word) {
        return word.matches("[0-9]{1,9}") ? Integer.parseInt(word) : -1;
    }

    private static long octets(String word) {
        return word.matches("[0-9]{1,18}") ? Long.parseLong(word) : -1;
    }
}
