package io.github.pop3kit.testkit.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The checks of one topic, in the order in which they run. */
final class Room {

    private final String name;
    private final List<Check> checks = new ArrayList<>();
    private List<String> behind = List.of();

    Room(String name) {
        this.name = name;
    }

    List<Check> checks() {
        return checks;
    }

    /** The checks that are added from here on say nothing if one of these has found something. */
    void fromHere(String... ids) {
        behind = List.of(ids);
    }

    /** A check of a MUST. */
    Added must(String id, String title, String clause, String why, Set<Need> needs, Check.Body body) {
        return add(id, title, clause, Level.MUST, why, needs, body);
    }

    /** A check of a SHOULD. */
    Added should(String id, String title, String clause, String why, Set<Need> needs, Check.Body body) {
        return add(id, title, clause, Level.SHOULD, why, needs, body);
    }

    private Added add(
            String id, String title, String clause, Level level, String why, Set<Need> needs, Check.Body body) {
        checks.add(new Check(id, name, title, clause, level, why, needs, behind, body));
        return new Added();
    }

    /** The check that was just added. */
    final class Added {
        /** It says nothing if one of these has found something. */
        void behind(String... ids) {
            int last = checks.size() - 1;
            checks.set(last, checks.get(last).withBehind(ids));
        }
    }
}
