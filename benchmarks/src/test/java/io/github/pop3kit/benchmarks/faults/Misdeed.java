package io.github.pop3kit.benchmarks.faults;

import static io.github.pop3kit.benchmarks.faults.Misdeed.Kind.CONFUSING;
import static io.github.pop3kit.benchmarks.faults.Misdeed.Kind.CUT;
import static io.github.pop3kit.benchmarks.faults.Misdeed.Kind.HARMLESS;
import static io.github.pop3kit.benchmarks.faults.Misdeed.Kind.REFUSED;
import static io.github.pop3kit.benchmarks.faults.Misdeed.Kind.SHIFTED;
import static io.github.pop3kit.benchmarks.faults.Misdeed.Kind.SILENT;
import static io.github.pop3kit.benchmarks.faults.Misdeed.Kind.UNKNOWABLE;

import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.store.StoreException.Reason;
import io.github.pop3kit.testkit.CommandOccasion;
import io.github.pop3kit.testkit.Faults;
import io.github.pop3kit.testkit.HandshakeOccasion;
import io.github.pop3kit.testkit.ReplyOccasion;
import io.github.pop3kit.testkit.StoreCall;
import io.github.pop3kit.testkit.StoreOccasion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Something that a server does wrong at one place of a session.
 *
 * @param name the row of the table
 * @param place the column: a command, {@code greeting}, what only our client does, a way to TLS, or {@code store}
 */
record Misdeed(String name, String place, Way way, Kind kind, Consumer<Faults> arm) {

    /** What a client can know of it. */
    enum Kind {
        /** Slow, or in odd pieces: all is well. */
        HARMLESS,
        /** The connection ends. */
        CUT,
        /** Nothing comes any more. */
        SILENT,
        /** {@code -ERR}. */
        REFUSED,
        /** Octets that make no sense, or that nobody asked for. */
        CONFUSING,
        /** Octets that look good, and are others than they should be: nothing in the protocol tells. */
        UNKNOWABLE,
        /** In a batch: what follows passes for a part of this reply, or is one reply off. Nothing but the sizes of LIST tells. */
        SHIFTED,
        /** TLS is not as it should be. */
        INSECURE
    }

    static final List<String> COMMANDS = List.of(
            "greeting",
            "CAPA",
            "USER",
            "PASS",
            "AUTH",
            "STAT",
            "LIST",
            "UIDL",
            "TOP",
            "RETR",
            "NOOP",
            "RSET",
            "DELE",
            "QUIT");

    /** A login in several steps, and batches: in these it is the third reply. */
    static final List<String> OURS = List.of("AUTH LOGIN", "TOP × 5", "RETR × 5", "DELE × 4");

    private static final List<String> PLACES =
            Stream.of(COMMANDS, OURS).flatMap(List::stream).toList();
    static final List<String> LOGINS = List.of("PASS", "AUTH", "AUTH LOGIN");
    private static final List<String> MESSAGES = List.of("TOP", "RETR", "TOP × 5", "RETR × 5");
    private static final List<String> LISTINGS = Stream.of(List.of("CAPA", "LIST", "UIDL"), MESSAGES)
            .flatMap(List::stream)
            .toList();

    private static final Set<String> SHIFTING =
            Set.of("withoutFinalDot()", "swallowLast(1)", "swallowLast(2)", "emptyLine()", "answer(\"+OK\")");

    /**
     * Not played in batches yet: the reply that is left over comes before the next command, where it is noticed, or behind it, where our
     * client takes it for the answer.
     */
    private static final Set<String> ONE_TOO_MANY =
            Set.of("unsolicited(\"+OK\")", "unsolicited(\"-ERR\")", "answerTwice()");

    private static final class Collected {
        private final List<Misdeed> all = new ArrayList<>();

        private void add(String name, String place, Kind kind, Consumer<Faults> arm) {
            boolean shifts = way(place) == Way.BATCHES && MESSAGES.contains(place) && SHIFTING.contains(name);
            all.add(new Misdeed(name, place, way(place), shifts ? SHIFTED : kind, arm));
        }

        /** At every place. */
        void any(String name, Kind kind, Consumer<ReplyOccasion> what) {
            for (String place : PLACES) {
                if (way(place) == Way.BATCHES && ONE_TOO_MANY.contains(name)) continue;
                add(name, place, kind, faults -> what.accept(occasion(faults, place)));
            }
        }

        void at(List<String> places, String name, Kind kind, BiConsumer<CommandOccasion, String> what) {
            for (String place : places) {
                add(name, place, kind, faults -> what.accept(command(faults, place), place));
            }
        }

        void handshake(String name, Kind kind, Consumer<HandshakeOccasion> what) {
            for (Way way : List.of(Way.TLS, Way.STLS)) {
                all.add(new Misdeed(name, way.name(), way, kind, faults -> what.accept(faults.onHandshake())));
            }
        }

        void store(StoreCall call, String name, Kind kind, Consumer<StoreOccasion> what) {
            all.add(new Misdeed(
                    call + " " + name, "store", Way.MEMORY, kind, faults -> what.accept(faults.onStore(call))));
        }

        private static ReplyOccasion occasion(Faults faults, String place) {
            return place.equals("greeting") ? faults.onConnect() : command(faults, place);
        }

        private static CommandOccasion command(Faults faults, String place) {
            String command = place.split(" ", 2)[0];
            return way(place) == Way.BATCHES ? faults.on(command, 3) : faults.on(command);
        }

        private static Way way(String place) {
            if (place.equals("AUTH")) return Way.AUTH;
            if (place.equals("AUTH LOGIN")) return Way.AUTH_LOGIN;
            return OURS.contains(place) ? Way.BATCHES : Way.MEMORY;
        }
    }

    /** All of them. */
    static List<Misdeed> all() {
        Collected some = new Collected();
        some.any("delay(20 ms)", HARMLESS, on -> on.delay(Duration.ofMillis(20)));
        some.any("throttle(20 kB/s)", HARMLESS, on -> on.throttle(20_000));
        some.any("splitAt(2)", HARMLESS, on -> on.splitAt(2));
        some.any("splitEvery(1)", HARMLESS, on -> on.splitEvery(1));

        some.any("hangUp()", CUT, ReplyOccasion::hangUp);
        some.any("cutAfter(0)", CUT, on -> on.cutAfter(0));
        some.any("cutAfter(2)", CUT, on -> on.cutAfter(2));
        some.at(LISTINGS, "cutAfter(middle)", CUT, (on, place) -> on.cutAfter(middle(place)));
        some.any("cutBehind()", CUT, ReplyOccasion::cutBehind);
        some.any("resetAfter(0)", CUT, on -> on.resetAfter(0));
        some.at(LISTINGS, "resetAfter(middle)", CUT, (on, place) -> on.resetAfter(middle(place)));

        some.any("mute()", SILENT, ReplyOccasion::mute);
        some.any("stallAfter(2)", SILENT, on -> on.stallAfter(2));
        some.at(LISTINGS, "stallAfter(middle)", SILENT, (on, place) -> on.stallAfter(middle(place)));
        some.at(LISTINGS, "withoutFinalDot()", SILENT, (on, place) -> on.withoutFinalDot());
        some.any("swallowLast(1)", SILENT, on -> on.swallowLast(1));
        some.any("swallowLast(2)", SILENT, on -> on.swallowLast(2));

        some.any("answer(\"-ERR no\")", REFUSED, on -> on.answer("-ERR no"));
        some.any("answer(\"-ERR [SYS/TEMP] …\")", REFUSED, on -> on.answer("-ERR [SYS/TEMP] later"));
        some.at(LOGINS, "refuse(IN_USE)", REFUSED, (on, place) -> on.refuse(ResponseCode.IN_USE));
        some.at(LOGINS, "refuse(LOGIN_DELAY)", REFUSED, (on, place) -> on.refuse(ResponseCode.LOGIN_DELAY));

        some.any("garbage(50)", CONFUSING, on -> on.garbage(50));
        some.any("garbageBefore(20)", CONFUSING, on -> on.garbageBefore(20));
        some.any("garbageBehind(20)", CONFUSING, on -> on.garbageBehind(20));
        some.any("unsolicited(\"+OK\")", CONFUSING, on -> on.unsolicited("+OK"));
        some.any("unsolicited(\"-ERR\")", CONFUSING, on -> on.unsolicited("-ERR"));
        some.any("answerTwice()", CONFUSING, ReplyOccasion::answerTwice);
        some.any("emptyLine()", CONFUSING, ReplyOccasion::emptyLine);
        some.any("swallow(1)", CONFUSING, on -> on.swallow(1));
        some.any("swallow(4)", CONFUSING, on -> on.swallow(4));
        some.any("corrupt(0)", CONFUSING, on -> on.corrupt(0));
        some.at(LISTINGS, "answer(\"+OK\")", SILENT, (on, place) -> on.answer("+OK"));
        some.at(List.of("STAT"), "answer(\"+OK\")", CONFUSING, (on, place) -> on.answer("+OK"));
        some.at(List.of("STAT"), "answer(\"+OK a b\")", CONFUSING, (on, place) -> on.answer("+OK a b"));
        some.at(List.of("LIST", "UIDL"), "a line without a number", CONFUSING, (on, place) -> on.answer("+OK\nx y\n."));
        some.at(List.of("LIST"), "the same number twice", CONFUSING, (on, place) -> on.answer("+OK\n1 5\n1 5\n."));
        some.at(List.of("UIDL"), "the same number twice", CONFUSING, (on, place) -> on.answer("+OK\n1 a\n1 b\n."));

        some.any("lfOnly()", UNKNOWABLE, ReplyOccasion::lfOnly);
        some.at(MESSAGES, "dropDotStuffing()", UNKNOWABLE, (on, place) -> on.dropDotStuffing());
        some.at(MESSAGES, "corrupt(middle)", UNKNOWABLE, (on, place) -> on.corrupt(middle(place)));
        some.at(List.of("STAT", "LIST"), "claimOctets(7)", UNKNOWABLE, (on, place) -> on.claimOctets(7));
        some.at(MESSAGES, "claimOctets(7)", UNKNOWABLE, (on, place) -> on.claimOctets(7));
        some.at(
                List.of("USER", "PASS", "AUTH", "AUTH LOGIN", "NOOP", "RSET", "DELE", "QUIT", "DELE × 4"),
                "answer(\"+OK\")",
                UNKNOWABLE,
                (on, place) -> on.answer("+OK"));

        some.handshake("delay(20 ms)", HARMLESS, on -> on.delay(Duration.ofMillis(20)));
        some.handshake("hangUp()", CUT, HandshakeOccasion::hangUp);
        some.handshake("reset()", CUT, HandshakeOccasion::reset);
        some.handshake("mute()", SILENT, HandshakeOccasion::mute);
        some.handshake("garbage(100)", Kind.INSECURE, on -> on.garbage(100));
        some.handshake("plaintext(\"-ERR no\")", Kind.INSECURE, on -> on.plaintext("-ERR no"));
        some.handshake("expiredCertificate()", Kind.INSECURE, HandshakeOccasion::expiredCertificate);
        some.handshake("certificateNotYetValid()", Kind.INSECURE, HandshakeOccasion::certificateNotYetValid);
        some.handshake("certificateForAnotherHost()", Kind.INSECURE, HandshakeOccasion::certificateForAnotherHost);
        some.handshake("unknownCertificate()", Kind.INSECURE, HandshakeOccasion::unknownCertificate);
        some.all.add(stls("STLS refused", on -> on.answer("-ERR no")));
        some.all.add(stls("+OK injected behind STLS", on -> on.unsolicited("+OK injected")));

        some.store(StoreCall.OPEN, "fail(IN_USE)", REFUSED, on -> on.fail(Reason.IN_USE));
        some.store(StoreCall.OPEN, "fail(TEMPORARY)", REFUSED, on -> on.fail(Reason.TEMPORARY));
        some.store(StoreCall.CONTENT, "fail()", REFUSED, StoreOccasion::fail);
        some.store(StoreCall.CONTENT, "breakOffAfter(0)", CUT, on -> on.breakOffAfter(0));
        some.store(StoreCall.CONTENT, "breakOffAfter(100)", CUT, on -> on.breakOffAfter(100));
        some.store(StoreCall.UNIQUE_ID, "fail()", REFUSED, StoreOccasion::fail);
        some.store(StoreCall.RETRIEVED, "fail()", HARMLESS, StoreOccasion::fail);
        some.store(StoreCall.REMOVE, "fail()", REFUSED, StoreOccasion::fail);
        return List.copyOf(some.all);
    }

    private static Misdeed stls(String name, Consumer<CommandOccasion> what) {
        return new Misdeed(name, "STLS", Way.STLS, Kind.INSECURE, faults -> what.accept(faults.on("STLS")));
    }

    /** Within the message of {@link Findings#FIRST}, or within a listing. */
    private static int middle(String place) {
        return MESSAGES.contains(place) ? 70 : 30;
    }
}
