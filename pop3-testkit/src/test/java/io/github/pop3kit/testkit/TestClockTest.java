package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Conversation.login;
import static io.github.pop3kit.testkit.Conversation.plays;
import static io.github.pop3kit.testkit.Conversation.playsAs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hours pass in milliseconds. */
@Timeout(60)
class TestClockTest {

    @Test
    void time_stands_still_unless_the_test_lets_it_pass() {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            TestClock clock = server.clock();
            Instant start = clock.now();
            assertEquals(start, clock.now());
            clock.advance(Duration.ofDays(1));
            assertEquals(start.plus(Duration.ofDays(1)), clock.now());
            assertThrows(IllegalArgumentException.class, () -> clock.advance(Duration.ofNanos(-1)));
            server.reset();
            assertEquals(start, clock.now());
        }
    }

    @Test
    void a_server_may_be_reset_as_often_as_there_are_tests() {
        try (Pop3TestServer server =
                Pop3TestServer.builder().limit("login-delay", "10000h").start()) {
            server.user("bob", "secret");
            for (int i = 0; i < 500; i++) {
                playsAs(server, "bob", "secret", "");
                server.reset();
            }
        }
    }

    @RepeatedTest(20)
    void a_session_is_cut_when_it_has_been_idle_for_too_long_and_removes_nothing() throws IOException {
        try (Pop3TestServer server = Pop3TestServer.start();
                Socket client = server.connect()) {
            TestUser bob = server.user("bob", "secret");
            bob.deliver("hello");
            plays(client, login("bob", "secret") + "C: DELE 1\nS: +OK …\n");
            server.clock().advance(Duration.ofMinutes(9));
            plays(client, "C: NOOP\nS: +OK…\n");
            server.clock().advance(Duration.ofMinutes(10));
            plays(client, "C: NOOP\nS: +OK…\n");
            server.clock().advance(Duration.ofMinutes(10).plusNanos(1));
            plays(client, "S closes\n");
            server.awaitSessionEnd();
            assertEquals(1, bob.uniqueIds().size());
        }
    }

    @Test
    void a_client_has_three_minutes_to_log_in_over_tcp_too() throws IOException {
        try (Pop3TestServer server = Pop3TestServer.start();
                Socket client = new Socket(server.host(), server.port())) {
            plays(client, "S: +OK …\n");
            server.clock().advance(Duration.ofSeconds(179));
            plays(client, "C: USER bob\nS: +OK …\n");
            server.clock().advance(Duration.ofSeconds(2));
            plays(client, "S closes\n");
        }
    }

    @Test
    void the_next_login_is_too_early_until_the_login_delay_is_over() {
        try (Pop3TestServer server =
                Pop3TestServer.builder().loginDelay(Duration.ofMinutes(5)).start()) {
            server.user("bob", "secret");
            playsAs(server, "bob", "secret", "");
            server.clock().advance(Duration.ofSeconds(299));
            plays(server, "S: +OK …\nC: USER bob\nS: +OK …\nC: PASS secret\nS: -ERR [LOGIN-DELAY] …\n");
            server.clock().advance(Duration.ofSeconds(1));
            playsAs(server, "bob", "secret", "");
        }
    }

    @Test
    void mail_expires_and_capa_says_so() throws IOException {
        try (Pop3TestServer server = Pop3TestServer.builder().expire(30).start()) {
            TestUser bob = server.user("bob", "secret");
            byte[] octets = "hello".getBytes(StandardCharsets.US_ASCII);
            bob.deliver("old", server.clock().now().minus(Duration.ofDays(20)), octets);
            String today = bob.deliver(octets);
            server.clock().advance(Duration.ofDays(10));
            assertEquals(List.of("old", today), bob.uniqueIds());
            server.clock().advance(Duration.ofSeconds(1));
            assertEquals(List.of(today), bob.uniqueIds());
            playsAs(server, "bob", "secret", """
                    C: UIDL
                    S: +OK …
                    S: 1 1
                    S: .
                    C: CAPA
                    S: +OK …
                    S: TOP
                    S: UIDL
                    S: RESP-CODES
                    S: AUTH-RESP-CODE
                    S: PIPELINING
                    S: USER
                    S: SASL PLAIN LOGIN
                    S: EXPIRE 30
                    S: IMPLEMENTATION pop3kit
                    S: .
                    """);
        }
    }

    @Test
    void mail_does_not_expire_under_a_session() throws IOException {
        try (Pop3TestServer server =
                        Pop3TestServer.builder().expire(0).limit("idle", "48h").start();
                Socket client = server.connect()) {
            TestUser bob = server.user("bob", "secret");
            bob.deliver("hello");
            plays(client, login("bob", "secret"));
            server.clock().advance(Duration.ofDays(1));
            plays(client, "C: RETR 1\nS: +OK …\nS: hello\nS: .\n");
            assertEquals(1, bob.uniqueIds().size());
            plays(client, "C: QUIT\nS: +OK …\nS closes\n");
            playsAs(server, "bob", "secret", "C: STAT\nS: +OK 0 0\n");
            assertEquals(List.of(), bob.uniqueIds());
        }
    }
}
