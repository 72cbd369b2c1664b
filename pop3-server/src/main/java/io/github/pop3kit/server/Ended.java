package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Command;

/** The session is over; what is to be said was said. */
enum Ended implements SessionState {
    ENDED;

    @Override
    public SessionState otherwise(Command command) {
        return this;
    }

    @Override
    public int badCommands() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void abandon() {}
}
