package io.github.pop3kit.client;

import io.github.pop3kit.protocol.sasl.Bearer;
import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.protocol.sasl.Plain;
import io.github.pop3kit.protocol.sasl.ScramClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

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

    /** Whether the server's word that all is well can be taken. */
    default boolean trustsServer() {
        return true;
    }

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

    /** draft-murchison-sasl-login: the server asks twice, in words that do not matter. */
    final class LoginMechanism implements Mechanism {

        private final Queue<String> answers;

        LoginMechanism(String user, String password) {
            answers = new ArrayDeque<>(List.of(user, password));
        }

        @Override
        public String name() {
            return "LOGIN";
        }

        @Override
        public Optional<byte[]> first() {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> answer(byte[] challenge) {
            return Optional.ofNullable(answers.poll()).map(text -> text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** RFC 2195. */
    final class CramMd5Mechanism implements Mechanism {

        private final String user;
        private final String password;

        CramMd5Mechanism(String user, String password) {
            this.user = user;
            this.password = password;
        }

        @Override
        public String name() {
            return "CRAM-MD5";
        }

        @Override
        public Optional<byte[]> first() {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> answer(byte[] challenge) {
            return Optional.of(new Md5.Response(user, Md5.cram(challenge, password)).octets());
        }
    }

    /** RFC 5802. */
    final class ScramMechanism implements Mechanism {

        private final String name;
        private final ScramClient scram;

        ScramMechanism(String name, ScramClient scram) {
            this.name = name;
            this.scram = scram;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Optional<byte[]> first() {
            return Optional.of(scram.first());
        }

        @Override
        public Optional<byte[]> answer(byte[] challenge) {
            return scram.answer(challenge);
        }

        @Override
        public boolean trustsServer() {
            return scram.isServerProven();
        }
    }

    /** RFC 7628 and XOAUTH2. A challenge says, in JSON, that the token was refused; it has to be answered before {@code -ERR} comes. */
    final class BearerMechanism implements Mechanism {

        private final String name;
        private final byte[] message;

        private BearerMechanism(String name, byte[] message) {
            this.name = name;
            this.message = message;
        }

        static BearerMechanism oauthBearer(Bearer bearer, String host, int port) {
            return new BearerMechanism("OAUTHBEARER", bearer.oauthBearer(host, port));
        }

        static BearerMechanism xoauth2(Bearer bearer) {
            return new BearerMechanism("XOAUTH2", bearer.xoauth2());
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Optional<byte[]> first() {
            return Optional.of(message);
        }

        @Override
        public Optional<byte[]> answer(byte[] challenge) {
            return Optional.of(name.equals("XOAUTH2") ? new byte[0] : new byte[] {1});
        }
    }

    /** RFC 4422 appendix A: the certificate has said who it is. */
    record ExternalMechanism(String actAs) implements Mechanism {

        @Override
        public String name() {
            return "EXTERNAL";
        }

        @Override
        public Optional<byte[]> first() {
            return Optional.of(actAs.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Optional<byte[]> answer(byte[] challenge) {
            return Optional.empty();
        }
    }
}
