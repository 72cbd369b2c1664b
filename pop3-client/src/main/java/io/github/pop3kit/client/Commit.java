package io.github.pop3kit.client;

import io.github.pop3kit.protocol.UniqueIdListing;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What became of the deletions of a session at its QUIT.
 *
 * @param deletions how many messages were marked
 * @param uniqueIds their unique-ids, as far as the session had listed them
 */
public record Commit(Outcome outcome, int deletions, List<String> uniqueIds) {

    /** What is known. */
    public enum Outcome {
        /** The server has said that they are gone. */
        COMMITTED,
        /** The server has said that some are not gone (RFC 1939 section 6); which, it does not say. */
        REFUSED,
        /** The connection ended before the server said anything: all or none or some are gone. */
        UNKNOWN
    }

    public Commit {
        uniqueIds = List.copyOf(uniqueIds);
    }

    /** Whether {@link #settle} can tell it for all of them: {@link RemoteMaildrop#uniqueIds} was asked before they were deleted. */
    public boolean isSettleable() {
        return uniqueIds.size() == deletions;
    }

    /**
     * Which of the messages are still there, by their unique-ids: these were not deleted, all others were.
     *
     * @param next the same maildrop in a later session
     * @return with the message-numbers of that session
     * @throws IllegalStateException if this is not {@link #isSettleable}
     */
    public List<UniqueIdListing> settle(RemoteMaildrop next) throws Pop3Exception {
        if (!isSettleable()) throw new IllegalStateException("not all unique-ids were listed before the deletion");
        if (deletions == 0) return List.of();
        Set<String> marked = new HashSet<>(uniqueIds);
        return next.uniqueIds().stream()
                .filter(listing -> marked.contains(listing.uniqueId()))
                .toList();
    }
}
