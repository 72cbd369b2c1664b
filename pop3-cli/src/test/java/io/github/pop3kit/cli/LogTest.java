package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How a line of the log looks. */
class LogTest {

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";

    @Test
    void a_session_line_is_what_fail2ban_reads() {
        String line = line(Level.INFO, "pop3-login: Login: user=<mrose>, method=PLAIN", null);
        assertTrue(line.matches(TIME + " pop3kit: pop3-login: Login: user=<mrose>, method=PLAIN\n"), line);
    }

    @Test
    void other_levels_are_named() {
        String line = line(Level.WARN, "beware", null);
        assertTrue(line.matches(TIME + " pop3kit: warn: beware\n"), line);
    }

    @Test
    void no_text_from_outside_begins_a_line() {
        String forged = "x\n2026-11-23 20:15:01 pop3kit: forged\r2026-11-23 20:15:01 pop3kit: forged";
        String lines = line(Level.WARN, forged, new IOException(forged, new IOException(forged)));
        assertEquals(1, lines.lines().filter(each -> !each.startsWith("    ")).count(), lines);
        assertTrue(lines.contains("\n    java.io.IOException: x\n    2026-11-23"), lines);
    }

    @Test
    void nothing_in_a_line_moves_a_cursor_or_ends_the_line() {
        String nasty = "a\33[2J\u007F\u0085\u009B\u2028\u2029\0b";
        String escaped = "a\\u001B[2J\\u007F\\u0085\\u009B\\u2028\\u2029\\u0000b";
        String lines = line(Level.WARN, nasty, new IOException(nasty));
        assertTrue(lines.contains("warn: " + escaped + "\n"), lines);
        assertTrue(lines.contains("java.io.IOException: " + escaped + "\n"), lines);
    }

    private static String line(Level level, String message, Throwable thrown) {
        LoggerContext context = new LoggerContext();
        return new Log.Line()
                .doLayout(new LoggingEvent(
                        LogTest.class.getName(), context.getLogger("io.github.pop3kit"), level, message, thrown, null));
    }
}
