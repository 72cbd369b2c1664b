package io.github.pop3kit.testkit.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One rule of an RFC, and a short conversation that shows whether a server keeps it.
 *
 * @param behind checks without which this one says nothing: it is skipped if one of them has found something
 */
record Check(
        String id,
        String room,
        String title,
        String clause,
        Level level,
        String why,
        Set<Need> needs,
        List<String> behind,
        Body body) {

    /** The conversation. */
    @FunctionalInterface
    interface Body {
        /** Returns if the rule is kept. */
        void talk(Visit visit) throws IOException, Finding, Moot;
    }

    Check withBehind(String... ids) {
        List<String> all = new ArrayList<>(behind);
        all.addAll(List.of(ids));
        return new Check(id, room, title, clause, level, why, needs, List.copyOf(all), body);
    }
}
