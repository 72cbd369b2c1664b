package io.github.pop3kit.client;

/** How far a connection has come. */
public enum Phase {
    /** The connection is being made, through proxies too. */
    CONNECTING,
    /** TLS is being agreed upon. */
    HANDSHAKE,
    /** The server has not greeted yet. */
    GREETING,
    /** RFC 1939 section 4: nobody has logged in. */
    AUTHORIZATION,
    /** RFC 1939 section 5. */
    TRANSACTION,
    /** RFC 1939 section 6: from QUIT to its answer. */
    UPDATE
}
