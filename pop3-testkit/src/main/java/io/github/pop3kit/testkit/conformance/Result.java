package io.github.pop3kit.testkit.conformance;

import java.time.Duration;

/**
 * What came of one check.
 *
 * @param id short and stable, such as {@code list-skips-deleted}
 * @param room the topic
 * @param title what the server has to do, in the words of the RFC
 * @param clause where that stands
 * @param why what it means to users
 * @param reason what was found, or why it was skipped; empty if the check passed
 * @param transcript what was said, line by line as {@link io.github.pop3kit.protocol.transcript.Transcript} writes it, with comments and
 *     without secrets
 */
public record Result(
        String id,
        String room,
        String title,
        String clause,
        Level level,
        String why,
        Outcome outcome,
        String reason,
        String transcript,
        Duration took) {}
