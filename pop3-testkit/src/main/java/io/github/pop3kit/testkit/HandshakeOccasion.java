package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * A TLS handshake, and what can be made to go wrong with it. The client's first octets are taken before anything is said, so that
 * the client does see what is. Behind a certificate that it should have refused the session goes on: what a client says there it
 * should not have said.
 */
public final class HandshakeOccasion {

    /** What a fault does in the place of a handshake, or before it. */
    @FunctionalInterface
    interface Disturbance {
        /** An exception ends the session. */
        void disturb(Connection clear, Patience patience, RandomGenerator random) throws IOException;

        /** What is spoken instead of the server's own. */
        default Optional<ServerTls> instead() {
            return Optional.empty();
        }
    }

    private record Instead(ServerTls tls) implements Disturbance {
        @Override
        public void disturb(Connection clear, Patience patience, RandomGenerator random) {}

        @Override
        public Optional<ServerTls> instead() {
            return Optional.of(tls);
        }
    }

    private final Faults faults;
    private final String description;
    private final Predicate<Moment> when;

    HandshakeOccasion(Faults faults, String description, Predicate<Moment> when) {
        this.faults = faults;
        this.description = description;
        this.when = when;
    }

    /** Only on the server's n-th connection, from 1. */
    public HandshakeOccasion connection(int n) {
        return new HandshakeOccasion(
                faults, description + Faults.atConnection(n), when.and(moment -> moment.connection() == n));
    }

    /** The handshake begins later, by the real clock. */
    public FaultRule delay(Duration longer) {
        Faults.checked(longer);
        return add("delay of " + longer, (clear, patience, random) -> patience.pause(longer.toNanos()));
    }

    /** The handshake begins when the test releases it. */
    public Hold hold() {
        Hold hold = faults.newHold();
        add("hold", (clear, patience, random) -> patience.await(hold));
        return hold;
    }

    /** The connection ends by FIN. */
    public FaultRule hangUp() {
        return say("hang up", random -> "");
    }

    /** The connection ends by RST. */
    public FaultRule reset() {
        return add("reset", (clear, patience, random) -> {
            clear.read(ByteBuffer.allocate(1));
            Ending.reset(clear);
            throw new IOException("the handshake is reset for a test");
        });
    }

    /** Nothing is said, and the connection stays open until the client ends it. */
    public FaultRule mute() {
        return add("mute", (clear, patience, random) -> {
            Ending.discard(clear);
            throw new IOException("the handshake is stalled for a test");
        });
    }

    /** Random octets come, which are no TLS, and the end. */
    public FaultRule garbage(int octets) {
        ReplyOccasion.atLeast(1, octets, "octets");
        // The first octet of a TLS record is from 0x14 to 0x18; everybody can tell this one from it.
        return say("garbage", random -> "\u00FF" + Faults.garbage(octets - 1, random));
    }

    /** Lines come in the clear, and the end; written as for {@link ReplyOccasion#answer}. */
    public FaultRule plaintext(String lines) {
        String octets = Faults.lines(lines);
        return say("plaintext " + Faults.shown(octets), random -> octets);
    }

    /**
     * The server's certificate has expired a month ago. As with the others, {@link Pop3TestServer#sslContext()} trusts who vouches
     * for it.
     */
    public FaultRule expiredCertificate() {
        return add("expired certificate", new Instead(TestCertificate.EXPIRED));
    }

    /** The server's certificate is valid from next month on. */
    public FaultRule certificateNotYetValid() {
        return add("certificate not yet valid", new Instead(TestCertificate.NOT_YET_VALID));
    }

    /** The server's certificate is for {@code another-host.invalid}. */
    public FaultRule certificateForAnotherHost() {
        return add("certificate for another host", new Instead(TestCertificate.FOR_ANOTHER_HOST));
    }

    /** The server's certificate is for the right host, and nobody whom {@link Pop3TestServer#sslContext()} trusts vouches for it. */
    public FaultRule unknownCertificate() {
        return add("unknown certificate", new Instead(TestCertificate.UNKNOWN));
    }

    /** The server has another certificate. */
    public FaultRule certificate(ServerCertificate another) {
        return add("another certificate", new Instead(ServerTls.of(another)));
    }

    /** What is said in the place of a handshake. */
    @FunctionalInterface
    private interface Words {
        String octets(RandomGenerator random);
    }

    private FaultRule say(String what, Words words) {
        return add(what, (clear, patience, random) -> {
            clear.read(ByteBuffer.allocate(16 * 1024));
            ByteBuffer octets = ByteBuffer.wrap(words.octets(random).getBytes(StandardCharsets.ISO_8859_1));
            while (octets.hasRemaining()) clear.write(octets);
            clear.endOutput();
            throw new IOException("the handshake is spoilt for a test");
        });
    }

    private FaultRule add(String what, Disturbance disturbance) {
        return faults.add(when, disturbance, description + ": " + what);
    }
}
