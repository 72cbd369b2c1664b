package io.github.pop3kit.client;

import io.github.pop3kit.protocol.sasl.Plain;
import java.util.Optional;

/** The client's part of one SASL exchange. The family is closed: what a mechanism needs of the connection is known here. */
sealed interface Mechanism {

    /** As in {@code AUTH name}. */
    String name();

    /** What the client says before it is asked anything; empty if the server speaks first. Called once. */
    Optional<byte[]> first();

    /**
     * The answer to a challenge behind that; empty to give up.
     *
     * @param challenge what could be read of it
     */
    Optional<byte[]> answer(byte[] challenge);

    /** RFC 4616: one message, which shows the password. */
    record PlainMechanism(Plain message) implements Mechanism {

        @Override
        public String name() {
            return "PLAIN";
        }

        @Override
        public Optional<byte[]> first() {
            return Optional.of(message.octets());
        }

        @Override
        public Optional<byte[]> answer(byte[] challenge) {
            return Optional.empty();
        }
    }
}
