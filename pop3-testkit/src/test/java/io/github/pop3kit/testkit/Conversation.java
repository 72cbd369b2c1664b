package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;

/** A client that says what a transcript says. */
final class Conversation {

    private Conversation() {}

    /** Plays the client over a connection of its own, in memory, and ends it. */
    static void plays(Pop3TestServer server, String transcript) {
        try (Socket socket = server.connect()) {
            plays(socket, transcript);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plays the client over this connection, and leaves it as the transcript does. */
    static void plays(Socket socket, String transcript) {
        try {
            Transcript.parse(transcript).playClient(socket, new Pace.Lines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Logs in, says this, and quits. */
    static void playsAs(Pop3TestServer server, String user, String password, String transcript) {
        plays(server, login(user, password) + transcript.stripIndent() + "C: QUIT\nS: +OK …\nS closes\n");
    }

    /** From the greeting to the maildrop. */
    static String login(String user, String password) {
        return "S: +OK …\nC: USER " + user + "\nS: +OK …\nC: PASS " + password + "\nS: +OK …\n";
    }
}
