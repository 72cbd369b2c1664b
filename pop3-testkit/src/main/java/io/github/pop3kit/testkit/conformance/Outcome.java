package io.github.pop3kit.testkit.conformance;

/** What came of a check. */
public enum Outcome {
    PASSED,
    /** A MUST is broken. */
    FAILED,
    /** A SHOULD is not kept. */
    WARNED,
    /** It could not be judged, for the reason that is given. */
    SKIPPED;

    /** Whether there is something to mend. */
    public boolean isFinding() {
        return this == FAILED || this == WARNED;
    }
}
