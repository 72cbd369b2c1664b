package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Behind a proxy that says whom it speaks for. */
@Timeout(30)
class ProxyProtocolTest {

    private static final String CLIENT = "PROXY TCP4 192.0.2.1 198.51.100.1 54321 110\r\n";
    private static final String BUSY = "S: -ERR [SYS/TEMP] too many connections; try again later\nS closes\n";

    private final DrivenClock clock = new DrivenClock();
    private final BlockingQueue<SessionInfo> opened = new LinkedBlockingQueue<>();
    private final Played behindProxy = Played.with("1\r\n")
            .configured(builder -> builder.proxyProtocolFrom("::1", "127.0.0.0/8")
                    .limits(ServerLimits.defaults().with("connections-per-address", "1"))
                    .bench(clock)
                    .listener(new SessionListener() {
                        @Override
                        public void opened(SessionInfo session) {
                            opened.add(session);
                        }
                    }));

    @Test
    void the_client_is_whom_the_proxy_names() throws Exception {
        try (Played.Running running = behindProxy.start();
                SocketChannel client = connect(running, CLIENT)) {
            play(client, "S: +OK pop3kit ready");
            SessionInfo session = opened.poll(20, TimeUnit.SECONDS);
            assertEquals("192.0.2.1", session.remote().getHostAddress());
        }
    }

    @Test
    void header_and_commands_may_come_in_one_packet() throws IOException {
        try (Played.Running running = behindProxy.start();
                SocketChannel client =
                        connect(running, "PROXY TCP6 2001:db8::1 2001:db8::2 54321 110\r\nUSER mrose\r\nQUIT\r\n")) {
            play(client, """
                    S: +OK pop3kit ready
                    S: +OK password required
                    S: +OK pop3kit signing off
                    S closes
                    """);
        }
    }

    @Test
    void limits_count_clients_and_not_the_proxy() throws IOException {
        try (Played.Running running = behindProxy.start();
                SocketChannel one = connect(running, CLIENT);
                SocketChannel other = connect(running, "PROXY TCP4 192.0.2.2 198.51.100.1 1 110\r\n")) {
            play(one, "S: +OK …");
            play(other, "S: +OK …");
            try (SocketChannel second = connect(running, CLIENT)) {
                play(second, BUSY);
            }
        }
    }

    @Test
    void from_a_proxy_the_header_is_required() throws IOException {
        try (Played.Running running = behindProxy.start();
                SocketChannel client = connect(running, "USER mrose\r\nPASS a secret\r\n")) {
            play(client, "S closes");
            assertTrue(opened.isEmpty());
        }
    }

    @Test
    void who_is_no_proxy_cannot_say_where_he_comes_from() {
        Played.with()
                .configured(builder -> builder.proxyProtocolFrom("192.0.2.0/24"))
                .plays("""
                        S: +OK …
                        C: PROXY TCP4 192.0.2.1 198.51.100.1 54321 110
                        S: -ERR unknown command
                        """);
    }

    @Test
    void a_proxy_that_says_nothing_is_waited_for_as_long_as_for_a_handshake() throws IOException {
        try (Played.Running running = behindProxy.start();
                SocketChannel client = connect(running, "PROXY TCP4 ")) {
            client.configureBlocking(false);
            ByteBuffer nothing = ByteBuffer.allocate(1);
            int read;
            while ((read = client.read(nothing)) == 0) clock.passes(Duration.ofSeconds(11)); // It may not wait yet.
            assertEquals(-1, read);
        } catch (SocketException reset) {
            // It had not read what came; that, too, is an end without a word.
        }
    }

    @Test
    void the_log_names_the_client() throws IOException {
        Logger logger = (Logger) LoggerFactory.getLogger("io.github.pop3kit.server");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        try (Played.Running running = behindProxy.start();
                SocketChannel client = connect(running, CLIENT)) {
            play(client, """
                    S: +OK …
                    C: QUIT
                    S: +OK …
                    S closes
                    """);
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
        List<String> lines =
                log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        assertTrue(lines.stream().anyMatch(line -> line.contains("rip=192.0.2.1, lip=198.51.100.1")), lines.toString());
    }

    private static SocketChannel connect(Played.Running running, String octets) throws IOException {
        SocketChannel client = running.connect();
        client.write(ByteBuffer.wrap(octets.getBytes(StandardCharsets.US_ASCII)));
        return client;
    }

    private static void play(SocketChannel client, String conversation) throws IOException {
        Transcript.parse(conversation).playClient(client, new Pace.Lines());
    }
}
