package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Ways.givenServer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.testkit.Ways.Way;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that says of itself what the test wants. */
@Timeout(30)
class PersonalityTest {

    @Test
    void a_greeting_is_any_line() {
        givenServer(server -> server.greeting("+OK POP3 <1896.697170952@dbc.mtview.ca.us>"))
                .plays("S: +OK POP3 <1896.697170952@dbc.mtview.ca.us>\nC: QUIT\nS: +OK …\n");
        givenServer(server -> server.greeting("+OKAY")).plays("S: +OKAY\n");
        assertThrows(IllegalArgumentException.class, () -> Personality.PLAIN.withGreeting("+OK\r\n+OK"));
    }

    @Test
    void a_server_without_top_and_uidl_knows_neither() {
        givenServer(server -> server.withoutCapability("top").withoutCapability("UIDL"))
                .plays(Way.MEMORY, Ways.LOGIN + """
                        C: TOP 1 0
                        S: -ERR unknown command
                        C: UIDL
                        S: -ERR unknown command
                        C: CAPA
                        S: +OK …
                        S: RESP-CODES
                        S: AUTH-RESP-CODE
                        S: PIPELINING
                        S: USER
                        S: SASL PLAIN LOGIN
                        S: IMPLEMENTATION …
                        S: .
                        """);
    }

    @Test
    void a_server_without_user_wants_sasl() {
        givenServer(server -> server.withoutCapability("USER")).plays("""
                S: +OK …
                C: USER mrose
                S: -ERR unknown command
                C: PASS a secret
                S: -ERR unknown command
                C: AUTH PLAIN AG1yb3NlAGEgc2VjcmV0
                S: +OK …
                """);
    }

    @Test
    void a_server_without_stls_has_none() {
        givenServer(server -> server.withoutCapability("STLS")).plays("S: +OK …\nC: STLS\nS: -ERR unknown command\n");
    }

    @Test
    void what_is_hidden_is_served_and_what_is_claimed_is_not() {
        givenServer(server -> server.hideCapability("PIPELINING")
                        .hideCapability("TOP")
                        .claimCapability("UTF8 USER")
                        .claimCapability("EXPIRE 0")
                        .claimCapability("EXPIRE 60")
                        .claimCapability("IMPLEMENTATION another"))
                .plays(Way.TLS, Ways.LOGIN + """
                        C: CAPA
                        S: +OK …
                        S: UIDL
                        S: RESP-CODES
                        S: AUTH-RESP-CODE
                        S: USER
                        S: SASL PLAIN LOGIN
                        S: UTF8 USER
                        S: EXPIRE 60
                        S: IMPLEMENTATION another
                        S: .
                        C: TOP 2 0
                        S: +OK …
                        S: Subject: two
                        S:
                        S: .
                        C: UTF8
                        S: -ERR …
                        """);
    }

    @Test
    void a_server_without_capa_refuses_it() {
        givenServer(Pop3TestServer::withoutCapa)
                .plays("S: +OK …\nC: capa\nS: -ERR unknown command\nC: QUIT\nS: +OK …\n");
    }

    @Test
    void sasl_mechanisms_are_left_out_of_both_lists_and_refused() {
        givenServer(Pop3TestServer::mechanisms).plays(Way.TLS, """
                        S: +OK …
                        C: AUTH
                        S: +OK …
                        S: .
                        C: AUTH PLAIN
                        S: -ERR no such SASL mechanism here
                        C: CAPA
                        S: +OK …
                        S: TOP
                        S: UIDL
                        S: RESP-CODES
                        S: AUTH-RESP-CODE
                        S: PIPELINING
                        S: USER
                        S: IMPLEMENTATION …
                        S: .
                        """);
        givenServer(server -> server.mechanisms("plain")).plays("""
                S: +OK …
                C: AUTH
                S: +OK …
                S: PLAIN
                S: .
                C: AUTH PLAIN AG1yb3NlAGEgc2VjcmV0
                S: +OK …
                """);
    }

    @Test
    void a_session_keeps_the_personality_with_which_it_began() throws IOException {
        try (Pop3TestServer server = Ways.start();
                Socket before = server.connect()) {
            Transcript.parse("S: +OK …\n").playClient(before, new Pace.Lines());
            server.withoutCapability("USER");
            try (Socket behind = server.connect()) {
                Transcript.parse("S: +OK …\nC: USER mrose\nS: -ERR …\n").playClient(behind, new Pace.Lines());
            }
            Transcript.parse("C: USER mrose\nS: +OK …\n").playClient(before, new Pace.Lines());
        }
    }

    @Test
    void faults_come_on_top() {
        givenServer(server -> {
                    server.withoutCapability("TOP").greeting("+OK another");
                    server.faults().on("TOP").answerTwice();
                    server.faults().onConnect().unsolicited("+OK more");
                })
                .plays("""
                        S: +OK another
                        S: +OK more
                        C: TOP 1 1
                        S: -ERR unknown command
                        S: -ERR unknown command
                        """);
    }

    @Test
    void a_refused_command_does_not_count_as_a_bad_one_of_the_session() {
        String unknown = "C: STLS\nS: -ERR unknown command\n".repeat(50);
        givenServer(server -> server.withoutCapability("STLS")).plays("S: +OK …\n" + unknown + "C: QUIT\nS: +OK …\n");
        assertTrue(Personality.PLAIN.refusal("STLS", "STLS").isEmpty());
        assertEquals("+OK\r\n", Personality.PLAIN.rewritten("CAPA", "+OK\r\n"));
    }
}
