package io.github.pop3kit.testkit.conformance;

/** How a connection is protected. */
enum Channel {
    PLAIN("in the clear"),
    STLS("by STLS"),
    TLS("over implicit TLS");

    private final String words;

    Channel(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
