package io.github.pop3kit.protocol;

/** How a line ended on the wire. RFC 1939 knows CRLF alone; some peers send LF. */
public enum LineEnd {
    CRLF,
    LF
}
