package io.github.pop3kit.client.sync;

import io.github.pop3kit.client.Progress;
import java.time.Duration;

/**
 * Is told how a synchronisation goes on, in the thread of the account; accounts that are synchronised at once are told at once. Accounts
 * go by their names.
 */
public interface SyncListener {

    /** The maildrop was listed: it has so many messages, and so many are to be fetched. */
    default void listed(String account, int messages, int toFetch) {}

    /** How far a message has come; see {@link io.github.pop3kit.client.RemoteMaildrop#onProgress}. */
    default void progress(String account, Progress progress) {}

    /** A message is stored, durably. */
    default void stored(Arrival arrival) {}

    /** A message could not be fetched or stored. It is skipped, and tried again later. */
    default void skipped(String account, String uniqueId, Exception why) {}

    /** The session has ended before its work was done; another one follows. */
    default void retrying(String account, Exception why, Duration in) {}

    /** The account is done. */
    default void finished(SyncReport report) {}
}
