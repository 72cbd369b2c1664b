package io.github.pop3kit.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a command that runs for long: lines on stdout. In code, because reading Logback's XML takes longer than the rest.
 */
final class Log {

    private Log() {}

    /** Shows what pop3kit logs at this level or above, and warnings of everything else. */
    static void start(org.slf4j.event.Level level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();

        Line line = new Line();
        line.setContext(context);
        line.start();
        LogQueue queue = new LogQueue(line, System.out);
        queue.setContext(context);
        queue.start();

        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(queue);
        context.getLogger("io.github.pop3kit").setLevel(Level.convertAnSLF4JLevel(level));
    }

    /** Shows nothing: a command that ends by itself says in a sentence what went wrong. */
    static void quiet() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    }

    /** Writes what is left. */
    static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    /**
     * {@code 2026-11-23 20:15:01 pop3kit: pop3-login: Login: user=<mrose>, …}. Only levels other than INFO are named, so that
     * fail2ban's filter for Dovecot understands the lines as it is. What follows on further lines (a stack trace) is indented: no
     * text from outside can begin a line that looks like one of ours.
     */
    static final class Line extends LayoutBase<ILoggingEvent> {

        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

        @Override
        public String doLayout(ILoggingEvent event) {
            StringBuilder line = new StringBuilder();
            TIME.formatTo(event.getInstant(), line);
            line.append(" pop3kit: ");
            if (event.getLevel() != Level.INFO) {
                line.append(event.getLevel().toString().toLowerCase(Locale.ROOT))
                        .append(": ");
            }
            escape(event.getFormattedMessage(), line);
            line.append('\n');
            IThrowableProxy thrown = event.getThrowableProxy();
            if (thrown != null) {
                ThrowableProxyUtil.asString(thrown).indent(4).lines().forEach(each -> {
                    escape(each, line);
                    line.append('\n');
                });
            }
            return line.toString();
        }

        /** Whatever it came from, a text neither ends the line nor moves a terminal's cursor. */
        private static void escape(String text, StringBuilder line) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean separates = c == '\u2028' || c == '\u2029';
                if (c == '\t' || !(Character.isISOControl(c) || separates)) {
                    line.append(c);
                } else {
                    line.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
                }
            }
        }
    }
}
