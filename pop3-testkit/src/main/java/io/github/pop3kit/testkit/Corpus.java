package io.github.pop3kit.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Messages to deliver, made while they are read: the same each time. Immutable. */
public final class Corpus {

    private static final String TEXT =
            "the quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs. ";

    private final int count;
    private final IntFunction<byte[]> message;

    private Corpus(int count, IntFunction<byte[]> message) {
        this.count = count;
        this.message = message;
    }

    /**
     * A message of each of these sizes, in octets as LIST counts them; their lines end in CRLF.
     *
     * @throws IllegalArgumentException if a size is negative or 1, which a line of a message cannot have
     */
    public static Corpus sizes(int... octets) {
        int[] sizes = octets.clone();
        for (int size : sizes) {
            if (size < 0 || size == 1) throw new IllegalArgumentException("no message has the size " + size);
        }
        return new Corpus(sizes.length, i -> lines(new StringBuilder(), sizes[i]));
    }

    /**
     * Messages on which clients stumble: dots at every boundary, bare LF and CR, a last line without its end, NUL, octets beyond
     * ASCII, nothing at all, and a line of 100,000 octets.
     */
    public static Corpus tricky() {
        String[] messages = Samples.MESSAGES.values().toArray(String[]::new);
        return new Corpus(messages.length, i -> messages[i].getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Ordinary mail: a header, text, and sizes around an average.
     *
     * @param seed with another one the mail is another
     */
    public static Corpus mails(int count, int averageOctets, long seed) {
        return new Corpus(count, i -> mail(i + 1, averageOctets, new Random(seed * 31 + i)));
    }

    private static byte[] mail(int number, int averageOctets, Random random) {
        StringBuilder mail = new StringBuilder()
                .append("From: Sender ")
                .append(random.nextInt(1000))
                .append(" <sender@example.org>\r\n")
                .append("To: Recipient <recipient@example.org>\r\n")
                .append("Subject: message ")
                .append(number)
                .append("\r\n")
                .append("Date: Thu, 1 Jan 1998 12:00:00 +0000\r\n")
                .append("Message-ID: <")
                .append(Long.toHexString(random.nextLong()))
                .append("@example.org>\r\n")
                .append("\r\n");
        int octets = averageOctets / 2 + random.nextInt(averageOctets + 1);
        return lines(mail, Math.max(octets, mail.length() + 2));
    }

    /** Fills up with lines of text to exactly this many octets; one octet cannot be left for the last line. */
    private static byte[] lines(StringBuilder message, int octets) {
        while (message.length() < octets) {
            int left = octets - message.length();
            int line = left <= 78 ? left : left == 79 ? 77 : 78;
            for (int i = 0; i < line - 2; i++) message.append(TEXT.charAt(message.length() % TEXT.length()));
            message.append("\r\n");
        }
        return message.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The messages' octets, in order. */
    public Stream<byte[]> messages() {
        return IntStream.range(0, count).mapToObj(message);
    }

    /** How many messages. */
    @Override
    public String toString() {
        return "Corpus[" + count + " messages]";
    }
}
