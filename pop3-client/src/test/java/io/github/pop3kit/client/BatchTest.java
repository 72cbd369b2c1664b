package io.github.pop3kit.client;

import static io.github.pop3kit.client.Script.FULL_LOGIN;
import static io.github.pop3kit.client.Script.LOGIN;
import static io.github.pop3kit.client.Script.MROSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is under way when, with servers that offer PIPELINING, do not, or break under it. */
class BatchTest {

    private static List<Integer> upTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    private static String commands(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(number -> "C: DELE " + number + "\n")
                .collect(Collectors.joining());
    }

    private static String answers(int count) {
        return "S: +OK\n".repeat(count);
    }

    @Test
    void a_batch_begins_with_some_commands_and_has_more_under_way_with_each_round() throws IOException {
        // What is played here waits for all commands of a line before it answers the first of them.
        try (Script script = Script.of(FULL_LOGIN
                        + commands(1, 32)
                        + answers(16)
                        + commands(33, 48)
                        + answers(16)
                        + commands(49, 96)
                        + answers(64));
                RemoteMaildrop maildrop = script.open()) {
            assertEquals(upTo(96), maildrop.deleteAll(upTo(96)).done());
            script.check();
        }
    }

    @Test
    void without_pipelining_each_command_waits_for_the_answer_to_the_one_before() throws IOException {
        try (Script script = Script.of(LOGIN + "C: DELE 1\nS: +OK\nC: DELE 2\nS: -ERR gone\nC: DELE 3\nS: +OK\n");
                RemoteMaildrop maildrop = script.open()) {
            BatchResult result = maildrop.deleteAll(upTo(3));
            assertEquals(List.of(1, 3), result.done());
            assertFalse(result.isComplete());
            script.check();
        }
    }

    @Test
    void a_window_of_one_turns_pipelining_off() throws IOException {
        try (Script script = Script.of(FULL_LOGIN + "C: DELE 1\nS: +OK\nC: DELE 2\nS: +OK\n");
                RemoteMaildrop maildrop = script.client()
                        .limits(ClientLimits.defaults().withWindow(1))
                        .build()
                        .open(MROSE)) {
            assertTrue(maildrop.deleteAll(upTo(2)).isComplete());
        }
    }

    @Test
    void no_more_octets_are_under_way_than_can_be_thrown_away() throws IOException {
        String listing = "C: LIST\nS: +OK\nS: 1 4000000\nS: 2 4000000\nS: 3 1\nS: .\n";
        String answer = "S: +OK\nS: x\nS: .\n";
        try (Script script = Script.of(
                        FULL_LOGIN + listing + "C: RETR 1\n" + answer + "C: RETR 2\nC: RETR 3\n" + answer + answer);
                RemoteMaildrop maildrop = script.open()) {
            List<Integer> got = new ArrayList<>();
            maildrop.retrieveAll(upTo(3), (number, message) -> {
                message.readAllBytes();
                got.add(number);
            });
            assertEquals(upTo(3), got);
            script.check();
        }
    }

    @Test
    void a_server_that_breaks_under_pipelining_is_remembered_and_what_was_done_is_told() throws IOException {
        String breaks = FULL_LOGIN + commands(1, 3) + "S: +OK\nS: what?\nC closes\n";
        String again = FULL_LOGIN + "C: DELE 1\nS: +OK\nC: DELE 2\nS: +OK\nC: DELE 3\nS: +OK\n";
        try (Script script = Script.of(breaks, again)) {
            Pop3Client client = script.client().build();
            try (RemoteMaildrop maildrop = client.open(MROSE)) {
                BatchInterruptedException interrupted =
                        assertThrows(BatchInterruptedException.class, () -> maildrop.deleteAll(upTo(3)));
                assertEquals(List.of(1), interrupted.result().done());
                assertTrue(interrupted.isRetrySafe());
                assertTrue(interrupted.getCause() instanceof ProtocolViolationException);
                assertTrue(maildrop.deviations().stream()
                        .anyMatch(deviation -> deviation.kind() == Deviation.Kind.PIPELINING_BROKEN));
            }
            try (RemoteMaildrop maildrop = client.open(MROSE)) {
                assertTrue(maildrop.deleteAll(upTo(3)).isComplete());
            }
            script.check();
        }
    }

    @Test
    void a_server_that_closes_under_pipelining_is_remembered_too() throws IOException {
        try (Script script = Script.of(
                FULL_LOGIN + commands(1, 2) + "S: +OK\nS closes\nC closes\n",
                FULL_LOGIN + "C: DELE 1\nS: +OK\nC: DELE 2\nS: +OK\n")) {
            Pop3Client client = script.client().build();
            try (RemoteMaildrop maildrop = client.open(MROSE)) {
                assertThrows(BatchInterruptedException.class, () -> maildrop.deleteAll(upTo(2)));
            }
            try (RemoteMaildrop maildrop = client.open(MROSE)) {
                assertTrue(maildrop.deleteAll(upTo(2)).isComplete());
            }
            script.check();
        }
    }

    @Test
    void a_violation_without_pipelining_says_nothing_about_it() throws IOException {
        try (Script script = Script.of(LOGIN + "C: DELE 1\nS: what?\nC closes\n");
                RemoteMaildrop maildrop = script.open()) {
            BatchInterruptedException interrupted =
                    assertThrows(BatchInterruptedException.class, () -> maildrop.deleteAll(upTo(2)));
            assertFalse(interrupted.isRetrySafe());
            assertEquals(List.of(), maildrop.deviations());
        }
    }

    @Test
    void a_sink_that_throws_leaves_nothing_under_way() throws IOException {
        String messages = "S: +OK\nS: x\nS: .\nS: -ERR gone\nS: +OK\nS: x\nS: .\n";
        try (Script script = Script.of(
                        FULL_LOGIN + "C: TOP 1 5\nC: TOP 2 5\nC: TOP 3 5\n" + messages + "C: NOOP\nS: +OK\n");
                RemoteMaildrop maildrop = script.open()) {
            RuntimeException thrown = assertThrows(
                    IllegalStateException.class,
                    () -> maildrop.topAll(upTo(3), 5, (number, message) -> {
                        throw new IllegalStateException("the sink's own");
                    }));
            assertEquals("the sink's own", thrown.getMessage());
            maildrop.noop();
            script.check();
        }
    }

    @Test
    void a_sink_that_throws_with_much_under_way_costs_the_session() throws IOException {
        try (Script script = Script.of(
                        FULL_LOGIN
                                + "C: LIST\nS: +OK\nS: 1 1\nS: 2 100000\nS: .\nC: RETR 1\nC: RETR 2\nS: +OK\nS: x\nS: .\nC closes\n");
                RemoteMaildrop maildrop = script.client()
                        .limits(ClientLimits.defaults().withDrainOctets(1000))
                        .build()
                        .open(MROSE)) {
            assertThrows(
                    IOException.class,
                    () -> maildrop.retrieveAll(upTo(2), (number, message) -> {
                        throw new IOException("disk full");
                    }));
            assertThrows(ConnectionLostException.class, maildrop::noop);
            script.check();
        }
    }

    @Test
    void a_sink_that_swallows_the_loss_of_the_connection_does_not_hide_it() throws IOException {
        try (Script script = Script.of(LOGIN + "C: TOP 1 5\nS: +OK\nS: x\nS closes\n");
                RemoteMaildrop maildrop = script.open()) {
            BatchInterruptedException interrupted = assertThrows(
                    BatchInterruptedException.class,
                    () -> maildrop.topAll(upTo(1), 5, (number, message) -> {
                        assertThrows(ConnectionLostException.class, message::readAllBytes);
                    }));
            assertEquals(List.of(), interrupted.result().done());
        }
    }

    @Test
    void nothing_else_can_be_asked_while_a_batch_is_under_way() throws IOException {
        try (Script script = Script.of(LOGIN + "C: TOP 1 5\nS: +OK\nS: x\nS: .\nC: DELE 1\nS: +OK\n");
                RemoteMaildrop maildrop = script.open()) {
            BatchResult result = maildrop.topAll(upTo(1), 5, (number, message) -> {
                message.readAllBytes();
                assertThrows(IllegalStateException.class, () -> maildrop.delete(number));
            });
            assertTrue(maildrop.deleteAll(result.done()).isComplete());
            script.check();
        }
    }

    @Test
    void headers_of_many_messages_come_without_top_too() throws IOException {
        String message = "S: +OK\nS: Subject: hello\nS:\nS: body\nS: .\n";
        try (Script script = Script.of(LOGIN
                        + "C: TOP 1 0\nS: -ERR what?\nC: RETR 1\n" + message
                        + "C: RETR 2\nS: -ERR no such message\nC: RETR 3\n" + message);
                RemoteMaildrop maildrop = script.open()) {
            List<String> subjects = new ArrayList<>();
            BatchResult result = maildrop.headers(
                    upTo(3),
                    (number, headers) ->
                            subjects.add(number + " " + headers.subject().orElse("")));
            assertEquals(List.of("1 hello", "3 hello"), subjects);
            assertEquals(List.of(1, 3), result.done());
            script.check();
        }
    }

    @Test
    void message_numbers_begin_with_one() throws IOException {
        try (Script script = Script.of(LOGIN);
                RemoteMaildrop maildrop = script.open()) {
            assertThrows(IllegalArgumentException.class, () -> maildrop.delete(0));
            assertThrows(IllegalArgumentException.class, () -> maildrop.deleteAll(List.of(1, -1)));
            script.check();
        }
    }
}
