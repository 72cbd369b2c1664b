package io.github.pop3kit.benchmarks;

/** Where mail lies and who fetches it. */
record Account(String host, int port, String user, String password) {

    @Override
    public String toString() {
        return user + "@" + host + ":" + port;
    }
}
