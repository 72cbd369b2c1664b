package io.github.pop3kit.client.sync;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the journal knows of one message of a server. Changed by the {@link Journal} alone. */
final class Entry {

    /** How far the message has come. */
    enum State {
        /** The server has listed it. */
        SEEN,
        /** It shall not be fetched: it is one of those that were there before, under another unique-id. */
        PASSED,
        /** It is in the sink, durably. */
        STORED,
        /** DELE may have been sent, and nobody knows yet what became of it. */
        DELETE_SENT,
        /** The server has deleted it. */
        COMMITTED
    }

    private final long serial;
    private final String uniqueId;
    private final int occurrence;
    private final Instant firstSeen;
    private final long octets;
    private final boolean reused;
    private long sum = -1;
    private State state = State.SEEN;
    private @Nullable Instant gone;
    private int failures;
    private Instant lastFailure = Instant.EPOCH;

    Entry(long serial, String uniqueId, int occurrence, Instant firstSeen, long octets, boolean reused) {
        this.serial = serial;
        this.uniqueId = uniqueId;
        this.occurrence = occurrence;
        this.firstSeen = firstSeen;
        this.octets = octets;
        this.reused = reused;
    }

    /** By which the records of the journal call it. */
    long serial() {
        return serial;
    }

    String uniqueId() {
        return uniqueId;
    }

    /** From 1: which it is among those that were listed with the same unique-id at once. */
    int occurrence() {
        return occurrence;
    }

    Instant firstSeen() {
        return firstSeen;
    }

    /** As LIST said; -1 if it did not. */
    long octets() {
        return octets;
    }

    /** Whether another message had the same unique-id before. */
    boolean isReused() {
        return reused;
    }

    /** The CRC-32C of what was stored; -1 if it is not known. */
    long sum() {
        return sum;
    }

    void sum(long octets) {
        sum = octets;
    }

    State state() {
        return state;
    }

    void become(State next) {
        state = next;
    }

    /** Whether the message is where it shall be, or has to be left alone: it is not to be fetched. */
    boolean isDone() {
        return state != State.SEEN;
    }

    /** Whether the message is known to be in the sink and not known to be deleted. */
    boolean isStored() {
        return state == State.STORED || state == State.DELETE_SENT;
    }

    /** Since when the server does not list it any more, deleted or not; null while it does. */
    @Nullable
    Instant gone() {
        return gone;
    }

    void gone(@Nullable Instant since) {
        gone = since;
    }

    /** How often it could not be fetched. */
    int failures() {
        return failures;
    }

    Instant lastFailure() {
        return lastFailure;
    }

    void failed(Instant when) {
        failures++;
        lastFailure = when;
    }
}
