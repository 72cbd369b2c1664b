package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ServeTest {

    private static final String MESSAGE = "mail/mrose/new/1791234567.M1P1.host";

    @TempDir
    Path folder;

    private Path users;

    @BeforeEach
    void write() throws IOException {
        users = Files.writeString(folder.resolve("users"), "mrose:{PLAIN}a secret\n");
        Files.createDirectories(folder.resolve("mail/mrose/new"));
        Files.writeString(folder.resolve(MESSAGE), "Subject: one\n\n1\n");
    }

    @Test
    void the_maildir_of_each_user_is_served_where_the_options_say() throws IOException {
        try (Serving serving = serve("--listen=127.0.0.1:0", "--allow-cleartext-login")) {
            Serving.plays(serving.port("no TLS"), """
                    S: +OK pop3kit ready
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: +OK …
                    C: LIST
                    S: +OK …
                    S: 1 19
                    S: .
                    C: DELE 1
                    S: +OK …
                    C: QUIT
                    S: +OK …
                    S closes
                    """);
            assertFalse(Files.exists(folder.resolve(MESSAGE)));
            assertEquals(0, serving.stop());
        }
    }

    @Test
    void without_allow_cleartext_login_a_password_is_refused_before_tls_on_loopback_too() throws Exception {
        try (Serving serving = serve(
                "--listen=127.0.0.1:0",
                "--listen-tls=[::1]:0",
                "--cert",
                localhost().toString())) {
            int port = serving.port("STLS");
            serving.port("TLS");
            Serving.plays(port, """
                    S: +OK …
                    C: USER mrose
                    S: -ERR …
                    C: PASS a secret
                    S: -ERR …
                    C: AUTH PLAIN
                    S: -ERR …
                    C: STLS
                    S: +OK …
                    """);
        }
    }

    @Test
    void with_a_certificate_cleartext_can_still_be_allowed() throws Exception {
        try (Serving serving = serve(
                "--listen=127.0.0.1:0",
                "--allow-cleartext-login",
                "--cert",
                localhost().toString())) {
            Serving.plays(serving.port("STLS"), """
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: +OK …
                    """);
        }
    }

    @Test
    void greeting_and_limits_are_what_the_options_say() throws IOException {
        try (Serving serving = serve(
                "--listen=127.0.0.1:0",
                "--allow-cleartext-login",
                "--greeting=QPOP (version 2.4) at pop.foo.bar starting.",
                "--limit=login-failures=1",
                "--limit=expire=never")) {
            Serving.plays(serving.port("no TLS"), """
                    S: +OK QPOP (version 2.4) at pop.foo.bar starting.
                    C: CAPA
                    S: +OK …
                    S: TOP
                    S: UIDL
                    S: RESP-CODES
                    S: AUTH-RESP-CODE
                    S: PIPELINING
                    S: USER
                    S: SASL PLAIN
                    S: EXPIRE NEVER
                    S: IMPLEMENTATION pop3kit
                    S: .
                    C: USER mrose
                    S: +OK …
                    C: PASS secret
                    S: -ERR [AUTH] …
                    S closes
                    """);
        }
    }

    @Test
    void nothing_is_said_before_all_listeners_are_bound_and_nothing_stays_bound_if_one_is_not() throws IOException {
        try (Serving first = serve("--listen=127.0.0.1:0", "--allow-cleartext-login")) {
            int taken = first.port("no TLS");
            try (Serving second =
                    serve("--listen=127.0.0.1:0", "--listen=127.0.0.1:" + taken, "--allow-cleartext-login")) {
                assertThrows(AssertionError.class, second::line);
                assertEquals(1, second.stop());
            }
        }
    }

    private Serving serve(String... options) throws IOException {
        List<String> all = new ArrayList<>(Arrays.asList(options));
        all.addAll(List.of("--store", "maildir:" + folder.resolve("mail") + "/{user}", "--users", users.toString()));
        return Serving.with(all.toArray(String[]::new));
    }

    /** A certificate for localhost and its key. */
    private static Path localhost() throws URISyntaxException {
        return Path.of(ServeTest.class.getResource("localhost.pem").toURI());
    }
}
