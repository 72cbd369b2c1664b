package io.github.pop3kit.client.sync;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a run has done for an account, or, after a dry run, would do.
 *
 * @param account the name of the account
 * @param listed how many messages the server had
 * @param fetched the messages that were stored
 * @param deleted the messages that the server has deleted, with those of an earlier run whose end was not known until now
 * @param tooLarge those left on the server by {@link Retention#skipLargerThan}
 * @param skipped those that could not be fetched or stored; a later run tries again
 * @param remarks what somebody should know, one sentence each
 * @param failure why the account is not done; what was fetched until then is stored, and a later run goes on from there
 */
public record SyncReport(
        String account,
        int listed,
        List<Message> fetched,
        List<Message> deleted,
        List<Message> tooLarge,
        List<Skipped> skipped,
        List<String> remarks,
        Optional<Exception> failure,
        Duration took) {

    /**
     * A message.
     *
     * @param uniqueId the server's own, one character per octet, unescaped: not for a terminal
     * @param octets as LIST had it; -1 if it is not known
     */
    public record Message(String uniqueId, long octets) {}

    /**
     * A message that was not fetched.
     *
     * @param attempts how often it was tried, by this run and earlier ones
     * @param why the last reason; empty if it was not tried this time
     */
    public record Skipped(Message message, int attempts, Optional<Exception> why) {}

    public SyncReport {
        fetched = List.copyOf(fetched);
        deleted = List.copyOf(deleted);
        tooLarge = List.copyOf(tooLarge);
        skipped = List.copyOf(skipped);
        remarks = List.copyOf(remarks);
    }

    /** Whether all was done that there was to do. */
    public boolean isComplete() {
        return failure.isEmpty() && skipped.isEmpty();
    }

    /** How many octets were fetched, as far as they are known. */
    public long fetchedOctets() {
        return fetched.stream()
                .mapToLong(message -> Math.max(0, message.octets()))
                .sum();
    }
}
