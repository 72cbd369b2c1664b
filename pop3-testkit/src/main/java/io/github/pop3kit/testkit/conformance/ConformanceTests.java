package io.github.pop3kit.testkit.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/**
 * The checks as JUnit's dynamic tests:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicNode> conforms() throws Exception {
 *     return ConformanceTests.of(Conformance.of("localhost", port).user("bob", "secret"));
 * }
 * }</pre>
 */
public final class ConformanceTests {

    private ConformanceTests() {}

    /**
     * A container for each topic, with a test for each check. A MUST that is broken fails; a SHOULD that is not kept, and what cannot be
     * judged, is aborted with the reason, as assumptions are.
     *
     * @return to be closed, as JUnit does: what was delivered is deleted then
     */
    public static Stream<DynamicNode> of(Conformance conformance) throws CannotCheckException {
        Run run = conformance.begin();
        run.prepare();
        Map<String, List<Check>> rooms = conformance
                .selected()
                .collect(Collectors.groupingBy(Check::room, LinkedHashMap::new, Collectors.toList()));
        return rooms.entrySet().stream()
                .map(room -> (DynamicNode) DynamicContainer.dynamicContainer(
                        room.getKey(), room.getValue().stream().map(check -> test(run, check))))
                .onClose(run::finish);
    }

    private static DynamicTest test(Run run, Check check) {
        return DynamicTest.dynamicTest(check.id() + ": " + check.title() + " (" + check.clause() + ")", () -> {
            Result result = run.check(check);
            switch (result.outcome()) {
                case FAILED -> Assertions.fail(result.reason() + "\n" + result.transcript());
                case WARNED -> Assumptions.abort("SHOULD: " + result.reason() + "\n" + result.transcript());
                case SKIPPED -> Assumptions.abort("skipped: " + result.reason());
                default -> {}
            }
        });
    }
}
