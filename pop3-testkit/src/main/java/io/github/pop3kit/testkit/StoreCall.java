package io.github.pop3kit.testkit;

/** What a server asks of a store, where a test can make it fail. */
public enum StoreCall {
    /** The maildrop is opened and locked. */
    OPEN,
    /** A message's octets are asked for: for every message when the maildrop is opened. */
    OCTETS,
    /** A message's unique-id is asked for. */
    UNIQUE_ID,
    /** A message is opened. */
    CONTENT,
    /** The store is told that a message was retrieved. */
    RETRIEVED,
    /** The messages marked are removed: UPDATE. */
    REMOVE,
    /** A message is delivered. */
    DELIVER
}
