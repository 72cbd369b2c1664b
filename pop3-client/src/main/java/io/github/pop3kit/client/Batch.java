package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.Reply;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;

/**
 * One command for many messages, several of them under way where the server offers PIPELINING (RFC 2449 section 6.6).
 *
 * <p>An answer too many, or one too few, makes each one behind it another message's, and answers to RETR, TOP and DELE do not tell whose
 * they are. Those to LIST and STAT do: LIST comes before each message, and STAT behind the last one (ADR 16).
 */
final class Batch {

    /** What is done about a message that the server did not refuse. */
    interface Answer {
        void take(int number, int nth) throws IOException;
    }

    private static final int FIRST_WINDOW = 128;

    /** What the server may have in its pipe, so that a batch that ends early does not wait for long. */
    private static final long OCTETS_UNDER_WAY = 4L * 1024 * 1024;

    private final Dialogue dialogue;
    private final Listings listings;
    private final Iterator<Integer> numbers;
    private final int widest;
    private final boolean verified;
    private final Deque<Integer> underWay = new ArrayDeque<>();
    private final List<Integer> done = new ArrayList<>();
    private final Map<Integer, Pop3Exception> failures = new LinkedHashMap<>();
    private IntToLongFunction announced = number -> 0;
    private boolean multiLine;
    private int window;
    private int answered;
    private int nth;
    private long octetsUnderWay;
    private int next;
    private boolean pipelined;
    private boolean statUnderWay;

    Batch(Dialogue dialogue, Listings listings, Collection<Integer> numbers) {
        this.dialogue = dialogue;
        this.listings = listings;
        this.numbers = List.copyOf(numbers).iterator();
        this.widest = dialogue.pipelines() ? dialogue.limits().window() : 1;
        this.verified = widest > 1 && numbers.size() > 1;
        this.window = Math.min(FIRST_WINDOW, widest);
    }

    /** Each answer is a message of about so many octets. */
    Batch announced(IntToLongFunction octets) {
        announced = octets;
        return multiLine();
    }

    /** Each answer is a message. */
    Batch multiLine() {
        multiLine = true;
        return this;
    }

    BatchResult run(IntFunction<Command> command, Answer answer) throws IOException {
        boolean taken = false;
        dialogue.inBatch(true);
        try {
            while (more() || !underWay.isEmpty()) {
                if (underWay.size() <= window / 2) ask(command);
                if (!underWay.isEmpty()) answer(command, answer);
            }
            if (statUnderWay) hearStat();
            taken = true;
            return result();
        } catch (Pop3Exception e) {
            if (dialogue.isUsable()) throw e;
            taken = true;
            throw interrupted(e);
        } finally {
            if (!taken) leave(command);
            dialogue.inBatch(false);
        }
    }

    private boolean more() {
        if (next == 0 && numbers.hasNext()) next = numbers.next();
        return next != 0;
    }

    private void ask(IntFunction<Command> command) throws Pop3Exception {
        while (more() && underWay.size() < window) {
            long octets = Math.max(0, announced.applyAsLong(next));
            if (octets > dialogue.limits().messageOctets()) {
                failures.put(
                        next,
                        new LimitExceededException(
                                dialogue.server(),
                                "has a message " + next + " of " + octets + " octets, which is over the limit",
                                true));
            } else if (underWay.isEmpty() || octetsUnderWay + octets <= OCTETS_UNDER_WAY) {
                if (isListedFirst()) dialogue.say(list(next));
                dialogue.say(command.apply(next));
                underWay.add(next);
                pipelined |= underWay.size() > 1;
                octetsUnderWay += octets;
            } else {
                break;
            }
            next = 0;
        }
        if (verified && !more() && !statUnderWay) {
            dialogue.say(new Command.Stat());
            statUnderWay = true;
        }
        dialogue.flush();
    }

    private boolean isListedFirst() {
        return verified && multiLine;
    }

    private static Command list(int number) {
        return new Command.List(OptionalInt.of(number));
    }

    /** Reads what is said about the next message, up to the reply to its command. */
    private Reply hear(IntFunction<Command> command) throws Pop3Exception {
        int number = underWay.element();
        boolean listed = !isListedFirst() || isListed(number);
        Reply reply = dialogue.hear(command.apply(number));
        // A server may not know LIST with a number. But if the refusal was not its answer, that comes now.
        if (!listed && listings.isScan(number, dialogue.statusText())) {
            throw dialogue.violated("has sent an answer too many before message " + number, dialogue.statusText());
        }
        underWay.remove();
        octetsUnderWay -= Math.max(0, announced.applyAsLong(number));
        return reply;
    }

    private boolean isListed(int number) throws Pop3Exception {
        if (dialogue.hear(list(number)) instanceof Reply.Err) return false;
        listings.scan(number, dialogue.statusText());
        return true;
    }

    private void hearStat() throws Pop3Exception {
        statUnderWay = false;
        Reply reply = dialogue.hear(new Command.Stat());
        if (reply instanceof Reply.Err || listings.drop(dialogue.statusText()).isEmpty()) {
            throw dialogue.violated("has not answered STAT behind a batch with two numbers", dialogue.statusText());
        }
    }

    private void answer(IntFunction<Command> command, Answer answer) throws IOException {
        int number = underWay.element();
        Reply reply = hear(command);
        nth++;
        if (reply instanceof Reply.Ok) {
            try {
                answer.take(number, nth);
                dialogue.checkUsable(); // A sink may keep to itself that it did not get the whole message.
                done.add(number);
            } catch (NotOfferedException e) {
                failures.put(number, e);
            }
        } else {
            failures.put(number, dialogue.rejected(command.apply(number), (Reply.Err) reply));
        }
        widen();
    }

    /** A window that was answered whole becomes twice as wide: what is under way keeps growing until it hides the round trip. */
    private void widen() {
        if (++answered < window) return;
        answered = 0;
        window = Math.min(2 * window, widest);
    }

    private BatchResult result() {
        return new BatchResult(done, failures);
    }

    /** Only what a server does in answer to pipelining speaks against it; the network may cut any session. */
    private BatchInterruptedException interrupted(Pop3Exception cause) {
        boolean server = cause instanceof ProtocolViolationException
                || (cause instanceof ConnectionLostException lost && lost.byServer());
        boolean broke = pipelined && server;
        if (broke) dialogue.pipeliningBroke();
        return new BatchInterruptedException(cause, result(), broke);
    }

    /** The caller wants no more: takes what is under way off the connection, or leaves it if that is much. */
    private void leave(IntFunction<Command> command) {
        try {
            long most = dialogue.limits().drainOctets();
            while (!underWay.isEmpty() && dialogue.isUsable()) {
                if (octetsUnderWay > most) {
                    dialogue.cut("was left: a batch ended long before its last message");
                    return;
                }
                int number = underWay.element();
                Reply reply = hear(command);
                if (!multiLine || !(reply instanceof Reply.Ok)) continue;
                MessageStream unwanted = dialogue.message(new Progress(number, 0, 0, 0, -1), null, null);
                unwanted.close();
                most -= unwanted.octets();
            }
            if (statUnderWay && dialogue.isUsable()) hearStat();
        } catch (IOException ended) {
            // The session is over; what the caller threw says why.
        }
    }
}
