package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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

    @Test
    void all_lines_are_printed_in_order_until_the_end() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        LogQueue queue = new LogQueue(new Log.Line(), new PrintStream(printed));
        queue.start();
        for (int i = 0; i < 1000; i++) queue.doAppend(event(Level.INFO, "line " + i, null));
        queue.stop();
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(1000, lines.size());
        for (int i = 0; i < 1000; i++) assertTrue(lines.get(i).endsWith("pop3kit: line " + i), lines.get(i));
    }

    @Test
    void a_log_that_nobody_reads_holds_nobody_up() throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        LogQueue queue = new LogQueue(new Log.Line(), new PrintStream(new OutputStream() {
            @Override
            public void write(int octet) {
                awaitUninterruptibly(taken);
                printed.write(octet);
            }
        }));
        queue.setContext(new LoggerContext());
        queue.start();
        for (int i = 0; i < 3 * LogQueue.LONGEST; i++) queue.doAppend(event(Level.INFO, "line " + i, null));
        taken.countDown();
        queue.stop();
        String all = printed.toString(StandardCharsets.UTF_8);
        assertTrue(all.contains("pop3kit: line 0\n"), "the first lines are there");
    }

    private static void awaitUninterruptibly(CountDownLatch taken) {
        boolean interrupted = false;
        while (true) {
            try {
                taken.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private static String line(Level level, String message, Throwable thrown) {
        return new Log.Line().doLayout(event(level, message, thrown));
    }

    private static LoggingEvent event(Level level, String message, Throwable thrown) {
        return new LoggingEvent(
                LogTest.class.getName(),
                new LoggerContext().getLogger("io.github.pop3kit"),
                level,
                message,
                thrown,
                null);
    }
}
