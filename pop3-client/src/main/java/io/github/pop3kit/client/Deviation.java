package io.github.pop3kit.client;

/**
 * Something in which a server departs from the RFCs and that was put up with.
 *
 * @param detail what was seen, escaped
 */
public record Deviation(Kind kind, String detail) {

    /** In what. */
    public enum Kind {
        /** Lines end in LF, not CRLF. */
        LINE_FEEDS("lines end in LF"),
        /** An empty line stood where a status line belongs, and the status line behind it. */
        EMPTY_LINE("an empty line before a status line"),
        /** The server hung up at CAPA; it is not asked again. */
        HANGS_UP_AT_CAPA("the server hangs up at CAPA"),
        /** CAPA offers STLS over TLS. */
        STLS_UNDER_TLS("STLS is offered although TLS is on"),
        /** {@code +OK} stood where {@code +} belongs in a SASL exchange. */
        OK_FOR_CHALLENGE("+OK instead of a SASL challenge"),
        /** A SASL challenge was no base64, or lacked its padding. */
        CHALLENGE_NOT_BASE64("a SASL challenge that is not base64"),
        /** STAT has a size that is none. */
        DROP_SIZE("STAT without a usable size"),
        /** STAT or a listing has further words, or blanks that do not belong there, or the messages are not in order. */
        LISTING_FORM("a listing line in an unusual form"),
        /** A message has no unique-id. */
        NO_UNIQUE_ID("a message without a unique-id"),
        /** A unique-id is longer than 70 characters or has others than 0x21 to 0x7E. */
        UNIQUE_ID_FORM("a unique-id in an unusual form"),
        /** Two messages have the same unique-id. */
        UNIQUE_ID_TWICE("a unique-id that two messages have"),
        /** UIDL works, though CAPA does not offer it. */
        UIDL_NOT_OFFERED("UIDL works without being offered"),
        /** There is no TOP; the whole message was fetched instead. */
        TOP_MISSING("no TOP"),
        /** A header without the empty line behind it, or with a second status line before it. */
        TOP_FORM("an answer to TOP in an unusual form"),
        /** A message is larger or smaller than LIST says. */
        SIZE("a message of another size than LIST says"),
        /** The server offers PIPELINING and broke under it; later connections of the client do without. */
        PIPELINING_BROKEN("the server breaks under pipelining"),
        /** QUIT was refused or not answered, though nothing was to be deleted. */
        QUIT_UNANSWERED("no proper answer to QUIT"),
        /** What an {@code -ERR} means was guessed from its words, for there was no code. */
        ERROR_WITHOUT_CODE("an error in words only");

        private final String sentence;

        Kind(String sentence) {
            this.sentence = sentence;
        }
    }

    @Override
    public String toString() {
        return detail.isEmpty() ? kind.sentence : kind.sentence + ": " + detail;
    }
}
