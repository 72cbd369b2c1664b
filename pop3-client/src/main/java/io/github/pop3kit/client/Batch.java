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
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;

/** One command for many messages, several of them under way where the server offers PIPELINING (RFC 2449 section 6.6). */
final class Batch {

    /** What is done about a message that the server did not refuse. */
    interface Answer {
        void take(int number, int nth) throws IOException;
    }

    private static final int FIRST_WINDOW = 128;

    /** What the server may have in its pipe, so that a batch that ends early does not wait for long. */
    private static final long OCTETS_UNDER_WAY = 4L * 1024 * 1024;

    private final Dialogue dialogue;
    private final Iterator<Integer> numbers;
    private final int widest;
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

    Batch(Dialogue dialogue, Collection<Integer> numbers) {
        this.dialogue = dialogue;
        this.numbers = List.copyOf(numbers).iterator();
        this.widest = dialogue.pipelines() ? dialogue.limits().window() : 1;
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
                dialogue.say(command.apply(next));
                underWay.add(next);
                pipelined |= underWay.size() > 1;
                octetsUnderWay += octets;
            } else {
                break;
            }
            next = 0;
        }
        dialogue.flush();
    }

    private void answer(IntFunction<Command> command, Answer answer) throws IOException {
        int number = underWay.element();
        Reply reply = dialogue.hear(command.apply(number));
        underWay.remove();
        octetsUnderWay -= Math.max(0, announced.applyAsLong(number));
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
                Reply reply = dialogue.hear(command.apply(number));
                underWay.remove();
                octetsUnderWay -= Math.max(0, announced.applyAsLong(number));
                if (!multiLine || !(reply instanceof Reply.Ok)) continue;
                MessageStream unwanted = dialogue.message(new Progress(number, 0, 0, 0, -1), null, null);
                unwanted.close();
                most -= unwanted.octets();
            }
        } catch (IOException ended) {
            // The session is over; what the caller threw says why.
        }
    }
}
