package io.github.pop3kit.benchmarks.faults;

/** How a client comes to the server. */
enum Way {
    /** Without a network, and without TLS. */
    MEMORY,
    TLS,
    STLS
}
