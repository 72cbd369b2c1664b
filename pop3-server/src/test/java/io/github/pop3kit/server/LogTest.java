package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a server writes into its log: Dovecot's lines, and no secrets at any level. */
class LogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.pop3kit.server");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void forget() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void a_session_leaves_a_line_at_login_and_a_line_at_its_end() {
        logger.setLevel(Level.INFO);
        plays("""
                S: +OK …
                C: USER mrose
                S: +OK …
                C: PASS a secret
                S: +OK …
                C: TOP 1 0
                S: +OK …
                S: Subject: one
                S:
                S: .
                C: RETR 1
                S: +OK …
                S: Subject: one
                S:
                S: 1
                S: .
                C: DELE 1
                S: +OK …
                C: QUIT
                S: +OK …
                """);
        assertLines(
                "pop3-login: Login: user=<mrose>, method=PLAIN, rip=127\\.0\\.0\\.1, lip=127\\.0\\.0\\.1, session=<\\S+>",
                "pop3\\(mrose\\)<\\S+>: Disconnected: Logged out top=1/16, retr=1/19, del=1/19, size=29");
    }

    @Test
    void refused_logins_are_told_in_the_words_that_fail2ban_looks_for() {
        logger.setLevel(Level.INFO);
        plays("""
                S: +OK …
                C: USER mal>lory\\x07
                S: +OK …
                C: PASS guess
                S: -ERR [AUTH] …
                """);
        assertLines(
                "pop3-login: Disconnected: Connection closed \\(auth failed, 1 attempts in \\d+ secs\\):"
                        + " user=<mal\\\\u003Elory\\\\u0007>, method=PLAIN, rip=127\\.0\\.0\\.1, lip=127\\.0\\.0\\.1, session=<\\S+>");
    }

    @Test
    void no_secret_reaches_the_log_at_any_level() {
        logger.setLevel(Level.TRACE);
        plays("""
                S: +OK …
                C: USER mrose
                S: +OK …
                C: pass hunter2
                S: -ERR …
                C: PASSX hunter2
                S: -ERR …
                C: hunter2
                S: -ERR …
                C: AUTH PLAIN aHVudGVyMg==
                S: -ERR …
                C: AUTH PLAIN
                S: +\\x20
                C: AG1yb3NlAGh1bnRlcjI=
                S: -ERR …
                C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
                S: -ERR …
                """);
        plays("S: +OK …\nC: user mrose hunter2\nS: +OK …\nC: pass hunter2\nS: -ERR [AUTH] …\nC: QUIT\nS: +OK …\n");
        String all = String.join("\n", lines());
        assertTrue(all.contains("user=<mrose ****>"), all);
        assertTrue(all.contains("C: PASS ****"), all);
        assertTrue(all.contains("C: USER mrose"), all);
        for (String secret : List.of("hunter2", "aHVudGVyMg", "AG1yb3NlAGh1bnRlcjI", "c4c9334bac")) {
            assertFalse(all.contains(secret), all);
        }
    }

    private static void plays(String conversation) {
        try (Played.Running running =
                Played.with("Subject: one\n\n1\n", "12345678\n").start()) {
            running.plays(conversation);
        }
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void assertLines(String... patterns) {
        List<String> lines = lines();
        assertEquals(patterns.length, lines.size(), lines.toString());
        for (int i = 0; i < patterns.length; i++) assertTrue(lines.get(i).matches(patterns[i]), lines.get(i));
    }
}
