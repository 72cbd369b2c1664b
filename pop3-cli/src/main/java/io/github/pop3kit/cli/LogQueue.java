package io.github.pop3kit.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Prints lines in a thread of its own. If nobody takes them the last are lost, for sessions must not wait for that.
 *
 * <p>All lines of a few milliseconds are printed by one write, for each session has two lines: a write and a thread's wake-up for each
 * of them can be seen in what a session costs.
 */
final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {

    static final int LONGEST = 8192;

    private static final long PAUSE_MILLIS = 5;
    private static final long LAST_MILLIS = 1000;

    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(LONGEST);
    private final Thread thread = new Thread(this::run, "pop3-log");
    private final Layout<ILoggingEvent> layout;
    private final PrintStream out;

    LogQueue(Layout<ILoggingEvent> layout, PrintStream out) {
        this.layout = layout;
        this.out = out;
        thread.setDaemon(true);
    }

    @Override
    public void start() {
        super.start();
        thread.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        event.getFormattedMessage(); // Now: what stands in it may change.
        if (!queue.offer(event)) addWarn("nobody takes the lines of the log; some are lost");
    }

    private void run() {
        List<ILoggingEvent> events = new ArrayList<>();
        try {
            while (true) {
                events.add(queue.take());
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS); // Who logs meanwhile wakes nobody up.
                print(events);
            }
        } catch (InterruptedException stopped) {
            print(events);
        }
    }

    private void print(List<ILoggingEvent> events) {
        queue.drainTo(events);
        StringBuilder lines = new StringBuilder();
        for (ILoggingEvent event : events) lines.append(layout.doLayout(event));
        events.clear();
        byte[] octets = lines.toString().getBytes(StandardCharsets.UTF_8);
        out.write(octets, 0, octets.length);
        out.flush();
    }

    /** Prints what is left, if somebody takes it now. */
    @Override
    public void stop() {
        if (!isStarted()) return;
        super.stop();
        thread.interrupt();
        try {
            thread.join(LAST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
