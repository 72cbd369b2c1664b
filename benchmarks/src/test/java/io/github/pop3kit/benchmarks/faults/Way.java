package io.github.pop3kit.benchmarks.faults;

/** How a client comes to the server, and what it does there. */
enum Way {
    /** Without a network and without TLS, with USER and PASS. */
    MEMORY,
    /** The same with AUTH PLAIN. */
    AUTH,
    /** The same with AUTH LOGIN, where the server asks and asks again. */
    AUTH_LOGIN,
    /** The same as the first, with pipelined batches. */
    BATCHES,
    TLS,
    STLS;

    boolean usesNetwork() {
        return this == TLS || this == STLS;
    }

    /** Whether no other client than ours has it. */
    boolean isOurs() {
        return this == AUTH_LOGIN || this == BATCHES;
    }
}
