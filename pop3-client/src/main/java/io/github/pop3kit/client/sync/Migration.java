package io.github.pop3kit.client.sync;

/**
 * What to do when none of the messages that were fetched before is listed any more, and about as many others are: most likely the same
 * mail with new unique-ids, for the server was moved or restored.
 */
public enum Migration {
    /** Ask: the account is not synchronised, and {@link SyncException.Reason#MIGRATION} says so. */
    ASK,
    /** All that is listed now was fetched before. It is neither fetched nor ever deleted; only what comes later is new. */
    ADOPT,
    /** All that is listed now is new, and is fetched. */
    FETCH
}
