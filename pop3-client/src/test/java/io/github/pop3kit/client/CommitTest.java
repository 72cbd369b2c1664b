package io.github.pop3kit.client;

import static io.github.pop3kit.client.Script.LOGIN;
import static io.github.pop3kit.client.Script.MROSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.Commit.Outcome;
import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommitTest {

    private static final String TWO_DELETED =
            LOGIN + "C: UIDL\nS: +OK\nS: 1 a\nS: 2 b\nS: 3 c\nS: .\nC: DELE 1\nS: +OK\nC: DELE 3\nS: +OK\n";

    private static RemoteMaildrop twoDeleted(RemoteMaildrop maildrop) throws IOException {
        maildrop.uniqueIds();
        maildrop.deleteAll(List.of(1, 3));
        return maildrop;
    }

    @Test
    void what_the_server_confirms_is_committed() throws IOException {
        try (Script script = Script.of(TWO_DELETED + "C: QUIT\nS: +OK\nC closes\n");
                RemoteMaildrop maildrop = twoDeleted(script.open())) {
            assertEquals(new Commit(Outcome.COMMITTED, 2, List.of("a", "c")), maildrop.quit());
            script.check();
        }
    }

    @Test
    void what_the_server_refuses_is_not_passed_over() throws IOException {
        try (Script script = Script.of(TWO_DELETED + "C: QUIT\nS: -ERR [SYS/TEMP] some are not removed\n");
                RemoteMaildrop maildrop = twoDeleted(script.open())) {
            CommitException refused = assertThrows(CommitException.class, maildrop::quit);
            assertEquals(new Commit(Outcome.REFUSED, 2, List.of("a", "c")), refused.commit());
            assertEquals(Optional.of(new ResponseCode("SYS/TEMP")), refused.code());
        }
    }

    @Test
    void what_the_server_did_not_answer_is_settled_in_the_next_session() throws IOException {
        for (String end : List.of("S closes", "S cuts", "S: +O\\\nS closes", "S: what?")) {
            try (Script script = Script.of(
                    TWO_DELETED + "C: QUIT\n" + end + "\n", LOGIN + "C: UIDL\nS: +OK\nS: 1 b\nS: 2 c\nS: .\n")) {
                Pop3Client client = script.client().build();
                Commit unknown;
                try (RemoteMaildrop maildrop = twoDeleted(client.open(MROSE))) {
                    CommitException failure = assertThrows(CommitException.class, maildrop::quit);
                    assertFalse(failure.isRetrySafe());
                    unknown = failure.commit();
                }
                assertEquals(Outcome.UNKNOWN, unknown.outcome());
                assertTrue(unknown.isSettleable());
                try (RemoteMaildrop next = client.open(MROSE)) {
                    assertEquals(List.of(new UniqueIdListing(2, "c")), unknown.settle(next));
                }
            }
        }
    }

    @Test
    void nothing_is_unknown_if_quit_was_never_sent() throws IOException {
        try (Script script = Script.of(TWO_DELETED + "C: NOOP\nS closes\n");
                RemoteMaildrop maildrop = twoDeleted(script.open())) {
            assertThrows(ConnectionLostException.class, maildrop::noop);
            assertThrows(ConnectionLostException.class, maildrop::quit);
        }
    }

    @Test
    void where_nothing_was_deleted_quit_cannot_fail() throws IOException {
        for (String end : List.of("S closes", "S: -ERR what?")) {
            try (Script script = Script.of(LOGIN + "C: DELE 1\nS: +OK\nC: RSET\nS: +OK\nC: QUIT\n" + end + "\n");
                    RemoteMaildrop maildrop = script.open()) {
                maildrop.delete(1);
                maildrop.reset();
                assertEquals(0, maildrop.quit().deletions());
                assertEquals(
                        Deviation.Kind.QUIT_UNANSWERED,
                        maildrop.deviations().get(0).kind());
            }
        }
    }

    @Test
    void without_unique_ids_it_cannot_be_settled() throws IOException {
        try (Script script = Script.of(LOGIN + "C: DELE 1\nS: +OK\nC: QUIT\nS closes\n", LOGIN)) {
            Pop3Client client = script.client().build();
            Commit unknown;
            try (RemoteMaildrop maildrop = client.open(MROSE)) {
                maildrop.delete(1);
                unknown = assertThrows(CommitException.class, maildrop::quit).commit();
            }
            try (RemoteMaildrop next = client.open(MROSE)) {
                assertFalse(unknown.isSettleable());
                assertThrows(IllegalStateException.class, () -> unknown.settle(next));
            }
        }
    }

    @Test
    void the_connection_can_be_cut_at_every_octet_and_nothing_is_taken_for_what_it_is_not() throws IOException {
        String replies =
                "+OK ready\r\n-ERR\r\n+OK\r\n+OK\r\n-ERR\r\n+OK\r\n1 a\r\n.\r\n+OK\r\nmail\r\n.\r\n+OK\r\n+OK bye\r\n";
        for (int length = 0; length <= replies.length(); length++) {
            // All at once, as a server may talk that does not listen; nobody can tell before the end.
            String sent = replies.substring(0, length).replace("\r", "\\r").replace("\n", "\\n");
            boolean whole = length == replies.length();
            assertEquals(whole, fetches(sent), "cut behind " + length + " octets");
        }
    }

    /** Whether a message was fetched and its deletion confirmed. */
    private static boolean fetches(String sent) throws IOException {
        String[] commands = {"CAPA", "USER mrose", "PASS secret", "CAPA", "UIDL", "RETR 1", "DELE 1", "QUIT"};
        String[] lines = sent.split("(?<=\\\\n)", -1);
        StringBuilder conversation = new StringBuilder();
        int[] linesBefore = {1, 2, 3, 4, 5, 8, 11, 12};
        int next = 0;
        for (int i = 0; i < lines.length; i++) {
            while (next < commands.length && linesBefore[next] == i)
                conversation.append("C: " + commands[next++] + "\n");
            if (!lines[i].isEmpty()) conversation.append("S: " + lines[i] + "\\\n");
        }
        try (Script script = Script.of(conversation + "S closes\n");
                RemoteMaildrop maildrop = script.open()) {
            assertEquals("a", maildrop.uniqueIds().get(0).uniqueId());
            try (MessageStream message = maildrop.retrieve(1)) {
                assertEquals("mail\r\n", new String(message.readAllBytes(), StandardCharsets.US_ASCII));
            }
            maildrop.delete(1);
            return maildrop.quit().outcome() == Outcome.COMMITTED;
        } catch (Pop3Exception cut) {
            assertFalse(cut.isSessionUsable(), cut.toString());
            return false;
        }
    }
}
