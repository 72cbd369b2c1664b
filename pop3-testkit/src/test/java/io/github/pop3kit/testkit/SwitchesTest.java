package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Conversation.login;
import static io.github.pop3kit.testkit.Conversation.plays;
import static io.github.pop3kit.testkit.Conversation.playsAs;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is another one for a test. */
@Timeout(60)
class SwitchesTest {

    private final Pop3TestServer server = Pop3TestServer.start();

    {
        server.user("bob", "secret").deliver("Subject: hi\n\nHello\n");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_greeting_is_the_whole_line() {
        plays(server.greeting(Pop3TestServer.QPOPPER_2_4), "S: +OK QPOP (version 2.4) at pop.foo.bar starting.\n");
        plays(server.greeting("-ERR come back later"), "S: -ERR come back later\n");
        assertThrows(IllegalArgumentException.class, () -> server.greeting("+OK two\r\nlines"));
    }

    @Test
    void a_capability_that_is_missing_is_neither_listed_nor_served() {
        server.withoutCapability("TOP").withoutCapability("uidl").withoutCapability("STLS");
        plays(server, "S: +OK …\nC: STLS\nS: -ERR …\n");
        playsAs(server, "bob", "secret", """
                C: TOP 1 0
                S: -ERR …
                C: UIDL
                S: -ERR …
                C: CAPA
                S: +OK …
                S: RESP-CODES
                S: AUTH-RESP-CODE
                S: PIPELINING
                S: USER
                S: SASL PLAIN LOGIN
                S: IMPLEMENTATION pop3kit
                S: .
                """);
    }

    @Test
    void a_capability_can_be_a_secret_or_a_lie() {
        server.hideCapability("TOP").claimCapability("UTF8 USER");
        playsAs(server, "bob", "secret", """
                C: CAPA
                S: +OK …
                S: UIDL
                S: RESP-CODES
                S: AUTH-RESP-CODE
                S: PIPELINING
                S: USER
                S: SASL PLAIN LOGIN
                S: IMPLEMENTATION pop3kit
                S: UTF8 USER
                S: .
                C: UTF8
                S: -ERR …
                C: TOP 1 0
                S: +OK …
                S: Subject: hi
                S:
                S: .
                """);
    }

    @Test
    void capa_itself_can_be_missing() {
        plays(server.withoutCapa(), "S: +OK …\nC: CAPA\nS: -ERR …\nC: USER bob\nS: +OK …\n");
    }

    @Test
    void what_is_switched_holds_for_the_sessions_that_begin_afterwards() throws IOException {
        try (Socket before = server.connect()) {
            plays(before, login("bob", "secret"));
            server.withoutCapability("TOP");
            plays(before, "C: TOP 1 0\nS: +OK …\nS: Subject: hi\nS:\nS: .\nC: QUIT\nS: +OK …\nS closes\n");
        }
        playsAs(server, "bob", "secret", "C: TOP 1 0\nS: -ERR …\n");
    }

    @Test
    void a_command_that_is_refused_is_in_the_transcript() {
        server.withoutCapability("TOP");
        playsAs(server, "bob", "secret", "C: TOP 1 0\nS: -ERR …\n");
        Pop3Assertions.assertThat(server).received("TOP 1 0").sent("-ERR unknown command");
    }
}
