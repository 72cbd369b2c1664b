package io.github.pop3kit.jakarta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.testkit.CommandOccasion;
import io.github.pop3kit.testkit.FaultRule;
import io.github.pop3kit.testkit.Pop3TestServer;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.FolderClosedException;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each fault of the test kit at each command that an application causes: the message comes whole, or an exception says what happened,
 * and nothing is deleted that was not marked.
 */
@Timeout(60)
class FaultsTest {

    private static final String MESSAGE = "Subject: one\r\n\r\nHello\r\n.dotted\r\n" + "x".repeat(70) + "\r\n";

    static final Map<String, Function<CommandOccasion, FaultRule>> ENDS = new LinkedHashMap<>();
    static final Map<String, Function<CommandOccasion, FaultRule>> REFUSALS = new LinkedHashMap<>();
    static final Map<String, Function<CommandOccasion, FaultRule>> HARMLESS = new LinkedHashMap<>();

    static {
        ENDS.put("cut", occasion -> occasion.cutAfter(6));
        ENDS.put("reset", occasion -> occasion.resetAfter(6));
        ENDS.put("stall", occasion -> occasion.stallAfter(6));
        ENDS.put("hang up", occasion -> occasion.hangUp());
        ENDS.put("mute", occasion -> occasion.mute());
        ENDS.put("garbage", occasion -> occasion.garbage(50));
        ENDS.put("garbage before", occasion -> occasion.garbageBefore(50));
        ENDS.put("swallow", occasion -> occasion.swallow(4));
        REFUSALS.put("refusal", occasion -> occasion.answer("-ERR no"));
        HARMLESS.put("split", occasion -> occasion.splitEvery(1));
        HARMLESS.put("delay", occasion -> occasion.delay(Duration.ofMillis(20)));
    }

    /** These are noticed by the time that passes, which is real here: at one command. */
    private static final List<String> SLOW = List.of("stall", "mute", "swallow");

    static Stream<Arguments> matrix(Set<String> faults, String slowAt, String... commands) {
        return Arrays.stream(commands)
                .flatMap(command -> faults.stream()
                        .filter(fault -> command.equals(slowAt) || !SLOW.contains(fault))
                        .map(fault -> Arguments.of(command, fault)));
    }

    static Stream<Arguments> ends() {
        return matrix(ENDS.keySet(), "RETR", "STAT", "LIST", "UIDL", "TOP", "RETR");
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("ends")
    void a_session_that_ends(String command, String fault) throws Exception {
        try (Pop3TestServer server = server();
                Mail mail = new Mail(server).with("timeout", "1500")) {
            FaultRule rule = ENDS.get(fault).apply(server.faults().on(command));
            MessagingException e = assertThrows(MessagingException.class, () -> use(mail, command));
            if (!command.equals("STAT")) assertEquals(FolderClosedException.class, e.getClass(), e.toString());
            server.awaitSessionEnd(Duration.ofSeconds(30));
            assertEquals(2, server.user("bob").uniqueIds().size());
            assertTrue(rule.fired() > 0, "it happened");
        }
    }

    static Stream<Arguments> refusals() {
        return matrix(REFUSALS.keySet(), "", "STAT", "LIST", "RETR");
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("refusals")
    void a_refusal(String command, String fault) throws Exception {
        try (Pop3TestServer server = server();
                Mail mail = new Mail(server)) {
            FaultRule rule = REFUSALS.get(fault).apply(server.faults().on(command));
            MessagingException e = assertThrows(MessagingException.class, () -> use(mail, command));
            assertEquals(
                    command.equals("RETR") ? MessageRemovedException.class : MessagingException.class, e.getClass());
            assertTrue(e.getMessage().contains("no"), e.getMessage());
            assertTrue(rule.fired() > 0, "it happened");
        }
    }

    static Stream<Arguments> harmless() {
        return matrix(HARMLESS.keySet(), "", "STAT", "LIST", "UIDL", "TOP", "RETR", "DELE", "QUIT");
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("harmless")
    void what_does_no_harm(String command, String fault) throws Exception {
        try (Pop3TestServer server = server();
                Mail mail = new Mail(server)) {
            FaultRule rule = HARMLESS.get(fault).apply(server.faults().on(command));
            Pop3Folder folder = use(mail, "all");
            folder.getMessage(1).setFlag(Flags.Flag.DELETED, true);
            folder.close(true);
            assertEquals(1, server.user("bob").uniqueIds().size());
            assertTrue(rule.fired() > 0, "it happened");
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("marks")
    void a_deletion_that_fails_is_reported(String command, String fault) throws Exception {
        try (Pop3TestServer server = server();
                Mail mail = new Mail(server).with("timeout", "1500")) {
            Pop3Folder folder = use(mail, "all");
            Map<String, Function<CommandOccasion, FaultRule>> all = new LinkedHashMap<>(ENDS);
            all.putAll(REFUSALS);
            FaultRule rule = all.get(fault).apply(server.faults().on(command));
            Message marked = folder.getMessage(1);
            marked.setFlag(Flags.Flag.DELETED, true);
            MessagesNotDeletedException e = assertThrows(MessagesNotDeletedException.class, () -> folder.close(true));
            assertEquals(List.of(marked), e.messages());
            assertTrue(rule.fired() > 0, "it happened");
        }
    }

    static Stream<Arguments> marks() {
        Set<String> faults = new LinkedHashSet<>(ENDS.keySet());
        faults.addAll(REFUSALS.keySet());
        return matrix(faults, "DELE", "DELE", "QUIT");
    }

    private static Pop3TestServer server() {
        Pop3TestServer server = Pop3TestServer.start();
        server.user("bob", "secret").deliver(MESSAGE);
        server.user("bob").deliver(MESSAGE);
        return server;
    }

    private static Pop3Folder use(Mail mail, String command) throws Exception {
        Pop3Folder folder = mail.open();
        List<String> wanted = command.equals("all") ? List.of("LIST", "UIDL", "TOP", "RETR") : List.of(command);
        if (wanted.contains("LIST")) assertEquals(MESSAGE.length(), folder.getSizes()[0]);
        if (wanted.contains("UIDL"))
            assertTrue(folder.getUID(folder.getMessage(2)).length() > 0);
        if (wanted.contains("TOP")) {
            FetchProfile profile = new FetchProfile();
            profile.add("Subject");
            folder.fetch(folder.getMessages(), profile);
            assertEquals("one", folder.getMessage(2).getSubject());
        }
        if (wanted.contains("RETR")) assertEquals(MESSAGE, Mail.written(folder.getMessage(1)));
        assertTrue(Arrays.stream(folder.getMessages()).noneMatch(Message::isExpunged));
        return folder;
    }
}
