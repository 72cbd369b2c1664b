package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What a server puts up with, and what it does when it no longer does. Time is a clock that the tests drive. */
@Timeout(30)
class LimitsTest {

    private static final String LOGIN = """
            S: +OK …
            C: USER mrose
            S: +OK …
            C: PASS a secret
            S: +OK …
            """;

    private final DrivenClock clock = new DrivenClock();
    private final Played server = Played.with("1\r\n").configured(builder -> builder.bench(clock));

    @Test
    void a_session_without_a_word_for_ten_minutes_is_ended_in_silence_and_removes_nothing() throws IOException {
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            play(client, LOGIN + """
                    C: DELE 1
                    S: +OK …
                    """);
            clock.passes(Duration.ofMinutes(9));
            play(client, """
                    C: NOOP
                    S: +OK
                    """);
            clock.passes(Duration.ofMinutes(9));
            play(client, """
                    C: NOOP
                    S: +OK
                    """);
            clock.passes(Duration.ofMinutes(10).plusSeconds(1));
            play(client, "S closes");
            running.server().close();
            assertEquals(1, running.store().open(Account.of("mrose")).count());
        }
    }

    @Test
    void octets_of_a_command_that_does_not_end_gain_no_time() throws IOException {
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            play(client, LOGIN);
            for (int minute = 0; minute < 9; minute++) {
                client.write(ByteBuffer.wrap(new byte[] {'N'}));
                clock.passes(Duration.ofMinutes(1));
            }
            clock.passes(Duration.ofMinutes(2));
            play(client, "S closes");
        }
    }

    @Test
    void who_has_not_logged_in_after_three_minutes_is_ended_whatever_he_says() throws IOException {
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            play(client, "S: +OK …");
            clock.passes(Duration.ofSeconds(100));
            play(client, """
                    C: USER mrose
                    S: +OK …
                    """);
            clock.passes(Duration.ofSeconds(81));
            play(client, "S closes");
        }
    }

    @Test
    void the_time_for_a_handshake_is_part_of_the_time_to_log_in() throws IOException {
        Played secured = Played.with()
                .configured(builder -> builder.bench(clock)
                        .listen(Endpoint.stls(0, ServerCertificate.selfSigned("localhost")))
                        .limits(ServerLimits.defaults().with("login", "5s")));
        try (Played.Running running = secured.start();
                SocketChannel client = running.connect()) {
            play(client, """
                    S: +OK …
                    C: STLS
                    S: +OK …
                    """);
            clock.passes(Duration.ofSeconds(6));
            play(client, "S closes");
        }
    }

    @Test
    void what_is_done_about_a_command_does_not_count_as_silence() throws IOException {
        Played slow = Played.with()
                .configured(builder -> builder.bench(clock)
                        .store(account -> new OneMessage(() -> clock.passesMeanwhile(Duration.ofMinutes(9)))));
        try (Played.Running running = slow.start();
                SocketChannel client = running.connect()) {
            play(client, LOGIN + """
                    C: DELE 1
                    S: +OK …
                    """);
            clock.passes(Duration.ofMinutes(9));
            play(client, """
                    C: QUIT
                    S: +OK …
                    S closes
                    """);
        }
    }

    @Test
    void who_comes_and_goes_beyond_the_limit_does_not_keep_others_waiting() throws IOException {
        try (Played.Running running = Played.with()
                        .configured(builder ->
                                builder.limits(ServerLimits.defaults().with("connections-per-address", "1")))
                        .start();
                SocketChannel first = running.connect()) {
            play(first, "S: +OK …");
            for (int i = 0; i < 300; i++) {
                SocketChannel flood = running.connect();
                flood.setOption(StandardSocketOptions.SO_LINGER, 0);
                flood.close();
            }
            running.plays("""
                    S: -ERR [SYS/TEMP] too many connections; try again later
                    S closes
                    """);
        }
    }

    @Test
    void bad_commands_in_a_row_end_a_session() {
        server.plays("""
                S: +OK …
                C: FOO
                S: -ERR unknown command
                C: RETR
                S: -ERR …
                C: CAPA
                S: +OK …
                S: TOP
                S: UIDL
                S: RESP-CODES
                S: AUTH-RESP-CODE
                S: PIPELINING
                S: USER
                S: SASL SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN
                S: IMPLEMENTATION pop3kit
                S: .
                C: FOO
                S: -ERR unknown command
                C: FOO
                S: -ERR unknown command
                C: FOO
                S: -ERR too many bad commands
                S closes
                """);
        server.playsLoggedIn(
                "C: FOO\nS: -ERR unknown command\n".repeat(19) + "C: FOO\nS: -ERR too many bad commands\nS closes");
    }

    @Test
    void a_line_that_is_too_long_is_answered_once_and_ends_the_session() {
        String longest = "USER " + "x".repeat(505);
        server.plays("S: +OK …\nC: " + longest + "\nS: +OK …\nC: QUIT\nS: +OK …");
        server.plays("S: +OK …\nC: " + longest + "x\nC: QUIT\nS: -ERR line too long\nS closes");
        server.plays("S: +OK …\nC: " + "x".repeat(100_000) + "\\\nS: -ERR line too long\nS closes");
    }

    @Test
    void lines_may_be_longer_or_shorter() {
        Played brief = Played.with()
                .configured(builder -> builder.limits(
                        ServerLimits.defaults().with("command-octets", "16").with("auth-octets", "32")));
        brief.plays("S: +OK …\nC: USER 123456789\nS: +OK …\nC: USER 1234567890\nS: -ERR line too long\nS closes");
        brief.plays("S: +OK …\nC: AUTH PLAIN 123456789\nS: -ERR …\nC: AUTH PLAIN 1234567890123456789012\n"
                + "S: -ERR line too long\nS closes");
    }

    @Test
    void connections_beyond_the_limit_are_told_so_and_the_others_served() throws IOException {
        try (Played.Running running = Played.with()
                        .configured(builder ->
                                builder.limits(ServerLimits.defaults().with("connections-per-address", "2")))
                        .start();
                SocketChannel first = running.connect();
                SocketChannel second = running.connect()) {
            play(first, "S: +OK …");
            play(second, "S: +OK …");
            running.plays("""
                    S: -ERR [SYS/TEMP] too many connections; try again later
                    S closes
                    """);
            play(first, LOGIN.lines().skip(1).reduce("", (all, line) -> all + line + "\n"));
        }
    }

    @Test
    void when_all_connections_are_taken_the_oldest_that_has_not_logged_in_goes() throws IOException {
        try (Played.Running running = Played.with()
                        .configured(builder ->
                                builder.limits(ServerLimits.defaults().with("connections", "3")))
                        .start();
                SocketChannel user = running.connect();
                SocketChannel stranger = running.connect();
                SocketChannel other = running.connect()) {
            play(user, LOGIN);
            play(stranger, "S: +OK …");
            play(other, "S: +OK …");
            try (SocketChannel next = running.connect()) {
                play(next, "S: +OK …");
                play(stranger, "S closes");
                play(other, "C: CAPA\nS: +OK …\n");
                play(user, "C: NOOP\nS: +OK\n");
            }
        }
    }

    @Test
    void nobody_gives_way_to_an_address_that_has_its_share() throws IOException {
        try (Played.Running running = Played.with()
                        .configured(builder -> builder.limits(
                                ServerLimits.defaults().with("connections", "2").with("connections-per-address", "2")))
                        .start();
                SocketChannel stranger = running.connect();
                SocketChannel other = running.connect()) {
            play(stranger, "S: +OK …");
            play(other, "S: +OK …");
            running.plays("""
                    S: -ERR [SYS/TEMP] too many connections; try again later
                    S closes
                    """);
            play(stranger, "C: USER mrose\nS: +OK …");
            play(other, "C: USER mrose\nS: +OK …");
        }
    }

    @Test
    void when_all_are_users_there_is_no_room() throws IOException {
        try (Played.Running running = Played.with()
                        .configured(builder ->
                                builder.limits(ServerLimits.defaults().with("connections", "1")))
                        .start();
                SocketChannel user = running.connect()) {
            play(user, LOGIN);
            running.plays("""
                    S: -ERR [SYS/TEMP] too many connections; try again later
                    S closes
                    """);
        }
    }

    @Test
    void when_all_are_users_the_one_that_takes_nothing_for_a_minute_goes() throws Exception {
        Played large = Played.with("x".repeat(32 * 1024 * 1024))
                .configured(builder -> builder.bench(clock)
                        .limits(ServerLimits.defaults()
                                .with("connections", "1")
                                .with("stalled-write", "100h")
                                .with("idle", "100h")));
        try (Played.Running running = large.start();
                SocketChannel stuck = running.connect()) {
            play(stuck, LOGIN);
            stuck.write(ByteBuffer.wrap("RETR 1\r\n".getBytes(StandardCharsets.US_ASCII)));
            while (!isServed(running)) clock.passes(Duration.ofSeconds(61)); // It may just have begun to write.
        }
    }

    private static boolean isServed(Played.Running running) throws IOException {
        try (SocketChannel client = running.connect()) {
            ByteBuffer first = ByteBuffer.allocate(1);
            client.read(first);
            return first.get(0) == '+';
        }
    }

    @Test
    void a_user_has_at_most_so_many_sessions_where_the_store_allows_several() throws IOException {
        Played shared = Played.with()
                .configured(builder -> builder.store(account -> new OneMessage(() -> {}))
                        .limits(ServerLimits.defaults().with("sessions-per-user", "1")));
        try (Played.Running running = shared.start();
                SocketChannel first = running.connect()) {
            play(first, LOGIN);
            running.plays("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS wrong
                    S: -ERR [AUTH] …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: -ERR [IN-USE] too many sessions of this user
                    """);
            play(first, """
                    C: QUIT
                    S: +OK …
                    """);
            running.plays(LOGIN + "C: QUIT\nS: +OK …");
        }
    }

    @Test
    void what_speaks_http_is_not_listened_to() {
        for (String line :
                List.of("GET / HTTP/1.1", "post /x HTTP/1.0", "GET /", "PRI * HTTP/2.0", "PROPFIND /a HTTP/1.1")) {
            server.plays("S: +OK …\nC: " + line + "\nC: USER mrose\nC: QUIT\nS: -ERR this is POP3\nS closes");
            server.playsLoggedIn("C: " + line + "\nC: DELE 1\nC: QUIT\nS: -ERR this is POP3\nS closes");
        }
        server.plays("S: +OK …\nC: GETX\nS: -ERR unknown command\nC: QUIT\nS: +OK …");
    }

    @Test
    void limits_are_set_by_name() {
        ServerLimits limits = ServerLimits.defaults()
                .with("idle", "15m")
                .with("login", "90")
                .with("handshake", "1500ms")
                .with("connections", "7")
                .with("expire", "never");
        assertEquals(Duration.ofMinutes(15), limits.idle());
        assertEquals(Duration.ofSeconds(90), limits.login());
        assertEquals(Duration.ofMillis(1500), limits.handshake());
        assertEquals(7, limits.connections());
        assertEquals(ServerLimits.EXPIRE_NEVER, limits.expireDays());
        assertEquals(Duration.ofMinutes(10), ServerLimits.defaults().idle());
    }

    @Test
    void a_limit_that_is_none_is_refused_with_a_sentence() {
        ServerLimits limits = ServerLimits.defaults();
        assertSays("There is no limit \"idel\"; there are connections, ", () -> limits.with("idel", "1"));
        assertSays("The limit idle cannot be \"soon\"; write it like 600s", () -> limits.with("idle", "soon"));
        assertSays("The limit idle cannot be \"100000000h\"", () -> limits.with("idle", "100000000h"));
        assertSays("The limit idle cannot be \"-1\"", () -> limits.with("idle", "-1"));
        assertSays(
                "The limit connections cannot be \"1s\"; write it like 10000", () -> limits.with("connections", "1s"));
    }

    @Test
    void zero_is_no_word_for_unlimited_and_not_taken_where_it_would_end_each_session() {
        ServerLimits limits = ServerLimits.defaults();
        for (String none : List.of("connections", "connections-per-address", "sessions-per-user", "command-octets")) {
            assertSays("The limit " + none + " cannot be \"0\"; write it like ", () -> limits.with(none, "0"));
        }
        assertSays("The limit idle cannot be \"0m\"; write it like 600s", () -> limits.with("idle", "0m"));
        assertEquals(Duration.ZERO, limits.with("login-penalty", "0").loginPenalty());
        assertEquals(Duration.ZERO, limits.with("stop", "0").stop());
        assertEquals(0, limits.with("expire", "0").expireDays());
    }

    private static void assertSays(String start, Executable setting) {
        String message = assertThrows(IllegalArgumentException.class, setting).getMessage();
        assertTrue(message.startsWith(start), message);
    }

    private static void play(SocketChannel client, String conversation) throws IOException {
        Transcript.parse(conversation).playClient(client, new Pace.Lines());
    }
}
