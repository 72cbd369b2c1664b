package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.server.SessionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One session of a {@link Pop3TestServer}, under way or over. Safe for use by many threads. */
public final class TestSession {

    private final int number;
    private final List<String> lines = new ArrayList<>();
    private Optional<String> account = Optional.empty();
    private boolean secure;
    private boolean ended;

    TestSession(int number) {
        this.number = number;
    }

    /** From 1, in the order in which the sessions began. */
    public int number() {
        return number;
    }

    /** What was said so far, line by line, as {@link Transcript} writes it. */
    public synchronized String transcript() {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    /** Who has logged in. */
    public synchronized Optional<String> account() {
        return account;
    }

    /** Whether TLS was active when somebody logged in or, at the latest, when the session ended. */
    public synchronized boolean isSecure() {
        return secure;
    }

    /** Whether the session is over: its lock given back, its connection closed. */
    public synchronized boolean isEnded() {
        return ended;
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    synchronized void add(String line) {
        lines.add(line);
    }

    synchronized void know(SessionInfo info) {
        account = info.account();
        secure = info.secure();
    }

    synchronized void end() {
        ended = true;
    }

    /** Which session this is, and the transcript. */
    @Override
    public synchronized String toString() {
        return "# session " + number
                + account.map(name -> ", " + Transcript.escape(name)).orElse("") + (ended ? "" : ", open") + "\n"
                + transcript();
    }
}
