package io.github.pop3kit.server.bench;

import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.ServerTls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What the test kit puts under a server: its time, and what carries its sessions. The sessions themselves are those of any other
 * server.
 */
public interface Bench {

    /** The clock of all deadlines and delays, as {@link System#nanoTime}. Any thread asks. */
    long nanoTime();

    /**
     * Lets a session's thread wait, as after a wrong password.
     *
     * @param end counted down when the session has to end, however long it was to wait
     */
    default void pause(Duration time, CountDownLatch end) throws InterruptedException {
        end.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * How long a login waits where the maildrop is in use by another session of the same user, which may be over in a moment: its client
     * broke off and is back already. Then the store is asked once more; zero for not at all.
     */
    default Duration parting() {
        return Duration.ofMillis(250);
    }

    /** Takes over what can be done to the server, which has just started. */
    default void started(Controls controls) {}

    /** A client has connected; called by the thread that accepted it, which must not be held up. */
    default Fixture connected() {
        return new Fixture() {};
    }

    /** What a bench can do to a running server. */
    interface Controls {

        /** Ends the sessions whose deadline is past, as the server itself looks for twice a second. */
        void sweep();

        /**
         * Serves a client that has come another way than through a listening socket; it counts as one from loopback.
         *
         * @param connection the server's end, from now on the session's; closed if there are too many sessions
         * @param endpoint whose TLS is spoken
         */
        void serve(Connection connection, Endpoint endpoint) throws IOException;
    }

    /** What holds one session. Called by the session's thread. */
    interface Fixture {

        /**
         * What to put between a session and what carries it: in the clear first, and once more over TLS when that has begun. An
         * {@code abort} has to reach the connection.
         */
        default Connection carry(Connection connection) {
            return connection;
        }

        /**
         * By which ways this session's client may log in.
         *
         * @param offered what the server would offer: names of SASL mechanisms, {@code USER} for USER and PASS, and {@code APOP}
         * @return what is offered, in this order; AUTH with a mechanism that is not among {@code offered} must not reach the session
         */
        default List<String> mechanisms(List<String> offered) {
            return offered;
        }

        /** What APOP's digests are made of (RFC 1939 section 7), where the session would greet with this timestamp of its own. */
        default String timestamp(String own) {
            return own;
        }

        /**
         * A TLS handshake is about to begin.
         *
         * @param clear what will carry it
         * @param own the endpoint's
         * @return what is spoken
         * @throws IOException to end the session
         */
        default ServerTls handshake(Connection clear, ServerTls own) throws IOException {
            return own;
        }
    }
}
