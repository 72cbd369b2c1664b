package io.github.pop3kit.server;

import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RFC 1939 section 4, RFC 5034 section 4. */
class AuthorizationTest {

    private final Played server = Played.with("Subject: one\r\n\r\n1\r\n", "Subject: two\r\n\r\n2\r\n");

    @Test
    void user_and_pass_open_the_maildrop() {
        server.plays("""
                S: +OK pop3kit ready
                C: USER mrose
                S: +OK password required
                C: PASS a secret
                S: +OK maildrop has 2 messages (38 octets)
                C: QUIT
                S: +OK pop3kit signing off
                S closes
                """);
    }

    @Test
    void keywords_are_taken_in_any_letter_case() {
        server.plays("""
                S: +OK …
                C: uSeR mrose
                S: +OK …
                C: pass a secret
                S: +OK …
                C: quit
                S: +OK …
                """);
    }

    @Test
    void a_bare_line_feed_ends_a_command() {
        server.plays("""
                S: +OK …
                C: USER mrose\\n\\
                S: +OK …
                C: PASS a secret\\n\\
                S: +OK …
                C: QUIT\\n\\
                S: +OK …
                """);
    }

    @Test
    void nothing_of_a_password_is_trimmed() {
        server.plays("""
                S: +OK …
                C: USER mrose
                S: +OK …
                C: PASS a secret\\x20
                S: -ERR [AUTH] authentication failed
                C: USER mrose
                S: +OK …
                C: PASS  a secret
                S: -ERR [AUTH] authentication failed
                """);
    }

    @Test
    void an_unknown_user_is_answered_like_a_wrong_password() {
        server.plays("""
                S: +OK …
                C: USER nobody
                S: +OK password required
                C: PASS a secret
                S: -ERR [AUTH] authentication failed
                C: USER mrose
                S: +OK password required
                C: PASS wrong
                S: -ERR [AUTH] authentication failed
                """);
    }

    @Test
    void pass_needs_a_user_before_it_each_time() {
        server.plays("""
                S: +OK …
                C: PASS a secret
                S: -ERR USER comes first
                C: USER mrose
                S: +OK …
                C: PASS wrong
                S: -ERR [AUTH] …
                C: PASS a secret
                S: -ERR USER comes first
                C: USER mrose
                S: +OK …
                C: PASS a secret
                S: +OK …
                """);
    }

    @Test
    void three_refused_logins_end_the_session() {
        server.plays("""
                S: +OK …
                C: USER a
                S: +OK …
                C: PASS 1
                S: -ERR [AUTH] …
                C: USER b
                S: +OK …
                C: PASS 2
                S: -ERR [AUTH] …
                C: USER c
                S: +OK …
                C: PASS 3
                S: -ERR [AUTH] …
                S closes
                """);
    }

    @Test
    void auth_plain_takes_its_message_on_the_same_line_or_the_next() {
        server.plays("""
                S: +OK …
                C: AUTH PLAIN %s
                S: +OK maildrop has 2 messages (38 octets)
                """.formatted(plain("", "mrose", "a secret")));
        server.plays("""
                S: +OK …
                C: auth plain
                S: +\\x20
                C: %s
                S: +OK maildrop has 2 messages (38 octets)
                """.formatted(plain("mrose", "mrose", "a secret")));
    }

    @Test
    void auth_plain_can_be_cancelled() {
        server.plays("""
                S: +OK …
                C: AUTH PLAIN
                S: +\\x20
                C: *
                S: -ERR authentication cancelled
                C: QUIT
                S: +OK …
                """);
    }

    @Test
    void auth_plain_with_a_message_that_is_none_is_refused() {
        server.plays("""
                S: +OK …
                C: AUTH PLAIN =
                S: -ERR not a message of PLAIN
                C: AUTH PLAIN bm90aGluZw==
                S: -ERR not a message of PLAIN
                C: AUTH PLAIN
                S: +\\x20
                C: A===
                S: -ERR not in base64
                C: AUTH X-OTHER
                S: -ERR no such SASL mechanism here
                C: AUTH PLAIN %s
                S: -ERR [AUTH] authentication failed
                """.formatted(plain("somebody.else", "mrose", "a secret")));
    }

    @Test
    void a_sasl_response_may_be_far_longer_than_a_command() {
        server.plays("""
                S: +OK …
                C: AUTH PLAIN
                S: +\\x20
                C: %s
                S: -ERR [AUTH] authentication failed
                C: AUTH PLAIN %s
                S: -ERR [AUTH] authentication failed
                """.formatted(plain("", "mrose", "x".repeat(9000)), plain("", "mrose", "x".repeat(9000))));
    }

    @Test
    void a_sasl_response_has_at_most_12288_octets() {
        String longest = "A".repeat(12_288);
        server.plays("S: +OK …\nC: AUTH PLAIN\nS: +\\x20\nC: " + longest + "\nS: -ERR not a message of PLAIN\nC: QUIT\n"
                + "S: +OK …\n");
        server.plays("S: +OK …\nC: AUTH PLAIN\nS: +\\x20\nC: " + longest + "A\nS: -ERR line too long\nS closes\n");
    }

    @Test
    void auth_alone_lists_the_mechanisms() {
        server.plays("""
                S: +OK …
                C: AUTH
                S: +OK …
                S: SCRAM-SHA-512
                S: SCRAM-SHA-256
                S: SCRAM-SHA-1
                S: PLAIN
                S: LOGIN
                S: .
                """);
    }

    @Test
    void quit_before_login_ends_the_session() {
        server.plays("""
                S: +OK …
                C: QUIT
                S: +OK pop3kit signing off
                S closes
                """);
    }

    @Test
    void without_tls_a_password_is_refused_right_or_wrong() {
        ServerCertificate certificate = ServerCertificate.selfSigned("localhost");
        try (Played.Running running = Played.with()
                .configured(builder -> Pop3Server.builder()
                        .listen(Endpoint.stls(0, certificate))
                        .store(account -> {
                            throw new IOException("not reached");
                        })
                        .authenticator((user, password) -> {
                            throw new IOException("not reached");
                        }))
                .start()) {
            running.plays("""
                    S: +OK …
                    C: CAPA
                    S: +OK …
                    S: TOP
                    S: UIDL
                    S: RESP-CODES
                    S: AUTH-RESP-CODE
                    S: PIPELINING
                    S: STLS
                    S: IMPLEMENTATION pop3kit
                    S: .
                    C: USER mrose
                    S: -ERR passwords are accepted over TLS only
                    C: PASS a secret
                    S: -ERR passwords are accepted over TLS only
                    C: AUTH PLAIN %s
                    S: -ERR passwords are accepted over TLS only
                    C: QUIT
                    S: +OK …
                    """.formatted(plain("", "mrose", "a secret")));
        }
    }

    @Test
    void an_authenticator_that_fails_is_a_temporary_trouble() {
        server.configured(builder -> builder.authenticator((user, password) -> {
                    if (user.equals("broken")) throw new IllegalStateException("defect");
                    throw new IOException("directory is down");
                }))
                .plays("""
                        S: +OK …
                        C: USER mrose
                        S: +OK …
                        C: PASS a secret
                        S: -ERR [SYS/TEMP] temporary failure; try again later
                        C: USER broken
                        S: +OK …
                        C: PASS a secret
                        S: -ERR [SYS/TEMP] temporary failure; try again later
                        C: QUIT
                        S: +OK …
                        """);
    }

    @Test
    void the_store_sees_the_name_that_the_authenticator_returned() {
        server.configured(builder -> builder.authenticator((user, password) -> Optional.of(Account.of("mrose"))))
                .plays("""
                        S: +OK …
                        C: USER ../../etc
                        S: +OK …
                        C: PASS x
                        S: +OK maildrop has 2 messages (38 octets)
                        """);
    }

    @Test
    void a_login_too_soon_after_the_last_is_refused_when_a_delay_is_configured() {
        try (Played.Running running = server.configured(
                        builder -> builder.limits(ServerLimits.defaults().withLoginDelay(Duration.ofMinutes(15))))
                .start()) {
            running.plays("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: +OK …
                    C: QUIT
                    S: +OK …
                    """);
            running.plays("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: -ERR [LOGIN-DELAY] …
                    """);
        }
    }

    @Test
    void names_in_utf8_are_understood() {
        server.configured(builder ->
                        builder.authenticator(Authenticator.passwords(Map.of("j\u00F3zsef", "p\u00E1 sz\u00F3"))))
                .plays("""
                        S: +OK …
                        C: USER j\u00F3zsef
                        S: +OK …
                        C: PASS p\u00E1 sz\u00F3
                        S: +OK …
                        """);
    }

    private static String plain(String actAs, String user, String password) {
        String message = actAs + "\0" + user + "\0" + password;
        return Base64.getEncoder().encodeToString(message.getBytes(StandardCharsets.UTF_8));
    }
}
