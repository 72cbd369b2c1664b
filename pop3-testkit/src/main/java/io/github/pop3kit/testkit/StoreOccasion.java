package io.github.pop3kit.testkit;

import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** A call of the store, and what can be made to go wrong with it. */
public final class StoreOccasion {

    private static final Set<StoreCall> OF_A_MESSAGE =
            Set.of(StoreCall.OCTETS, StoreCall.UNIQUE_ID, StoreCall.CONTENT, StoreCall.RETRIEVED);

    /** What a fault does to a call. */
    @FunctionalInterface
    interface Trouble {
        /** Returns how many octets of the content can be read; {@link Long#MAX_VALUE} for all. */
        long trouble(RandomGenerator random) throws IOException;
    }

    private final Faults faults;
    private final StoreCall call;
    private final String description;
    private final Predicate<Moment> when;

    StoreOccasion(Faults faults, StoreCall call, String description, Predicate<Moment> when) {
        this.faults = faults;
        this.call = call;
        this.description = description;
        this.when = when;
    }

    /** Only for this account. */
    public StoreOccasion account(String name) {
        return narrowed(" of " + name, moment -> moment.line().equals(name));
    }

    /**
     * Only for this message-number.
     *
     * @throws IllegalStateException if the call is not about one message
     */
    public StoreOccasion message(int number) {
        if (!OF_A_MESSAGE.contains(call)) throw new IllegalStateException(call + " is not about one message");
        return narrowed(" of message " + number, moment -> moment.message() == number);
    }

    private StoreOccasion narrowed(String more, Predicate<Moment> narrower) {
        return new StoreOccasion(faults, call, description + more, when.and(narrower));
    }

    /** The store refuses and says what kind of refusal it is. */
    public FaultRule fail(Reason reason) {
        return add("fail with " + reason, random -> {
            throw new StoreException(reason, "refused for a test");
        });
    }

    /** The store fails, as a disk does. */
    public FaultRule fail() {
        return add("fail", random -> {
            throw new IOException("failed for a test");
        });
    }

    /**
     * The message can be read so far, and then reading fails.
     *
     * @throws IllegalStateException if the call is not {@link StoreCall#CONTENT}
     */
    public FaultRule breakOffAfter(long octets) {
        if (call != StoreCall.CONTENT) throw new IllegalStateException(call + " has no content to break off");
        if (octets < 0) throw new IllegalArgumentException("less than nothing cannot be read");
        return add("break off after " + octets, random -> octets);
    }

    /** The call waits until the test releases it, even if the server is stopped. */
    public Hold hold() {
        Hold hold = faults.newHold();
        add("hold", random -> {
            new Patience().await(hold);
            return Long.MAX_VALUE;
        });
        return hold;
    }

    private FaultRule add(String what, Trouble trouble) {
        return faults.add(when, trouble, description + ": " + what);
    }
}
