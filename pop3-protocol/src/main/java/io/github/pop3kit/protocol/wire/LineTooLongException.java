package io.github.pop3kit.protocol.wire;

import java.io.IOException;

/** The peer's line passes the limit; nothing of it was kept. */
public final class LineTooLongException extends IOException {

    private static final long serialVersionUID = 1L;

    LineTooLongException() {
        super("line too long");
    }
}
