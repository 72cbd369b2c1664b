package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.ResponseCode;
import java.util.Set;
import java.util.function.Predicate;

/** A command, and what can be made to go wrong with it. */
public final class CommandOccasion extends ReplyOccasion {

    private static final Set<String> NUMBERED = Set.of("LIST", "RETR", "DELE", "TOP", "UIDL");
    private static final Set<String> SIZED = Set.of("RETR", "TOP", "STAT", "LIST");
    private static final Set<String> SEVERAL_LINES = Set.of("RETR", "TOP", "CAPA", "LIST", "UIDL", "AUTH", "LANG");
    private static final Set<String> MESSAGES = Set.of("RETR", "TOP");

    /** The keyword; empty for any. */
    private final String keyword;

    CommandOccasion(Faults faults, String keyword, String description, Predicate<Moment> when) {
        super(faults, description, when);
        this.keyword = keyword;
    }

    @Override
    public CommandOccasion connection(int n) {
        return narrowed(Faults.atConnection(n), moment -> moment.connection() == n);
    }

    /**
     * Only for this message-number.
     *
     * @throws IllegalStateException if the command has none
     */
    public CommandOccasion message(int number) {
        only(NUMBERED, "message");
        return narrowed(" of message " + number, moment -> moment.message() == number);
    }

    /** {@code -ERR [code] …}; the command is not served. */
    public FaultRule refuse(ResponseCode code) {
        return answer(Reply.err(code, "refused for a test").line());
    }

    /**
     * The status line claims another size.
     *
     * @throws IllegalStateException if the command is not RETR, TOP, STAT or LIST
     */
    public FaultRule claimOctets(long claimed) {
        only(SIZED, "claimOctets");
        return change("claim " + claimed + " octets", (reply, random) -> reply.change(ReplyFilter.claiming(claimed)));
    }

    /**
     * The line that closes a message or a listing is missing; then the next command is awaited.
     *
     * @throws IllegalStateException if the command's reply has one line
     */
    public FaultRule withoutFinalDot() {
        only(SEVERAL_LINES, "withoutFinalDot");
        return change("without the final dot", (reply, random) -> reply.change(ReplyFilter.withoutFinalDot()));
    }

    /**
     * Lines of a message that begin with a dot are not stuffed, as some servers forget.
     *
     * @throws IllegalStateException if the command is not RETR or TOP
     */
    public FaultRule dropDotStuffing() {
        only(MESSAGES, "dropDotStuffing");
        return change("without dot-stuffing", (reply, random) -> reply.change(ReplyFilter.withoutDotStuffing()));
    }

    private void only(Set<String> keywords, String what) {
        if (!keyword.isEmpty() && !keywords.contains(keyword)) {
            throw new IllegalStateException(what + " has no meaning for " + keyword);
        }
    }

    private CommandOccasion narrowed(String more, Predicate<Moment> narrower) {
        return new CommandOccasion(faults(), keyword, describe(more), when().and(narrower));
    }
}
