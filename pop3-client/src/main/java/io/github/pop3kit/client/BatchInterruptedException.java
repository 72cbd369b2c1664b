package io.github.pop3kit.client;

/**
 * The session ended in the middle of a batch. {@link #result()} says for which messages it was done; none is deleted, for there was no
 * QUIT. The cause says why.
 */
public final class BatchInterruptedException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    private final transient BatchResult result;
    private final boolean retrySafe;
    private final boolean pipeliningBroke;

    BatchInterruptedException(Pop3Exception cause, BatchResult result, boolean pipelined) {
        super(
                cause.server(),
                "ended the batch after " + result.done().size() + " messages"
                        + (pipelined ? " while it was pipelined; the client will not pipeline again" : "") + ": "
                        + String.valueOf(cause.getMessage()),
                cause.code().orElse(null),
                cause);
        this.result = result;
        this.retrySafe = cause.isRetrySafe() || pipelined;
        this.pipeliningBroke = pipelined;
    }

    /** What was done until then. */
    public BatchResult result() {
        return result;
    }

    /** Whether the server broke under pipelining; another session of the same client asks one by one and may go on at once. */
    public boolean pipeliningBroke() {
        return pipeliningBroke;
    }

    /** Whether another session may do better: this client does without pipelining there, if pipelining may have been the reason. */
    @Override
    public boolean isRetrySafe() {
        return retrySafe;
    }

    @Override
    public boolean isSessionUsable() {
        return false;
    }
}
