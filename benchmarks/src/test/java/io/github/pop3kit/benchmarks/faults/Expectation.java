package io.github.pop3kit.benchmarks.faults;

import java.util.List;
import java.util.Set;

/**
 * What our client has to make of a misdeed. First of all nothing wrong without a word, where anything in the protocol tells; then the
 * exception from which one knows what may be done next.
 */
final class Expectation {

    /** What comes behind a reply that is good: nobody reads it behind the last. */
    private static final List<String> BEHIND = List.of(
            "cutBehind()", "garbageBehind(20)", "unsolicited(\"+OK\")", "unsolicited(\"-ERR\")", "answerTwice()");

    private Expectation() {}

    static boolean isMet(Misdeed misdeed, Outcome outcome) {
        if (outcome.isWrong()) return isUnknowable(misdeed, outcome);
        return ends(misdeed).contains(outcome.end());
    }

    /** The octets of a message are counted if LIST was asked before, and lines without a CR are seen. */
    private static boolean isUnknowable(Misdeed misdeed, Outcome outcome) {
        if (misdeed.kind() == Misdeed.Kind.SHIFTED) {
            // The messages are others; what is deleted is not.
            boolean messages = Set.of("TOP", "RETR").containsAll(outcome.wrong());
            boolean told = outcome.noted() || !outcome.wrong().contains("RETR");
            return messages && told && ends(misdeed).contains(outcome.end());
        }
        if (misdeed.kind() != Misdeed.Kind.UNKNOWABLE || !outcome.end().equals("right")) return false;
        return !misdeed.name().equals("lfOnly()") || outcome.noted();
    }

    private static Set<String> ends(Misdeed misdeed) {
        String place = misdeed.place();
        boolean quit = place.equals("QUIT");
        boolean login = place.equals("USER") || Misdeed.LOGINS.contains(place);
        if (quit && BEHIND.contains(misdeed.name())) return Set.of("right");
        return switch (misdeed.kind()) {
            case HARMLESS -> Set.of("right");
            // What has let nobody in is found out by the next command.
            case UNKNOWABLE ->
                login && misdeed.name().equals("answer(\"+OK\")") ? Set.of("credentials", "rejected") : Set.of("right");
            case CUT -> {
                if (quit) yield Set.of("commit unknown");
                // A client without CAPA is a client all the same.
                if (place.equals("CAPA")) yield Set.of("right", "lost");
                if (login) yield Set.of("lost", "credentials");
                // The next command is QUIT, and who knows whether that has arrived.
                boolean marked = place.equals("DELE") && misdeed.name().equals("cutBehind()");
                yield marked ? Set.of("commit unknown", "lost") : Set.of("lost");
            }
            case SILENT -> Set.of(quit ? "commit unknown" : "time-out");
            case REFUSED -> refused(misdeed);
            case CONFUSING -> {
                if (quit) yield Set.of("commit unknown");
                // The reply to a challenge may be a refusal.
                boolean answer = place.equals("AUTH LOGIN") && misdeed.name().equals("unsolicited(\"-ERR\")");
                yield answer ? Set.of("credentials") : Set.of("violation", "lost", "time-out");
            }
            case SHIFTED -> Set.of("right", "violation", "time-out");
            case INSECURE -> Set.of("no TLS", "violation");
        };
    }

    private static Set<String> refused(Misdeed misdeed) {
        String place = misdeed.place();
        String name = misdeed.name();
        if (place.equals("QUIT") || name.startsWith("REMOVE")) return Set.of("commit refused");
        if (place.equals("CAPA")) return Set.of("right");
        if (name.contains("IN_USE")) return Set.of("in use");
        if (name.contains("LOGIN_DELAY")) return Set.of("too soon");
        if (!name.contains("-ERR no") || place.equals("greeting")) return Set.of("trouble");
        return Set.of(place.equals("USER") || Misdeed.LOGINS.contains(place) ? "credentials" : "rejected");
    }
}
