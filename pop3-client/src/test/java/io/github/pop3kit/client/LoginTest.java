package io.github.pop3kit.client;

import static io.github.pop3kit.client.Script.MROSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LoginTest {

    private static final String NO_CAPA = "C: CAPA\nS: -ERR\n";
    private static final String SASL = "C: CAPA\nS: +OK\nS: USER\nS: SASL CRAM-MD5 PLAIN\nS: .\n";

    private static void logsIn(Login login, String conversation) throws IOException {
        try (Script script = Script.of(conversation + NO_CAPA)) {
            script.client().build().open(login).close();
            script.check();
        }
    }

    private static <E extends Pop3Exception> E fails(
            Class<E> expected, Login login, String conversation, UnaryOperator<Pop3Client.Builder> configuration) {
        try (Script script = Script.of(conversation)) {
            Pop3Client client = configuration.apply(script.client()).build();
            E failure = assertThrows(expected, () -> client.open(login));
            script.check();
            return failure;
        }
    }

    @Test
    void a_password_goes_by_auth_plain_where_it_is_offered() throws IOException {
        logsIn(MROSE, "S: +OK\n" + SASL + "C: AUTH PLAIN AG1yb3NlAHNlY3JldA==\nS: +OK\n");
    }

    /** RFC 5802 section 5.1: the client "SHOULD abort" then; a server that keeps the password in another way may know it. */
    @Test
    void a_password_that_saslprep_refuses_goes_by_another_way_than_scram() throws IOException {
        String offer = "S: +OK\nC: CAPA\nS: +OK\nS: SASL SCRAM-SHA-256 PLAIN\nS: .\n";
        logsIn(Login.password("mrose", "tab\there"), offer + "C: AUTH PLAIN AG1yb3NlAHRhYgloZXJl\nS: +OK\n");
        fails(
                NotOfferedException.class,
                Login.password("mrose", "tab\there").only("SCRAM-SHA-256"),
                offer + "C closes\n",
                client -> client);
    }

    @Test
    void a_password_goes_by_user_and_pass_where_there_is_no_word_about_logins() throws IOException {
        logsIn(MROSE, "S: +OK\n" + NO_CAPA + "C: USER mrose\nS: +OK\nC: PASS secret\nS: +OK\n");
        logsIn(MROSE, "S: +OK\nC: CAPA\nS: +OK\nS: TOP\nS: .\nC: USER mrose\nS: +OK\nC: PASS secret\nS: +OK\n");
    }

    @Test
    void a_server_with_other_mechanisms_alone_gets_no_password() {
        NotOfferedException missing = fails(
                NotOfferedException.class,
                MROSE,
                "S: +OK\nC: CAPA\nS: +OK\nS: SASL CRAM-MD5\nS: .\nC closes\n",
                client -> client);
        assertTrue(missing.isSessionUsable());
    }

    @Test
    void the_way_can_be_chosen() throws IOException {
        logsIn(
                Login.userPass("mrose", "secret"),
                "S: +OK\n" + SASL + "C: USER mrose\nS: +OK\nC: PASS secret\nS: +OK\n");
        logsIn(
                Login.plain("chris", "mrose", "secret"),
                "S: +OK\n" + NO_CAPA + "C: AUTH PLAIN Y2hyaXMAbXJvc2UAc2VjcmV0\nS: +OK\n");
    }

    @Test
    void a_response_that_makes_the_line_too_long_waits_for_the_challenge() throws IOException {
        String password = "x".repeat(200);
        String base64 = Base64.getEncoder().encodeToString(("\0mrose\0" + password).getBytes(StandardCharsets.UTF_8));
        String greeted = "S: +OK\n" + SASL + "C: AUTH PLAIN\n";
        Login login = Login.password("mrose", password);
        logsIn(login, greeted + "S: + \nC: " + base64 + "\nS: +OK\n");
        logsIn(login, greeted + "S: +\nC: " + base64 + "\nS: +OK\n");
        logsIn(login, greeted + "S: + go ahead, please\nC: " + base64 + "\nS: +OK\n");
        logsIn(login, greeted + "S: +OK\nC: " + base64 + "\nS: +OK\n");
    }

    @Test
    void a_mechanism_with_nothing_left_to_say_gives_up() {
        fails(
                CredentialsRefusedException.class,
                MROSE,
                "S: +OK\n" + SASL + "C: AUTH PLAIN AG1yb3NlAHNlY3JldA==\nS: + bW9yZT8\nC: *\nS: -ERR cancelled\n",
                client -> client);
    }

    @Test
    void a_server_that_asks_for_ever_is_left() {
        fails(
                ProtocolViolationException.class,
                MROSE,
                "S: +OK\n" + SASL + "C: AUTH PLAIN AG1yb3NlAHNlY3JldA==\n" + "S: + bW9yZT8=\nC: *\n".repeat(19)
                        + "S: + bW9yZT8=\nC closes\n",
                client -> client);
    }

    @Test
    void a_password_does_not_go_without_tls_unless_that_is_allowed() throws IOException {
        for (Login login : List.of(MROSE, Login.userPass("a", "b"), Login.plain("", "a", "b"))) {
            for (Tls tls : List.of(Tls.NONE, Tls.STLS_IF_OFFERED)) {
                try (Script script = Script.of("S: +OK\n" + SASL + "C closes\n")) {
                    Pop3Client client = Pop3Client.builder("127.0.0.1")
                            .port(script.port())
                            .tls(tls)
                            .build();
                    assertThrows(TlsFailedException.class, () -> client.open(login));
                    script.check();
                }
            }
        }
    }

    @Test
    void apop_proves_the_password_without_showing_it() throws IOException {
        logsIn(
                Login.apop("mrose", "tanstaaf"),
                "S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\n" + NO_CAPA
                        + "C: APOP mrose c4c9334bac560ecc979e58001b3e22fb\nS: +OK\n");
    }

    @Test
    void apop_of_a_name_and_a_password_that_saslprep_makes_ordinary_is_the_ordinary_one() throws IOException {
        logsIn(
                Login.apop("m\u00ADrose", "tan\u00ADstaaf"),
                "S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\n" + NO_CAPA
                        + "C: APOP mrose c4c9334bac560ecc979e58001b3e22fb\nS: +OK\n");
    }

    @Test
    void apop_wants_a_timestamp_that_is_a_msg_id() {
        List<String> forged = List.of(
                "ready", "<no at>", "<a@b", "<@>", "<a@\\x80\\xE4>", "<a\\x01@b>", "<" + "a".repeat(250) + "@example>");
        for (String timestamp : forged) {
            fails(
                    NotOfferedException.class,
                    Login.apop("mrose", "secret"),
                    "S: +OK " + timestamp + "\n" + NO_CAPA + "C closes\n",
                    client -> client);
        }
    }

    @Test
    void nothing_that_ends_a_line_can_be_slipped_in() {
        for (String bad : List.of("a\r\nDELE 1", "a\rb", "a\nb", "a\0b")) {
            assertThrows(IllegalArgumentException.class, () -> Login.password(bad, "secret"));
            assertThrows(IllegalArgumentException.class, () -> Login.password("mrose", bad));
            assertThrows(IllegalArgumentException.class, () -> Login.userPass(bad, "secret"));
            assertThrows(IllegalArgumentException.class, () -> Login.plain(bad, "mrose", "secret"));
            assertThrows(IllegalArgumentException.class, () -> Login.apop("mrose", bad));
        }
    }

    @Test
    void a_login_does_not_show_its_password() {
        for (Login login : List.of(
                MROSE,
                Login.password("mrose", "secret".toCharArray()),
                Login.userPass("mrose", "secret"),
                Login.plain("", "mrose", "secret"),
                Login.apop("mrose", "secret"))) {
            assertFalse(login.toString().contains("secret"));
            assertEquals("mrose", login.user());
        }
    }

    /** Many servers repeat what they do not understand. */
    @Test
    void what_a_server_repeats_of_the_login_is_starred_in_the_transcript_and_in_the_exception() throws IOException {
        String blob = "AG1yb3NlAHPDqWNyZXQ=";
        String user = "S: +OK\n" + NO_CAPA + "C: USER mrose\nS: +OK\nC: PASS s\u00E9cret\n";
        for (String conversation : List.of(
                user + "S: -ERR unknown command: PASS s\u00E9cret\n",
                user + "S: -ERR [AUTH] no s\u00E9cret of mrose\n",
                user + "S: what is s\u00E9cret?\n",
                "S: +OK\n" + SASL + "C: AUTH PLAIN " + blob + "\nS: -ERR unknown: AUTH PLAIN " + blob + "\n",
                "S: +OK\n" + SASL + "C: AUTH PLAIN " + blob + "\nS: + bW9yZQ==\nC: *\nS: -ERR no " + blob + "\n",
                """
                S: +OK
                C: CAPA
                S: +OK
                S: SASL LOGIN
                S: .
                C: AUTH LOGIN
                S: +
                C: bXJvc2U=
                S: +
                C: c8OpY3JldA==
                S: -ERR unknown command c8OpY3JldA==
                """)) {
            List<String> told = new ArrayList<>();
            ClientListener listener = new ClientListener() {
                @Override
                public Optional<Consumer<String>> transcript(String server) {
                    return Optional.of(told::add);
                }
            };
            Pop3Exception refused = fails(
                    Pop3Exception.class,
                    Login.password("mrose", "s\u00E9cret"),
                    conversation,
                    client -> client.listener(listener));
            told.add(refused.toString());
            assertTrue(refused.getMessage().contains("****"), refused.getMessage());
            for (String secret : List.of("cret", "AG1yb3Nl", "c8OpY3Jl")) {
                assertFalse(told.toString().contains(secret), told.toString());
            }
        }
    }

    @Test
    void names_beyond_ascii_go_as_utf8() throws IOException {
        logsIn(
                Login.userPass("jürgen", "pässword"),
                "S: +OK\n" + NO_CAPA + "C: USER jürgen\nS: +OK\nC: PASS pässword\nS: +OK\n");
    }

    // ---- STLS

    @Test
    void stls_that_is_required_is_asked_for_first_and_its_refusal_is_the_end() {
        TlsFailedException failed = fails(
                TlsFailedException.class,
                MROSE,
                "S: +OK\nC: STLS\nS: -ERR not here\nC closes\n",
                client -> client.tls(Tls.STLS));
        assertTrue(failed.getMessage().endsWith("does not start TLS: not here"), failed.getMessage());
    }

    @Test
    void stls_that_was_offered_and_does_not_work_is_the_end() {
        fails(
                TlsFailedException.class,
                MROSE,
                "S: +OK\nC: CAPA\nS: +OK\nS: STLS\nS: .\nC: STLS\nS: -ERR broken\nC closes\n",
                client -> client.tls(Tls.STLS_IF_OFFERED));
    }

    @Test
    void octets_behind_the_answer_to_stls_are_a_violation() {
        fails(
                ProtocolViolationException.class,
                MROSE,
                "S: +OK\nC: STLS\nS: +OK\\r\\n+OK injected\nC closes\n",
                client -> client.tls(Tls.STLS));
    }

    @Test
    void without_the_offer_it_goes_on_in_the_clear_where_that_is_allowed() throws IOException {
        try (Script script =
                Script.of("S: +OK\n" + NO_CAPA + "C: USER mrose\nS: +OK\nC: PASS secret\nS: +OK\n" + NO_CAPA)) {
            try (RemoteMaildrop maildrop =
                    script.client().tls(Tls.STLS_IF_OFFERED).build().open(MROSE)) {
                assertTrue(maildrop.tlsSession().isEmpty());
            }
            script.check();
        }
    }
}
