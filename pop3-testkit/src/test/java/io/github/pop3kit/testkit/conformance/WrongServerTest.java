package io.github.pop3kit.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each defect is found by the check that is about it, and by no other; where there is none, none is found. */
@Timeout(120)
class WrongServerTest {

    /** So many runs for all defects together: in each are some that do not get in each other's way. */
    private static final int RUNS = 8;

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void without_a_defect_nothing_is_found() throws Exception {
        Report report = run(Set.of());
        assertEquals(Map.of(), findings(report));
        assertTrue(report.count(Outcome.PASSED) > 230, report.summary());
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("groups")
    void defects_are_found_by_their_checks_and_by_no_other(Set<Defect> defects) throws Exception {
        Set<String> expected = new TreeSet<>();
        for (Defect defect : defects) expected.add(defect.check);
        Map<String, String> found = findings(run(defects));
        assertEquals(expected, found.keySet(), found::toString);
    }

    /** The long form: a run for each defect, which takes a minute or two. */
    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource
    @EnabledIfSystemProperty(named = "pop3kit.conformance", matches = "each")
    void a_defect_alone_is_found_by_its_check_and_by_no_other(Defect defect) throws Exception {
        Map<String, String> found = findings(run(Set.of(defect)));
        assertEquals(Set.of(defect.check), found.keySet(), found::toString);
    }

    private static Report run(Set<Defect> defects) throws Exception {
        try (WrongServer server = new WrongServer(defects)) {
            return Conformance.of("127.0.0.1", server.port())
                    .tlsPort(server.tlsPort())
                    .user(WrongServer.USER, server.password())
                    .deliverBy(server::deliver)
                    .run();
        }
    }

    private static Map<String, String> findings(Report report) {
        Map<String, String> findings = new TreeMap<>();
        for (Result result : report.findings()) findings.put(result.id(), result.reason() + "\n" + result.transcript());
        return findings;
    }

    /** In a group no check is skipped because of another's finding, and no message is lost to another's. */
    static Stream<Set<Defect>> groups() {
        List<Set<Defect>> groups = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) groups.add(new HashSet<>());
        Map<String, Set<String>> behind = new TreeMap<>();
        Conformance.of("localhost", 110)
                .selected()
                .forEach(check -> behind.put(check.id(), new HashSet<>(check.behind())));
        int next = 0;
        for (Defect defect : Defect.values()) {
            int from = next++;
            Set<Defect> group = Stream.iterate(0, i -> i + 1)
                    .limit(RUNS)
                    .map(i -> groups.get((from + i) % RUNS))
                    .filter(some -> some.stream().noneMatch(other -> disturb(behind, defect, other)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no room for " + defect));
            group.add(defect);
        }
        return groups.stream();
    }

    private static boolean disturb(Map<String, Set<String>> behind, Defect one, Defect other) {
        return one.check.equals(other.check)
                || behind.getOrDefault(one.check, Set.of()).contains(other.check)
                || behind.getOrDefault(other.check, Set.of()).contains(one.check)
                || Arrays.stream(ALONE).anyMatch(set -> set.contains(one) && set.contains(other));
    }

    /** Sets of defects of which one hides another. */
    private static final List<?>[] ALONE = {
        List.of(
                Defect.NO_LOCK,
                Defect.LIVE_FOLDER,
                Defect.IN_USE_UNSAID,
                Defect.MARKS_ARE_SHARED,
                Defect.CUT_REMOVES,
                Defect.QUIT_REMOVES_NOTHING,
                Defect.QUIT_ANSWERED_FIRST,
                Defect.QUIT_REMOVES_THE_NEXT),
        List.of(Defect.APOP_STAMP_FOR_NOTHING, Defect.APOP_ANY_DIGEST),
        // With that one logins are by AUTH, and checks of PASS are skipped.
        List.of(Defect.PASSWORD_WITH_BLANK_REFUSED, Defect.PASSWORD_CUT),
        List.of(Defect.PASSWORD_WITH_BLANK_REFUSED, Defect.PASSWORD_TRIMMED),
        List.of(Defect.PASSWORD_WITH_BLANK_REFUSED, Defect.PASSWORD_UNCHECKED),
        List.of(Defect.PASSWORD_WITH_BLANK_REFUSED, Defect.USER_REVEALED),
        List.of(Defect.PASSWORD_WITH_BLANK_REFUSED, Defect.USER_UNLISTED),
        List.of(Defect.PASSWORD_WITH_BLANK_REFUSED, Defect.AUTH_CODE_UNSAID),
        List.of(Defect.PASSWORD_WITH_BLANK_REFUSED, Defect.STLS_REMEMBERS),
        List.of(Defect.PASSWORD_WITH_BLANK_REFUSED, Defect.INITIAL_RESPONSE_REFUSED),
    };
}
