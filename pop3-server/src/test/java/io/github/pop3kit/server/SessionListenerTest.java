package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a listener hears of a session, and that its own troubles stay its own. */
@Timeout(30)
class SessionListenerTest {

    private static final String CONVERSATION = """
            S: +OK …
            C: USER mrose
            S: +OK …
            C: PASS a secret
            S: +OK …
            C: QUIT
            S: +OK …
            S closes
            """;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Test
    void a_listener_hears_of_a_session_from_its_beginning_to_its_end_without_its_secrets() throws Exception {
        play(new SessionListener() {
            @Override
            public void opened(SessionInfo session) {
                heard.add("opened by " + session.account());
            }

            @Override
            public Optional<Consumer<String>> transcript(SessionInfo session) {
                return Optional.of(heard::add);
            }

            @Override
            public void loggedIn(SessionInfo session) {
                heard.add("logged in: " + session.account() + ", "
                        + session.remote().getHostAddress());
            }

            @Override
            public void ended(SessionInfo session) {
                heard.add("ended by " + session.account() + ", secure " + session.secure());
            }
        });
        for (String line : List.of(
                "opened by Optional.empty",
                "S: +OK pop3kit ready",
                "C: USER mrose",
                "S: +OK password required",
                "C: PASS ****",
                "S: +OK maildrop has 0 messages (0 octets)",
                "logged in: Optional[mrose], 127.0.0.1",
                "C: QUIT",
                "S: +OK pop3kit signing off",
                "ended by Optional[mrose], secure false")) assertEquals(line, heard.take());
    }

    @Test
    void a_listener_that_fails_does_not_disturb_the_session() throws Exception {
        play(new SessionListener() {
            @Override
            public void opened(SessionInfo session) {
                throw new IllegalStateException("opened");
            }

            @Override
            public Optional<Consumer<String>> transcript(SessionInfo session) {
                return Optional.of(line -> {
                    throw new IllegalStateException(line);
                });
            }

            @Override
            public void loggedIn(SessionInfo session) {
                throw new IllegalStateException("logged in");
            }

            @Override
            public void ended(SessionInfo session) {
                heard.add("ended");
                throw new IllegalStateException("ended");
            }
        });
        assertEquals("ended", heard.take());
    }

    private static void play(SessionListener listener) throws IOException {
        Played server = Played.with().configured(builder -> builder.listener(listener));
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            Transcript.parse(CONVERSATION).playClient(client, new Pace.Lines());
        }
    }
}
