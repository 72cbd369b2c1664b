package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.function.Consumer;

/**
 * A test server with one user, mrose, password "a secret", and two messages, reached in every way: through a plain socket, over
 * TLS and in memory. Each conversation is played in each of them against a fresh server, whose faults must all have happened.
 */
final class Ways {

    /** How a client gets to the server. */
    enum Way {
        PLAIN,
        TLS,
        MEMORY;

        Socket connect(Pop3TestServer server) {
            try {
                return switch (this) {
                    case PLAIN -> new Socket("localhost", server.port());
                    case TLS -> server.sslContext().getSocketFactory().createSocket("localhost", server.tlsPort());
                    case MEMORY -> server.connect();
                };
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static final String LOGIN = """
            S: +OK …
            C: USER mrose
            S: +OK …
            C: PASS a secret
            S: +OK …
            """;

    private final Consumer<Pop3TestServer> condition;

    private Ways(Consumer<Pop3TestServer> condition) {
        this.condition = condition;
    }

    static Ways given(Consumer<Faults> faults) {
        return new Ways(server -> faults.accept(server.faults()));
    }

    static Ways givenServer(Consumer<Pop3TestServer> condition) {
        return new Ways(condition);
    }

    static Pop3TestServer start() {
        Pop3TestServer server = Pop3TestServer.start();
        TestUser mrose = server.user("mrose", "a secret");
        mrose.deliver("Subject: one\n\n.hidden\nbye\n");
        mrose.deliver("Subject: two\n\nhi\n");
        return server;
    }

    void playsLoggedIn(String... conversations) {
        String[] all = new String[conversations.length];
        for (int i = 0; i < all.length; i++) all[i] = LOGIN + conversations[i];
        plays(all);
    }

    /** Plays one conversation behind the other, each on a connection of its own. */
    void plays(String... conversations) {
        for (Way way : Way.values()) plays(way, conversations);
    }

    void plays(Way way, String... conversations) {
        try (Pop3TestServer server = start()) {
            condition.accept(server);
            for (String conversation : conversations) {
                try (Socket client = way.connect(server)) {
                    Transcript.parse(conversation).playClient(client, new Pace.Lines());
                }
                server.awaitSessionEnd();
            }
            server.faults().assertAllFired();
        } catch (AssertionError e) {
            throw new AssertionError(way + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
