package io.github.pop3kit.client;

/** A message or listing is larger than {@link ClientLimits} allow. */
public final class LimitExceededException extends Pop3Exception {

    private static final long serialVersionUID = 1L;

    private final boolean usable;

    LimitExceededException(String server, String message, boolean usable) {
        super(server, message, null, null);
        this.usable = usable;
    }

    @Override
    public boolean isRetrySafe() {
        return false;
    }

    /** Whether the limit was noticed before the server began to send. */
    @Override
    public boolean isSessionUsable() {
        return usable;
    }
}
