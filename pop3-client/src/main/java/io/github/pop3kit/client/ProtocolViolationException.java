package io.github.pop3kit.client;

import io.github.pop3kit.protocol.transcript.Transcript;

/** The server has said something that is no answer, so that nothing behind it can be trusted. The connection is closed. */
public final class ProtocolViolationException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 200;

    private final String line;

    /** @param line one character per octet, unescaped */
    ProtocolViolationException(String server, String message, String line) {
        super(server, line.isEmpty() ? message : message + ": " + shown(line), null, null);
        this.line = shown(line);
    }

    private static String shown(String line) {
        return Transcript.escape(line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line);
    }

    /** The offending line, escaped and shortened; empty if it is not a line that offends. */
    public String line() {
        return line;
    }

    @Override
    public boolean isRetrySafe() {
        return false;
    }

    @Override
    public boolean isSessionUsable() {
        return false;
    }
}
