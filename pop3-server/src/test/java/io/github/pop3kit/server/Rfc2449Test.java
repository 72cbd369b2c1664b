package io.github.pop3kit.server;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** Sentences of RFC 2449 and RFC 3206 that no other test shows. */
class Rfc2449Test {

    private static final String LOGIN = """
            S: +OK …
            C: USER mrose
            S: +OK …
            C: PASS a secret
            S: +OK …
            """;

    /** Section 4: "commands up to 255 octets", the line end counted. */
    @Test
    void a_command_may_have_255_octets() {
        String name = "x".repeat(255 - "USER \r\n".length());
        Played.with().plays("S: +OK …\nC: USER " + name + "\nS: +OK password required\n");
    }

    /** Section 8.1.2: IN-USE "indicates the authentication was successful"; whose password is wrong does not hear it. */
    @Test
    void in_use_is_said_to_none_but_the_user() throws IOException {
        try (Played.Running running = Played.with().start();
                SocketChannel first = running.connect()) {
            Transcript.parse(LOGIN).playClient(first, new Pace.Lines());
            running.plays("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS wrong
                    S: -ERR [AUTH] authentication failed
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: -ERR [IN-USE] …
                    C: AUTH PLAIN AG1yb3NlAGEgc2VjcmV0
                    S: -ERR [IN-USE] …
                    """);
        }
    }

    /** Section 5: CAPA has no argument and no restriction, and is asked as often as one likes. */
    @Test
    void capa_takes_no_argument() {
        Played.with().plays("S: +OK …\nC: CAPA UIDL\nS: -ERR CAPA takes no argument\n");
        Played.with().playsLoggedIn("C: CAPA UIDL\nS: -ERR CAPA takes no argument\n");
    }

    /** RFC 3206 section 5: the code AUTH is for credentials, and for nothing that only looks like them. */
    @Test
    void auth_is_said_of_credentials_alone() {
        Played.with().plays("""
                S: +OK …
                C: PASS a secret
                S: -ERR USER comes first
                C: AUTH PLAIN =
                S: -ERR not a message of PLAIN
                C: AUTH PLAIN AG1yb3NlAHdyb25n
                S: -ERR [AUTH] authentication failed
                """);
    }
}
