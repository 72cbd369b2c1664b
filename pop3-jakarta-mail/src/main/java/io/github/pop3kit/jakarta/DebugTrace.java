package io.github.pop3kit.jakarta;

import io.github.pop3kit.client.ClientListener;
import jakarta.mail.Session;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What {@code mail.debug} prints: the transcript, in which secrets are starred and control characters escaped. The lines of a login
 * are left out as a whole, unless {@code mail.debug.auth} is true.
 */
final class DebugTrace implements ClientListener {

    private final PrintStream out;
    private final boolean showsLogins;

    private DebugTrace(PrintStream out, boolean showsLogins) {
        this.out = out;
        this.showsLogins = showsLogins;
    }

    static ClientListener of(Session session) {
        if (!session.getDebug()) return new ClientListener() {};
        return new DebugTrace(session.getDebugOut(), Boolean.parseBoolean(session.getProperty("mail.debug.auth")));
    }

    @Override
    public Optional<Consumer<String>> transcript(String server) {
        out.println("DEBUG POP3: connected to " + server);
        return Optional.of(new Reader());
    }

    /** Of one connection. */
    private final class Reader implements Consumer<String> {

        private boolean withinLogin;

        @Override
        public void accept(String line) {
            if (showsLogins) {
                out.println(line);
                return;
            }
            String upper = line.toUpperCase(Locale.ROOT);
            if (!withinLogin && isLogin(upper)) {
                withinLogin = true;
                out.println("DEBUG POP3: the login is not shown without mail.debug.auth");
            }
            if (!withinLogin) {
                out.println(line);
            } else if (upper.startsWith("S: +OK") || upper.startsWith("S: -ERR")) {
                withinLogin = false;
                out.println("DEBUG POP3: the login was answered with " + (upper.startsWith("S: +") ? "+OK" : "-ERR"));
            }
        }

        private boolean isLogin(String upper) {
            return upper.startsWith("C: USER")
                    || upper.startsWith("C: PASS")
                    || upper.startsWith("C: AUTH")
                    || upper.startsWith("C: APOP");
        }
    }
}
