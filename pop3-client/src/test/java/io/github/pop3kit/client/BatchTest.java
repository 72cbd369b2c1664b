package io.github.pop3kit.client;

import static io.github.pop3kit.client.Script.FULL_LOGIN;
import static io.github.pop3kit.client.Script.LOGIN;
import static io.github.pop3kit.client.Script.MROSE;
import static java.nio.charset.StandardCharsets.US_ASCII;
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
                        + "C: STAT\n"
                        + answers(64)
                        + "S: +OK 0 0\n");
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
        try (Script script = Script.of(FULL_LOGIN
                        + listing
                        + "C: LIST 1\nC: RETR 1\nS: +OK 1 4000000\n"
                        + answer
                        + "C: LIST 2\nC: RETR 2\nC: LIST 3\nC: RETR 3\nC: STAT\nS: +OK 2 4000000\n"
                        + answer
                        + "S: +OK 3 1\n"
                        + answer
                        + "S: +OK 3 8000001\n");
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
        String breaks = FULL_LOGIN + commands(1, 3) + "C: STAT\nS: +OK\nS: what?\nC closes\n";
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
                FULL_LOGIN + commands(1, 2) + "C: STAT\nS: +OK\nS closes\nC closes\n",
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

    private static final String THREE_AT_ONCE =
            "C: LIST 1\nC: TOP 1 0\nC: LIST 2\nC: TOP 2 0\nC: LIST 3\nC: TOP 3 0\nC: STAT\n";
    private static final String ONE = "S: +OK 1 120\nS: +OK\nS: one\nS: .\n";
    private static final String TWO = "S: +OK 2 120\nS: +OK\nS: two\nS: .\n";
    private static final String THREE = "S: +OK 3 120\nS: +OK\nS: three\nS: .\n";

    /** What a batch of three hands on, {@code number:message}. */
    private static List<String> handedOn(String answers, List<Integer> done) throws IOException {
        List<String> got = new ArrayList<>();
        try (Script script = Script.of(FULL_LOGIN + THREE_AT_ONCE + answers + "C closes\n");
                RemoteMaildrop maildrop = script.open()) {
            BatchInterruptedException interrupted = assertThrows(
                    BatchInterruptedException.class,
                    () -> maildrop.topAll(upTo(3), 0, (number, message) -> {
                        got.add(number + ":" + new String(message.readAllBytes(), US_ASCII).strip());
                    }));
            assertEquals(done, interrupted.result().done());
            assertTrue(interrupted.pipeliningBroke());
            assertThrows(ConnectionLostException.class, maildrop::quit);
            script.check();
        }
        return got;
    }

    @Test
    void a_message_that_comes_twice_is_not_taken_for_the_next_one() throws IOException {
        String again = "S: +OK\nS: one\nS: .\n";
        assertEquals(List.of("1:one"), handedOn(ONE + again + TWO + THREE, List.of(1)));
    }

    @Test
    void a_refusal_that_nobody_asked_for_shifts_no_message() throws IOException {
        assertEquals(List.of("1:one"), handedOn(ONE + "S: -ERR what?\n" + TWO + THREE, List.of(1)));
    }

    @Test
    void a_server_that_knows_list_without_a_number_only_is_served() throws IOException {
        String one = "S: -ERR what?\nS: +OK\nS: one\nS: .\n";
        List<String> got = new ArrayList<>();
        try (Script script = Script.of(FULL_LOGIN + THREE_AT_ONCE + one.repeat(3) + "S: +OK 3 15\n");
                RemoteMaildrop maildrop = script.open()) {
            BatchResult result = maildrop.topAll(upTo(3), 0, (number, message) -> {
                got.add(number + ":" + new String(message.readAllBytes(), US_ASCII).strip());
            });
            assertEquals(upTo(3), result.done());
            assertEquals(List.of("1:one", "2:one", "3:one"), got);
            script.check();
        }
    }

    @Test
    void a_message_that_was_left_out_is_missed_at_once() throws IOException {
        assertEquals(List.of("1:one"), handedOn(ONE + THREE, List.of(1)));
    }

    @Test
    void what_is_left_over_behind_the_last_message_is_seen_however_late_it_comes() throws IOException {
        String again = "S: +OK\nS: three\nS: .\n";
        List<String> got = handedOn(ONE + TWO + THREE + again + "S: +OK 3 360\n", upTo(3));
        assertEquals(List.of("1:one", "2:two", "3:three"), got);
    }

    @Test
    void a_mark_that_is_confirmed_twice_is_not_taken_for_the_answer_to_quit() throws IOException {
        try (Script script = Script.of(FULL_LOGIN + commands(1, 2) + "C: STAT\n" + answers(3) + "C closes\n");
                RemoteMaildrop maildrop = script.open()) {
            assertThrows(BatchInterruptedException.class, () -> maildrop.deleteAll(upTo(2)));
            assertThrows(ConnectionLostException.class, maildrop::quit);
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
        String asked = "C: LIST 1\nC: TOP 1 5\nC: LIST 2\nC: TOP 2 5\nC: LIST 3\nC: TOP 3 5\nC: STAT\n";
        String one = "S: +OK 1 3\nS: +OK\nS: x\nS: .\n";
        String gone = "S: -ERR gone\nS: -ERR gone\n";
        String three = "S: +OK 3 3\nS: +OK\nS: x\nS: .\n";
        try (Script script = Script.of(FULL_LOGIN + asked + one + gone + three + "S: +OK 2 6\nC: NOOP\nS: +OK\n");
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
        try (Script script = Script.of(FULL_LOGIN
                        + "C: LIST\nS: +OK\nS: 1 1\nS: 2 100000\nS: .\n"
                        + "C: LIST 1\nC: RETR 1\nC: LIST 2\nC: RETR 2\nC: STAT\n"
                        + "S: +OK 1 1\nS: +OK\nS: x\nS: .\nC closes\n");
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
