package io.github.pop3kit.benchmarks.faults;

/** A client has said by a result, not by an exception, that the server refused. */
final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    Refused(String command) {
        super(command + " was refused");
    }
}
