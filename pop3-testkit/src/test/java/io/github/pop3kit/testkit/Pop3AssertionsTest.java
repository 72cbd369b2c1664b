package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Conversation.plays;
import static io.github.pop3kit.testkit.Conversation.playsAs;
import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class Pop3AssertionsTest {

    private final Pop3TestServer server = Pop3TestServer.start();
    private final String kept = server.user("bob", "secret").deliver("kept");
    private final String deleted = server.user("bob").deliver("deleted");

    @AfterEach
    void stop() {
        server.close();
    }

    private void converse() {
        playsAs(server, "bob", "secret", """
                C: RETR 1
                S: +OK …
                S: kept
                S: .
                C: DELE 2
                S: +OK …
                """);
        plays(server, "S: +OK …\nC: NOOP\nS: -ERR …\n");
    }

    @Test
    void what_happened_can_be_asserted() {
        converse();
        assertThat(server)
                .received("DELE 2")
                .received("RETR …")
                .receivedInOrder("USER bob", "PASS ****", "DELE 2", "QUIT")
                .neverReceived("DELE 1")
                .neverReceived("DELE")
                .sent("+OK password required")
                .sent("-ERR …")
                .neverSent("-ERR [IN-USE] …")
                .retrieved(kept)
                .neverRetrieved(deleted)
                .deleted(deleted)
                .neverDeleted(kept)
                .hadSessions(2)
                .hasNoSession();
    }

    private static Stream<Consumer<Pop3Assertions>> wrong() {
        return Stream.of(
                that -> that.received("DELE 1"),
                that -> that.received("DELE"),
                that -> that.received("RETR"),
                that -> that.received("+OK …"),
                that -> that.receivedInOrder("DELE 2", "RETR 1"),
                that -> that.receivedInOrder("DELE 2", "NOOP"),
                that -> that.receivedInOrder("QUIT", "QUIT"),
                that -> that.neverReceived("DELE …"),
                that -> that.sent("QUIT"),
                that -> that.sent("+OK"),
                that -> that.neverSent("+OK …"),
                that -> that.retrieved("2"),
                that -> that.neverRetrieved("1"),
                that -> that.deleted("1"),
                that -> that.neverDeleted("2"),
                that -> that.hadSessions(1));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void what_did_not_happen_is_a_failure_with_the_transcript(Consumer<Pop3Assertions> wrong) {
        converse();
        AssertionError e = assertThrows(AssertionError.class, () -> wrong.accept(assertThat(server)));
        assertTrue(e.getMessage().contains("C: DELE 2\n"), e.getMessage());
    }

    @Test
    void a_failure_names_the_faults_and_their_seed() {
        server.faults().seed(42).on("RETR").cutAfter(9);
        AssertionError e =
                assertThrows(AssertionError.class, () -> assertThat(server).received("RETR 7"));
        String faults = "faults, seed 42\n  on RETR: cut after 9; happened 0 times\n";
        assertTrue(e.getMessage().endsWith(faults), e.getMessage());
    }

    @Test
    void a_server_that_nobody_called_says_so() {
        AssertionError e =
                assertThrows(AssertionError.class, () -> assertThat(server).received("QUIT"));
        assertEquals("the server has not received: QUIT\n# there was no session\n", e.getMessage());
        assertThat(server).hasNoSession().hadSessions(0);
    }
}
