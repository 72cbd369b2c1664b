package io.github.pop3kit.protocol;

/**
 * What a {@link DotDecoder} takes for the end of a line, and so of a message. The difference is a matter of safety: where a bare
 * LF ends lines in a dialogue of CRLF, the text of a mail can end the message and forge the replies that follow.
 */
public enum DotFraming {
    /** CRLF alone, whatever the server's status lines end in. */
    STRICT,
    /** As the status line before the message ended: CRLF alone in a dialogue of CRLF, LF in a dialogue of LF. */
    ADAPTIVE,
    /** LF, with or without a CR before it. */
    LENIENT;

    /** How the lines of a message end whose status line ended like this. */
    public LineEnd after(LineEnd statusLine) {
        return switch (this) {
            case STRICT -> LineEnd.CRLF;
            case ADAPTIVE -> statusLine;
            case LENIENT -> LineEnd.LF;
        };
    }
}
