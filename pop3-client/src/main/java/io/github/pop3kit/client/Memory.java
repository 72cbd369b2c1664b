package io.github.pop3kit.client;

/** What a client has learned of its server, for the connections to come. Thread-safe. */
final class Memory {

    /** The server hangs up when asked. */
    volatile boolean withoutCapa;

    /** The server breaks under it. */
    volatile boolean withoutPipelining;

    /** The server has no TOP. */
    volatile boolean withoutTop;
}
