package io.github.pop3kit.testkit.conformance;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What came of a run.
 *
 * @param target the server's host and ports
 * @param greeting what it said first
 * @param complete whether each check had its turn; if not, the time was used up, or the run was interrupted
 * @param notes what is to be known besides, in sentences
 */
public record Report(
        String target,
        String greeting,
        Instant began,
        Duration took,
        boolean complete,
        List<Result> results,
        List<String> notes) {

    public Report {
        results = List.copyOf(results);
        notes = List.copyOf(notes);
    }

    /** How many checks came out like this. */
    public long count(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).count();
    }

    /** What there is to mend, in the order of the checks. */
    public List<Result> findings() {
        return results.stream().filter(result -> result.outcome().isFinding()).toList();
    }

    /** Whether a MUST is broken. */
    public boolean hasFailures() {
        return count(Outcome.FAILED) > 0;
    }

    /** In one line. */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%d passed, %d failed, %d warned, %d skipped in %.1f s",
                count(Outcome.PASSED),
                count(Outcome.FAILED),
                count(Outcome.WARNED),
                count(Outcome.SKIPPED),
                took.toMillis() / 1000.0);
    }

    /** In the form that CI servers read from JUnit: failures are MUSTs; SHOULDs and what cannot be judged are skipped. */
    public String junitXml() {
        return JunitXml.of(this);
    }

    /** For programs. */
    public String json() {
        return Json.of(this);
    }

    /** One page with all that belongs to it, for the server's author. */
    public String html() {
        return HtmlPage.of(this);
    }
}
