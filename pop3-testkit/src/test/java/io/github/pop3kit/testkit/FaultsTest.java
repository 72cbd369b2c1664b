package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Ways.given;
import static io.github.pop3kit.testkit.Ways.givenServer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.testkit.Ways.Way;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault as the client sees it, through a plain socket, over TLS and in memory. */
@Timeout(30)
class FaultsTest {

    private static final String MESSAGE_1 = """
            C: RETR 1
            S: +OK 30 octets
            S: Subject: one
            S:
            S: ..hidden
            S: bye
            S: .
            """;

    // ---- ends

    @Test
    void a_connection_is_cut_after_so_many_octets_of_a_reply() {
        given(faults -> faults.on("RETR").cutAfter(21)).playsLoggedIn("""
                C: RETR 1
                S: +OK 30 octets
                S: Subjec\\
                S closes
                """);
    }

    @Test
    void a_connection_is_cut_behind_a_reply() {
        given(faults -> faults.on("DELE 2").cutBehind()).playsLoggedIn("""
                C: DELE 2
                S: +OK …
                S closes
                """);
    }

    @Test
    void a_cut_after_more_octets_than_there_are_is_a_cut_behind_the_reply() {
        given(faults -> faults.on("RETR").cutAfter(4096)).playsLoggedIn(MESSAGE_1 + "S closes\n");
    }

    @Test
    void a_quit_whose_reply_is_cut_has_removed_the_messages() {
        given(faults -> faults.on("QUIT").cutAfter(0).once()).playsLoggedIn("""
                C: DELE 1
                S: +OK …
                C: QUIT
                S closes
                """, """
                C: STAT
                S: +OK 1 20
                C: QUIT
                S: +OK …
                """);
    }

    @Test
    void a_server_that_hangs_up_at_quit_has_removed_nothing() {
        given(faults -> faults.on("QUIT").hangUp().once()).playsLoggedIn("""
                C: DELE 1
                S: +OK …
                C: QUIT
                S closes
                """, """
                C: STAT
                S: +OK 2 50
                C: QUIT
                S: +OK …
                """);
    }

    @ParameterizedTest
    @EnumSource
    void a_reset_is_an_exception_and_no_end(Way way) throws IOException {
        try (Pop3TestServer server = Ways.start()) {
            server.faults().on("NOOP").resetAfter(0);
            try (Socket client = way.connect(server)) {
                Transcript.parse("S: +OK …\nC: NOOP\n").playClient(client, new Pace.Lines());
                SocketException reset = assertThrows(
                        SocketException.class, () -> client.getInputStream().read());
                assertTrue(reset.getMessage().contains("reset"), reset::getMessage);
            }
        }
    }

    @Test
    void a_cut_over_tls_has_no_close_notify_and_an_ordinary_end_has() throws IOException {
        assertEquals(
                List.of("endOutput", "abort"),
                endings(faults -> faults.on("NOOP").cutBehind()).bottom.events);
        assertEquals(List.of(), endings(faults -> faults.on("NOOP").cutBehind()).tls.events);
        assertEquals(List.of(), endings(faults -> {}).bottom.events);
        assertEquals(List.of("close"), endings(faults -> {}).tls.events);
    }

    private record Endings(NotedConnection bottom, NotedConnection tls) {}

    /** How a session over TLS ends behind a NOOP. */
    private static Endings endings(Consumer<Faults> rules) throws IOException {
        Faults faults = new Faults();
        rules.accept(faults);
        Interposer interposer = new Interposer(faults, Personality.PLAIN, 1);
        Endings endings = new Endings(new NotedConnection(""), new NotedConnection("NOOP\r\n"));
        interposer.carry(endings.bottom);
        try (Connection seen = interposer.carry(endings.tls)) {
            seen.write(StandardCharsets.US_ASCII.encode("+OK ready\r\n"));
            assertEquals(6, seen.read(ByteBuffer.allocate(100)));
            seen.write(StandardCharsets.US_ASCII.encode("+OK\r\n"));
            assertEquals(-1, seen.read(ByteBuffer.allocate(100)));
        } catch (IOException cut) {
            assertEquals("ended for a test", cut.getMessage());
        }
        assertEquals(List.of("+OK ready\r\n", "+OK\r\n"), endings.tls.writes);
        return endings;
    }

    @Test
    void a_server_stalls_in_the_middle_of_a_reply_or_says_nothing_at_all() {
        given(faults -> faults.on("RETR").stallAfter(18)).playsLoggedIn("""
                C: RETR 1
                S: +OK 30 octets
                S: Sub\\
                C: NOOP
                C closes
                S closes
                """);
        given(faults -> faults.on("NOOP").mute()).playsLoggedIn("""
                C: NOOP
                C: NOOP
                C closes
                S closes
                """);
    }

    @Test
    void a_greeting_goes_wrong_like_any_reply() {
        given(faults -> faults.onConnect().cutAfter(3)).plays("S: +OK\\\nS closes\n");
        given(faults -> faults.onConnect().hangUp()).plays("S closes\n");
        given(faults -> faults.onConnect().mute()).plays("C: NOOP\nC closes\nS closes\n");
        given(faults -> faults.onConnect().answer("-ERR [SYS/TEMP] too busy")).plays("S: -ERR [SYS/TEMP] too busy\n");
        given(faults -> faults.onConnect().unsolicited("+OK twice")).plays("S: +OK …\nS: +OK twice\n");
    }

    // ---- other octets

    @Test
    void a_command_is_answered_without_being_served() {
        given(faults -> faults.on("DELE").answer("+OK marked, or so it seems")).playsLoggedIn("""
                C: DELE 1
                S: +OK marked, or so it seems
                C: STAT
                S: +OK 2 50
                """);
    }

    @Test
    void an_answer_has_as_many_lines_as_it_is_given() {
        given(faults -> faults.on("UIDL").answer("+OK\n1 a b\n.")).playsLoggedIn("""
                C: UIDL
                S: +OK
                S: 1 a b
                S: .
                C: NOOP
                S: +OK
                """);
    }

    @Test
    void a_maildrop_is_in_use_twice_and_then_good() {
        given(faults -> faults.on("PASS")
                        .answer("-ERR [IN-USE] maildrop in use")
                        .times(2))
                .plays("""
                        S: +OK …
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: -ERR [IN-USE] maildrop in use
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: -ERR [IN-USE] maildrop in use
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: +OK …
                        """);
    }

    @Test
    void answers_follow_each_other_as_often_as_they_were_asked_for() {
        given(faults -> {
                    faults.on("STAT").answer("-ERR first").once();
                    faults.on("STAT").refuse(ResponseCode.SYS_TEMP).once();
                })
                .playsLoggedIn("""
                        C: STAT
                        S: -ERR first
                        C: STAT
                        S: -ERR [SYS/TEMP] …
                        C: STAT
                        S: +OK 2 50
                        """);
    }

    @Test
    void the_size_is_a_lie() {
        given(faults -> {
                    faults.on("RETR").claimOctets(7);
                    faults.on("STAT").claimOctets(8);
                    faults.on("LIST 2").claimOctets(9);
                    faults.on("LIST", 2).claimOctets(10);
                })
                .playsLoggedIn(MESSAGE_1.replace("30", "7") + """
                        C: STAT
                        S: +OK 2 8
                        C: LIST 2
                        S: +OK 2 9
                        C: LIST
                        S: +OK 2 messages (10 octets)
                        S: 1 30
                        S: 2 20
                        S: .
                        """);
    }

    @Test
    void the_final_dot_is_missing() {
        given(faults -> faults.on("RETR").withoutFinalDot()).playsLoggedIn(MESSAGE_1.replace("S: .\n", "") + """
                C: NOOP
                S: +OK
                """);
    }

    @Test
    void the_final_dot_is_missing_and_then_the_connection_ends() {
        given(faults -> {
                    faults.on("RETR").withoutFinalDot();
                    faults.on("RETR").cutBehind();
                })
                .playsLoggedIn(MESSAGE_1.replace("S: .\n", "S closes\n"));
    }

    @Test
    void dots_are_not_stuffed() {
        given(faults -> faults.on("RETR").dropDotStuffing()).playsLoggedIn(MESSAGE_1.replace("..", "."));
    }

    @Test
    void lines_end_in_lf() {
        given(faults -> faults.onAny().lfOnly().after(2)).playsLoggedIn("""
                C: RETR 2
                S: +OK 20 octets\\n\\
                S: Subject: two\\n\\
                S: \\n\\
                S: hi\\n\\
                S: .\\n\\
                """);
    }

    @Test
    void a_reply_comes_twice() {
        given(faults -> faults.on("NOOP").answerTwice()).playsLoggedIn("""
                C: NOOP
                S: +OK
                S: +OK
                C: STAT
                S: +OK 2 50
                """);
    }

    @Test
    void lines_come_that_nobody_asked_for() {
        given(faults -> faults.on("NOOP").unsolicited("+OK 1\n+OK 2")).playsLoggedIn("""
                C: NOOP
                S: +OK
                S: +OK 1
                S: +OK 2
                """);
    }

    @Test
    void an_empty_line_comes_in_the_place_of_a_reply_to_a_command_that_is_served() {
        given(faults -> faults.on("DELE").emptyLine()).playsLoggedIn("""
                C: DELE 1
                S:
                C: STAT
                S: +OK 1 20
                """);
    }

    @Test
    void octets_are_missing() {
        given(faults -> faults.on("STAT").swallow(4)).playsLoggedIn("C: STAT\nS: 2 50\n");
        given(faults -> faults.on("STAT").swallowLast(1)).playsLoggedIn("C: STAT\nS: +OK 2 50\\r\\\nC: NOOP\nS: +OK\n");
        given(faults -> faults.on("STAT").swallow(1000)).playsLoggedIn("C: STAT\nC: NOOP\nS: +OK\n");
    }

    @Test
    void an_octet_is_another() throws IOException {
        assertEquals(
                1,
                differences("+OK 2 50\r\n", reply(1, faults -> faults.on("STAT").corrupt(4))));
    }

    private static long differences(String one, String other) {
        assertEquals(one.length(), other.length());
        return IntStream.range(0, one.length())
                .filter(i -> one.charAt(i) != other.charAt(i))
                .count();
    }

    @Test
    void garbage_comes_before_a_reply_behind_it_or_in_its_place() throws IOException {
        assertTrue(reply(1, faults -> faults.on("STAT").garbageBefore(9)).endsWith("+OK 2 50\r\n"));
        assertEquals(19, reply(1, faults -> faults.on("STAT").garbageBefore(9)).length());
        assertTrue(reply(1, faults -> faults.on("STAT").garbageBehind(9)).startsWith("+OK 2 50\r\n"));
        assertEquals(19, reply(1, faults -> faults.on("STAT").garbageBehind(9)).length());
        assertEquals(9, reply(1, faults -> faults.on("STAT").garbage(9)).length());
    }

    @Test
    void the_same_seed_makes_the_same_garbage_and_another_seed_another() throws IOException {
        String first = reply(1, faults -> faults.on("STAT").garbage(100));
        assertEquals(first, reply(1, faults -> faults.on("STAT").garbage(100)));
        assertFalse(first.equals(reply(2, faults -> faults.on("STAT").garbage(100))));
    }

    /** What comes behind STAT until the connection ends. */
    private static String reply(long seed, Consumer<Faults> rules) throws IOException {
        try (Pop3TestServer server = Ways.start()) {
            server.faults().seed(seed).on("STAT").cutBehind();
            rules.accept(server.faults());
            try (Socket client = server.connect()) {
                Transcript.parse(Ways.LOGIN + "C: STAT\n").playClient(client, new Pace.Lines());
                return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            }
        }
    }

    // ---- time

    @Test
    void a_reply_is_held_until_the_test_releases_it() throws Exception {
        try (Pop3TestServer server = Ways.start()) {
            Hold hold = server.faults().on("DELE").hold();
            try (Socket client = server.connect();
                    Socket other = server.connect()) {
                Transcript.parse(Ways.LOGIN + "C: DELE 1\n").playClient(client, new Pace.Lines());
                hold.awaitReached();
                assertEquals(0, client.getInputStream().available());
                Transcript.parse("""
                        S: +OK …
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: -ERR [IN-USE] …
                        """).playClient(other, new Pace.Lines());
                hold.release();
                Transcript.parse("S: +OK message 1 deleted\nC: DELE 2\nS: +OK …\n")
                        .playClient(client, new Pace.Lines());
            }
        }
    }

    @Test
    void a_hold_or_a_delay_outlives_neither_the_server_nor_the_rules() throws Exception {
        Pop3TestServer server = Ways.start();
        Hold hold = server.faults().on("NOOP").hold();
        FaultRule delay = server.faults().on("STAT").delay(Duration.ofDays(1));
        try (Socket held = server.connect();
                Socket delayed = server.connect()) {
            Transcript.parse("S: +OK …\nC: NOOP\n").playClient(held, new Pace.Lines());
            Transcript.parse(Ways.LOGIN + "C: STAT\n").playClient(delayed, new Pace.Lines());
            hold.awaitReached();
            server.close();
            assertThrows(AssertionError.class, () -> Transcript.parse("S: …\n").playClient(held, new Pace.Lines()));
            assertThrows(AssertionError.class, () -> Transcript.parse("S: …\n").playClient(delayed, new Pace.Lines()));
            assertTrue(delay.fired() <= 1);
        }
    }

    @Test
    void clearing_the_rules_releases_what_is_held() throws Exception {
        try (Pop3TestServer server = Ways.start();
                Socket client = server.connect()) {
            Hold hold = server.faults().on("NOOP").hold();
            Transcript.parse("S: +OK …\nC: NOOP\n").playClient(client, new Pace.Lines());
            hold.awaitReached();
            server.faults().clear();
            Transcript.parse("S: -ERR …\n").playClient(client, new Pace.Lines());
        }
    }

    @Test
    void a_reply_is_late_and_slow() {
        long begun = System.nanoTime();
        given(faults -> {
                    faults.on("RETR").delay(Duration.ofMillis(20));
                    faults.on("RETR").throttle(1500);
                })
                .playsLoggedIn(MESSAGE_1);
        // 20 ms, and about 60 octets of which each takes 0.67 ms, three times.
        assertTrue(System.nanoTime() - begun >= Duration.ofMillis(3 * (20 + 30)).toNanos(), "it was neither");
    }

    // ---- which, and how often

    @Test
    void the_third_retr_of_each_connection_is_hit() {
        String conversation = """
                C: RETR 9
                S: -ERR no such message
                C: RETR 9
                S: -ERR no such message
                C: RETR 9
                S: -ERR [SYS/TEMP] …
                C: RETR 9
                S: -ERR no such message
                """;
        given(faults -> faults.on("RETR", 3).refuse(ResponseCode.SYS_TEMP)).playsLoggedIn(conversation, conversation);
    }

    @Test
    void a_whole_line_is_counted_for_itself() {
        given(faults -> faults.on("top 1 0", 2).answer("-ERR second")).playsLoggedIn("""
                C: TOP 9 0
                S: -ERR no such message
                C: TOP 1 0
                S: +OK …
                S: Subject: one
                S:
                S: .
                C: tOp 1 0
                S: -ERR second
                """);
    }

    @Test
    void one_message_of_one_connection_is_hit() {
        given(faults -> faults.on("DELE").message(2).connection(2).emptyLine())
                .playsLoggedIn("C: DELE 2\nS: +OK …\n", "C: DELE 1\nS: +OK …\nC: DELE 2\nS:\n");
        given(faults -> faults.onConnect().connection(2).hangUp()).plays("S: +OK …\n", "S closes\n", "S: +OK …\n");
    }

    @Test
    void a_rule_lets_some_occasions_pass_first() {
        given(faults -> faults.on("NOOP").answer("+OK hit").after(1).times(2)).playsLoggedIn("""
                C: NOOP
                S: +OK
                C: NOOP
                S: +OK hit
                C: NOOP
                S: +OK hit
                C: NOOP
                S: +OK
                """);
    }

    @Test
    void the_commands_of_a_pipelined_batch_are_told_apart() throws IOException {
        try (Pop3TestServer server = Ways.start()) {
            server.faults().on("NOOP", 2).answer("+OK second");
            server.faults().on("STAT").answerTwice();
            for (Way way : Way.values()) {
                try (Socket client = way.connect(server)) {
                    Transcript.parse(Ways.LOGIN + """
                            C: NOOP
                            C: NOOP
                            C: STAT
                            C: RETR 2
                            C: NOOP
                            S: +OK
                            S: +OK second
                            S: +OK 2 50
                            S: +OK 2 50
                            S: +OK 20 octets
                            S: Subject: two
                            S:
                            S: hi
                            S: .
                            S: +OK
                            """).playClient(client, new Pace.Pipelined());
                }
                server.awaitSessionEnd();
            }
        }
    }

    @Test
    void what_comes_behind_quit_is_no_occasion_for_anything() throws IOException {
        try (Pop3TestServer server = Ways.start()) {
            FaultRule rule = server.faults().on("NOOP").answer("+OK still here");
            try (Socket client = server.connect()) {
                Transcript.parse("S: +OK …\nC: QUIT\nC: NOOP\nC closes\nS: +OK …\nS closes\n")
                        .playClient(client, new Pace.Pipelined());
            }
            server.awaitSessionEnd();
            assertEquals(0, rule.fired());
        }
    }

    @Test
    void a_response_to_a_challenge_is_no_command() {
        given(faults -> faults.on("QUIT").answer("+OK caught")).plays("""
                S: +OK …
                C: AUTH PLAIN
                S: +\\x20
                C: QUIT
                S: -ERR …
                C: QUIT
                S: +OK caught
                """);
    }

    @Test
    void the_reply_to_a_response_goes_wrong_like_any_other() {
        String plain = "C: AUTH PLAIN\nS: +\\x20\nC: AG1yb3NlAGEgc2VjcmV0\n";
        given(faults -> faults.onResponse().answer("-ERR [SYS/TEMP] not now").once())
                .plays("S: +OK …\n" + plain + "S: -ERR [SYS/TEMP] not now\n" + plain
                        + "S: +OK …\nC: STAT\nS: +OK 2 …\n");
        given(faults -> faults.onResponse().cutAfter(2)).plays("S: +OK …\n" + plain + "S: +O\\\nS closes\n");
        given(faults -> faults.onResponse().hangUp()).plays("S: +OK …\n" + plain + "S closes\n");
        given(faults -> faults.onResponse().unsolicited("+OK twice"))
                .plays("S: +OK …\n" + plain + "S: +OK …\nS: +OK twice\nC: STAT\nS: +OK 2 …\n");
    }

    @Test
    void of_several_responses_one_is_hit() {
        given(faults -> faults.onResponse().answer("-ERR no such password").after(1))
                .plays("""
                S: +OK …
                C: AUTH LOGIN
                S: + …
                C: bXJvc2U=
                S: + …
                C: YSBzZWNyZXQ=
                S: -ERR no such password
                C: NOOP
                S: -ERR not available before login
                """);
    }

    @Test
    void an_auth_line_of_twelve_thousand_octets_is_one_command() {
        String response = "A".repeat(12_000);
        given(faults -> faults.on("AUTH").answer("-ERR not now").once()).plays("""
                S: +OK …
                C: AUTH PLAIN %s
                S: -ERR not now
                C: AUTH PLAIN %s
                S: -ERR not a message of PLAIN
                C: NOOP
                S: -ERR …
                """.formatted(response, response));
    }

    @Test
    void probability_hits_some_and_the_same_seed_hits_the_same() throws Exception {
        List<Integer> hits = hits(7);
        assertTrue(hits.size() > 10 && hits.size() < 90, hits::toString);
        assertEquals(hits, hits(7));
        assertFalse(hits.equals(hits(8)));
    }

    /** Which of a hundred commands on four connections at a time are hit. */
    private static List<Integer> hits(long seed) throws Exception {
        try (Pop3TestServer server = Ways.start()) {
            FaultRule rule =
                    server.faults().seed(seed).on("NOOP").answer("+OK hit").withProbability(0.5);
            boolean[] hit = new boolean[100];
            List<Thread> clients = IntStream.range(0, 4)
                    .mapToObj(i -> {
                        Socket client = server.connect(); // In this order, so that each has its number.
                        return new Thread(() -> noops(client, hit, i * 25));
                    })
                    .toList();
            clients.forEach(Thread::start);
            for (Thread client : clients) client.join();
            List<Integer> hits =
                    IntStream.range(0, hit.length).filter(i -> hit[i]).boxed().toList();
            assertEquals(hits.size(), rule.fired());
            return hits;
        }
    }

    private static void noops(Socket socket, boolean[] hit, int from) {
        try (Socket client = socket) {
            Transcript.parse("S: +OK …\n").playClient(client, new Pace.Lines());
            for (int i = from; i < from + 25; i++) {
                client.getOutputStream().write("NOOP\r\n".getBytes(StandardCharsets.US_ASCII));
                hit[i] = line(client).equals("+OK hit");
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(Socket client) throws IOException {
        StringBuilder line = new StringBuilder();
        int octet;
        while ((octet = client.getInputStream().read()) >= 0 && octet != '\n') line.append((char) octet);
        return line.toString().stripTrailing();
    }

    @Test
    void a_rule_fires_as_often_as_it_was_told_whatever_the_threads_do() throws Exception {
        try (Pop3TestServer server = Ways.start()) {
            FaultRule rule = server.faults().on("NOOP").answer("+OK hit").times(37);
            boolean[] hit = new boolean[100];
            List<Thread> clients = IntStream.range(0, 4)
                    .mapToObj(i -> new Thread(() -> noops(server.connect(), hit, i * 25)))
                    .toList();
            clients.forEach(Thread::start);
            for (Thread client : clients) client.join();
            assertEquals(37, IntStream.range(0, 100).filter(i -> hit[i]).count());
            assertEquals(37, rule.fired());
        }
    }

    @Test
    void chaos_of_one_seed_is_the_same_chaos() throws IOException {
        assertEquals(chaos(3), chaos(3));
        assertFalse(chaos(3).equals(chaos(4)));
    }

    /** What two hundred replies become, and how each ends. */
    private static List<String> chaos(long seed) throws IOException {
        Faults faults = new Faults().seed(seed);
        FaultRule chaos = faults.chaos(0.2);
        List<String> seen = new ArrayList<>();
        for (int step = 1; step <= 200; step++) {
            byte[] octets = "+OK a line\r\n".getBytes(StandardCharsets.US_ASCII);
            FaultyReply reply = new FaultyReply(octets.length);
            faults.replyFaults(new Moment(Moment.Kind.COMMAND, 1, step, "NOOP", "NOOP", step, 0, 0))
                    .forEach(some -> some.fault().apply(reply, some.random()));
            NotedConnection connection = new NotedConnection("");
            reply.send(reply.filter(octets, true), connection, new Patience());
            seen.add(connection.writes + " " + reply.end());
        }
        assertTrue(chaos.fired() > 10 && chaos.fired() < 90, chaos::toString);
        return seen;
    }

    @Test
    void a_reply_is_written_in_pieces() throws IOException {
        assertEquals(List.of("+O", "K\r\n"), pieces(faults -> faults.on("NOOP").splitAt(2)));
        assertEquals(
                List.of("+", "O", "K", "\r", "\n"),
                pieces(faults -> faults.on("NOOP").splitEvery(1)));
        assertEquals(List.of("+O", "K\r", "\n"), pieces(faults -> {
            faults.on("NOOP").splitEvery(2);
            faults.on("NOOP").splitAt(2);
            faults.on("NOOP").splitAt(1000);
        }));
        assertEquals(List.of("+", "O", "K"), pieces(faults -> {
            faults.on("NOOP").cutAfter(3);
            faults.on("NOOP").cutAfter(4);
            faults.on("NOOP").splitEvery(1);
        }));
    }

    /** The writes of a reply to NOOP. */
    private static List<String> pieces(Consumer<Faults> rules) throws IOException {
        Faults faults = new Faults();
        rules.accept(faults);
        byte[] octets = "+OK\r\n".getBytes(StandardCharsets.US_ASCII);
        FaultyReply reply = new FaultyReply(octets.length);
        faults.replyFaults(new Moment(Moment.Kind.COMMAND, 1, 1, "NOOP", "NOOP", 1, 0, 0))
                .forEach(some -> some.fault().apply(reply, some.random()));
        NotedConnection connection = new NotedConnection("");
        reply.send(reply.filter(octets, true), connection, new Patience());
        return connection.writes;
    }

    @Test
    void a_reply_in_pieces_is_the_same_reply() {
        given(faults -> faults.on("RETR").splitEvery(1)).playsLoggedIn(MESSAGE_1);
    }

    // ---- large messages

    private static final long LARGE = 3L << 23;

    @Test
    void a_large_message_passes_piece_by_piece_while_it_is_changed() throws IOException {
        Drip drip = new Drip();
        try (Pop3TestServer server = serving(drip);
                Socket client = server.connect()) {
            server.faults().on("RETR").withoutFinalDot();
            server.faults().on("RETR").lfOnly();
            server.faults().on("RETR").claimOctets(7);
            server.faults().on("RETR").splitAt(70_000);
            Transcript.parse(Ways.LOGIN + "C: RETR 1\n").playClient(client, new Pace.Lines());
            assertEquals("+OK 7 octets", line(client));
            byte[] some = client.getInputStream().readNBytes(100_000);
            assertEquals("x\nx\n", new String(some, 99_996, 4, StandardCharsets.US_ASCII));
            assertTrue(drip.given.get() < LARGE / 8, () -> drip.given + " octets are held somewhere");
            assertTrue(server.transcript().contains("# the client gets instead:\nS: +OK 7 octets\n"));
            long rest = LARGE / 3 * 2 - some.length;
            assertEquals(rest, client.getInputStream().skip(rest));
            assertEquals(0, client.getInputStream().available());
        }
    }

    @Test
    void a_large_message_is_cut_where_it_is_to_be_cut_and_was_never_retrieved() throws IOException {
        Drip drip = new Drip();
        try (Pop3TestServer server = serving(drip);
                Socket client = server.connect()) {
            server.faults().on("RETR").cutAfter(1_000_000);
            Transcript.parse(Ways.LOGIN + "C: RETR 1\n").playClient(client, new Pace.Lines());
            assertEquals(1_000_000, client.getInputStream().readAllBytes().length);
            assertTrue(drip.given.get() < LARGE / 8, () -> drip.given + " octets were read");
            Pop3Assertions.assertThat(server).hasNoSession().neverRetrieved("drip");
        }
    }

    @Test
    void a_large_message_stalls_and_the_session_has_sent_it_all_the_same() throws IOException {
        try (Pop3TestServer server = serving(new Drip());
                Socket client = server.connect()) {
            server.faults().on("RETR").stallAfter(1_000_000);
            Transcript.parse(Ways.LOGIN + "C: RETR 1\n").playClient(client, new Pace.Lines());
            assertEquals(1_000_000, client.getInputStream().readNBytes(1_000_000).length);
            server.awaitRetrieved("drip");
            assertEquals(0, client.getInputStream().available());
        }
    }

    private static Pop3TestServer serving(Drip drip) {
        Pop3TestServer server =
                Pop3TestServer.builder().store(account -> drip.maildrop()).start();
        server.user("mrose", "a secret");
        return server;
    }

    /** A message of many short lines that is nowhere as a whole. */
    private static final class Drip implements ReadableByteChannel {

        /** By the session's thread, which another reads. */
        private final AtomicLong given = new AtomicLong();

        Maildrop maildrop() {
            return new Maildrop() {
                @Override
                public int count() {
                    return 1;
                }

                @Override
                public String uniqueId(int number) {
                    return "drip";
                }

                @Override
                public long octets(int number) {
                    return LARGE;
                }

                @Override
                public MessageContent open(int number) {
                    return MessageContent.of(Drip.this);
                }

                @Override
                public void remove(int[] numbers) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public int read(ByteBuffer buffer) {
            int before = buffer.position();
            while (buffer.hasRemaining() && given.get() < LARGE) {
                buffer.put((byte) "x\r\n".charAt((int) (given.getAndIncrement() % 3)));
            }
            return buffer.position() == before ? -1 : buffer.position() - before;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    // ---- the rules themselves

    @Test
    void rules_that_did_not_happen_are_named_with_the_seed() {
        Faults faults = new Faults().seed(42);
        faults.on("PASS my password").answer("-ERR [IN-USE] no").times(2).withProbability(0.25);
        faults.on("RETR", 3).message(2).connection(1).cutAfter(4096).after(1);
        String words = """
                faults, seed 42
                  on PASS ****: answer "-ERR [IN-USE] no", 2 times, with probability 0.25; happened 0 times
                  on RETR number 3 of message 2 on connection 1: cut after 4096, after once; happened 0 times""";
        assertEquals(words, faults.toString());
        AssertionError missing = assertThrows(AssertionError.class, faults::assertAllFired);
        assertTrue(missing.getMessage().contains(words), missing::getMessage);
        faults.clear();
        faults.assertAllFired();
        assertEquals("faults, seed 42", faults.toString());
    }

    @Test
    void what_makes_no_sense_is_refused_at_once() {
        Faults faults = new Faults();
        assertThrows(IllegalArgumentException.class, () -> faults.on(""));
        assertThrows(IllegalArgumentException.class, () -> faults.on("NOOP\r\nQUIT"));
        assertThrows(IllegalArgumentException.class, () -> faults.on("RETR", 0));
        assertThrows(IllegalArgumentException.class, () -> faults.on("RETR").connection(0));
        assertThrows(IllegalArgumentException.class, () -> faults.on("RETR").cutAfter(-1));
        assertThrows(IllegalArgumentException.class, () -> faults.on("RETR").splitEvery(0));
        assertThrows(IllegalArgumentException.class, () -> faults.on("RETR").delay(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> faults.on("RETR").answer(""));
        assertThrows(IllegalStateException.class, () -> faults.on("STAT").message(1));
        assertThrows(IllegalStateException.class, () -> faults.on("LIST").dropDotStuffing());
        assertThrows(IllegalStateException.class, () -> faults.on("NOOP").withoutFinalDot());
        assertThrows(IllegalStateException.class, () -> faults.on("DELE").claimOctets(1));
        assertThrows(
                IllegalStateException.class,
                () -> faults.onStore(StoreCall.OPEN).message(1));
        assertThrows(
                IllegalStateException.class,
                () -> faults.onStore(StoreCall.OPEN).breakOffAfter(1));
        assertEquals(List.of(), faults.toString().lines().skip(1).toList());
        FaultRule rule = faults.on("RETR").cutAfter(1);
        assertThrows(IllegalArgumentException.class, () -> rule.times(0));
        assertThrows(IllegalArgumentException.class, () -> rule.after(-1));
        assertThrows(IllegalArgumentException.class, () -> rule.withProbability(0));
        assertThrows(IllegalArgumentException.class, () -> rule.withProbability(1.1));
    }

    // ---- TLS

    @Test
    void response_injection_reaches_the_client_in_the_clear_behind_stls() {
        for (Way way : List.of(Way.PLAIN, Way.MEMORY)) {
            given(faults -> faults.on("STLS").unsolicited("+OK injected")).plays(way, """
                    S: +OK …
                    C: STLS
                    S: +OK …
                    S: +OK injected
                    """);
            given(faults -> faults.on("STLS").refuse(ResponseCode.SYS_TEMP)).plays(way, """
                    S: +OK …
                    C: STLS
                    S: -ERR [SYS/TEMP] …
                    C: NOOP
                    S: -ERR …
                    """);
        }
    }

    @Test
    void after_stls_the_script_goes_on_and_there_is_no_second_greeting() throws IOException {
        try (Pop3TestServer server = Ways.start()) {
            FaultRule greeting = server.faults().onConnect().unsolicited("+OK and more");
            server.faults().on("NOOP", 2).answer("+OK second");
            try (Socket clear = new Socket("localhost", server.port())) {
                Transcript.parse("""
                        S: +OK …
                        S: +OK and more
                        C: NOOP
                        S: -ERR …
                        C: STLS
                        S: +OK …
                        """).playClient(clear, new Pace.Lines());
                try (Socket tls =
                        server.sslContext().getSocketFactory().createSocket(clear, "localhost", server.port(), true)) {
                    Transcript.parse("C: NOOP\nS: +OK second\nC: QUIT\nS: +OK …\n")
                            .playClient(tls, new Pace.Lines());
                }
            }
            assertEquals(1, greeting.fired());
        }
    }

    @Test
    void octets_behind_stls_still_end_the_session_without_a_reply() {
        givenServer(server -> server.faults().clear()).plays(Way.PLAIN, """
                S: +OK …
                C: STLS\\r\\nUSER mrose
                S closes
                """);
    }
}
