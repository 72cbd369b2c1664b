package io.github.pop3kit.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of each message of a batch that has been answered.
 *
 * @param done the message-numbers for which it was done, in order
 * @param failures for each other one why not; the session went on
 */
public record BatchResult(List<Integer> done, Map<Integer, Pop3Exception> failures) {

    public BatchResult {
        done = List.copyOf(done);
        failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
    }

    /** Whether nothing failed. */
    public boolean isComplete() {
        return failures.isEmpty();
    }
}
