package io.github.pop3kit.testkit.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.pop3kit.testkit.conformance.WrongServer.Oddity;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mail of a real account stays, whatever the server does; what was delivered for the checks goes. */
@Timeout(120)
class SafetyTest {

    /** All checks that mark messages. */
    private static final Set<String> MARKING = Set.of(
            "messages-stay",
            "lost-cut",
            "lost-half-close",
            "lost-half-quit",
            "dele-of-deleted",
            "list-keeps-numbers",
            "rset-removes-nothing",
            "quit-removes",
            "quit-removes-no-other",
            "numbers-after-update",
            "uidl-after-update",
            "all-deleted",
            "dele-zero",
            "pipelining-removal");

    private static Conformance conformance(WrongServer server) {
        return Conformance.of("127.0.0.1", server.port())
                .user(WrongServer.USER, server.password())
                .deliverBy(server::deliver)
                .only(MARKING);
    }

    private static byte[] message(String subject) {
        return Samples.octets("Subject: " + subject + "\n\nDo not touch.\n");
    }

    /** Two messages are there before, one arrives in the middle, and what was delivered is bounced, with all its fields in a body. */
    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("servers")
    void mail_of_others_stays(Set<Defect> defects, Set<Oddity> oddities) throws Exception {
        try (WrongServer server = new WrongServer(defects, oddities)) {
            for (int i = 0; i < 2; i++) server.deliver(message("precious"));
            Report report = conformance(server)
                    .deliverBy(message -> {
                        server.deliver(message);
                        String octets = new String(message, ISO_8859_1);
                        if (!octets.contains("Subject: spare-1\n")) return;
                        server.deliver(Samples.octets("Subject: Undelivered\n\n" + octets));
                    })
                    .run(onlyOnce("messages-stay", () -> server.deliver(message("late"))));
            assertEquals(2, server.count("Subject: precious"), report.notes()::toString);
            assertEquals(1, server.count("Subject: late"), report.notes()::toString);
            assertEquals(1, server.count("Subject: Undelivered"), report.notes()::toString);
            boolean isLookedAtInVain =
                    oddities.contains(Oddity.NO_UIDL) || oddities.contains(Oddity.UIDL_ALWAYS_THE_SAME);
            if (!isLookedAtInVain) assertEquals(0, server.sent("Subject: precious"), "nobody has to look at them");
        }
    }

    static Stream<Arguments> servers() {
        Stream<Arguments> odd = Stream.of(
                arguments(Set.of(), Set.of()),
                arguments(Set.of(), Set.of(Oddity.NO_TOP)),
                arguments(Set.of(), Set.of(Oddity.NO_UIDL)),
                arguments(Set.of(), Set.of(Oddity.NO_UIDL, Oddity.NO_TOP)),
                arguments(Set.of(), Set.of(Oddity.UIDL_ALWAYS_THE_SAME)),
                arguments(Set.of(), Set.of(Oddity.DELE_HITS_THE_FIRST_MESSAGE)),
                arguments(Set.of(), Set.of(Oddity.DELE_HITS_THE_FIRST_MESSAGE, Oddity.NO_UIDL)),
                arguments(Set.of(Defect.LIVE_FOLDER, Defect.MARKS_ARE_SHARED), Set.of()),
                arguments(Set.of(Defect.RSET_FORGETS_NOTHING, Defect.CUT_REMOVES), Set.of()));
        Stream<Arguments> wrong = Stream.of(
                        Defect.MARKS_ARE_SHARED,
                        Defect.CUT_REMOVES,
                        Defect.HALF_QUIT_IS_QUIT,
                        Defect.LIVE_FOLDER,
                        Defect.NO_LOCK,
                        Defect.RSET_FORGETS_NOTHING,
                        Defect.QUIT_REMOVES_THE_NEXT,
                        Defect.QUIT_REMOVES_NOTHING,
                        Defect.DELE_0_IS_1,
                        Defect.TOP_0_IS_1,
                        Defect.TOP_COUNTS_HEADER,
                        Defect.UIDL_DOUBLE,
                        Defect.UIDL_OF_THE_SESSION,
                        Defect.UIDL_BY_NUMBER,
                        Defect.UIDL_RENUMBERS,
                        Defect.UIDL_SHOWS_DELETED,
                        Defect.LIST_RENUMBERS,
                        Defect.LIST_CAPPED)
                .map(defect -> arguments(Set.of(defect), Set.of()));
        return Stream.concat(odd, wrong);
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(booleans = {false, true})
    void a_dele_that_marks_another_message_is_not_followed_by_quit(boolean uidl) throws Exception {
        Set<Oddity> odd = uidl
                ? Set.of(Oddity.DELE_HITS_THE_FIRST_MESSAGE)
                : Set.of(Oddity.DELE_HITS_THE_FIRST_MESSAGE, Oddity.NO_UIDL);
        try (WrongServer server = new WrongServer(Set.of(), odd)) {
            for (int i = 0; i < 2; i++) server.deliver(message("precious"));
            Report report = conformance(server).only(Set.of("dele")).run();
            assertEquals(2, server.count("Subject: precious"));
            String note = report.notes().get(0);
            assertTrue(
                    note.startsWith("What was delivered may still be there (behind DELE of ours a message of others"),
                    note);
            assertTrue(note.contains("it has the header field X-Pop3kit-Check: "), note);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void a_message_that_was_delivered_twice_goes_twice() throws Exception {
        try (WrongServer server = new WrongServer(Set.of())) {
            conformance(server)
                    .deliverBy(message -> {
                        server.deliver(message);
                        server.deliver(message);
                    })
                    .only(Set.of("noop"))
                    .run();
            assertEquals(0, server.count());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void numbers_that_move_below_a_session_cost_nobody_a_message() throws Exception {
        try (WrongServer server = new WrongServer(Set.of(Defect.LIVE_FOLDER, Defect.NO_LOCK))) {
            for (int i = 0; i < 20; i++) server.deliver(message("precious"));
            conformance(server).run(result -> {
                // Behind each check the user deletes one elsewhere.
                if (server.count("precious") > 5) server.removeFirst();
            });
            assertEquals(5, server.count("precious"));
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void what_was_delivered_goes() throws Exception {
        try (WrongServer server = new WrongServer(Set.of())) {
            server.deliver(message("precious"));
            Report report = conformance(server).run();
            assertEquals(List.of(), report.findings());
            assertEquals(1, server.count());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void without_a_way_to_deliver_nothing_is_marked() throws Exception {
        try (WrongServer server = new WrongServer(EVERY_DELETION)) {
            for (int i = 0; i < 3; i++) server.deliver(message("precious"));
            Report report = Conformance.of("127.0.0.1", server.port())
                    .user(WrongServer.USER, server.password())
                    .run();
            assertEquals(3, server.count());
            assertTrue(report.count(Outcome.PASSED) > 100, report.summary());
        }
    }

    private static final Set<Defect> EVERY_DELETION = Set.of(Defect.CUT_REMOVES, Defect.DELE_0_IS_1);

    /** Behind these the server may let nobody in for longer than a run lasts. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void what_was_delivered_goes_before_wrong_passwords_are_tried() throws Exception {
        try (WrongServer server = new WrongServer(Set.of())) {
            int[] left = {-1};
            conformance(server)
                    .only(Set.of("dele", "pass-wrong"))
                    .run(onlyOnce("pass-wrong", () -> left[0] = server.count()));
            assertEquals(0, left[0]);
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void what_was_delivered_goes_also_when_the_run_is_interrupted() throws Exception {
        try (WrongServer server = new WrongServer(Set.of())) {
            server.deliver(message("precious"));
            Report report = conformance(server)
                    .run(onlyOnce("messages-stay", () -> Thread.currentThread().interrupt()));
            assertTrue(Thread.interrupted(), "who called is to know");
            assertFalse(report.complete());
            assertEquals(
                    List.of("interrupted"),
                    report.results().stream()
                            .filter(result -> result.id().equals("quit-removes"))
                            .map(Result::reason)
                            .toList());
            assertEquals(1, server.count());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void what_was_delivered_goes_also_when_the_listener_throws() throws Exception {
        try (WrongServer server = new WrongServer(Set.of())) {
            try {
                conformance(server).run(result -> {
                    throw new IllegalStateException("the disk is full");
                });
            } catch (IllegalStateException expected) {
                assertEquals(0, server.count());
                return;
            }
            throw new AssertionError("nobody heard of it");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void what_cannot_be_delivered_whole_goes_too() throws Exception {
        try (WrongServer server = new WrongServer(Set.of())) {
            try {
                conformance(server)
                        .deliverBy(message -> {
                            if (server.count() == 10) throw new IOException("over quota");
                            server.deliver(message);
                        })
                        .run();
            } catch (CannotCheckException e) {
                assertEquals(CannotCheckException.Reason.DELIVERY, e.reason());
                assertTrue(e.getMessage().contains("over quota"), e::getMessage);
                assertEquals(0, server.count());
                return;
            }
            throw new AssertionError("nobody heard of it");
        }
    }

    private static Consumer<Result> onlyOnce(String id, Runnable what) {
        return result -> {
            if (result.id().equals(id)) what.run();
        };
    }
}
