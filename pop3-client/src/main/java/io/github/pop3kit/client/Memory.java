package io.github.pop3kit.client;

/** What a client has learned of its server, for the connections to come. Thread-safe. */
final class Memory {

    /** CAPA is not to be asked. */
    final boolean capaUnwanted;

    /** The server can do it, whatever it says. */
    final boolean pipeliningAssumed;

    Memory(boolean capaUnwanted, boolean pipeliningAssumed) {
        this.capaUnwanted = capaUnwanted;
        this.pipeliningAssumed = pipeliningAssumed;
    }

    /** The server hangs up when asked. */
    volatile boolean withoutCapa;

    /** The server breaks under it. */
    volatile boolean withoutPipelining;

    /** The server has no TOP. */
    volatile boolean withoutTop;
}
