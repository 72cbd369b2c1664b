package io.github.pop3kit.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.testkit.conformance.CannotCheckException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers that keep a client waiting, or say what nobody should: a run comes to its end all the same, and never by an exception of ours. */
@Timeout(120)
class HostileServersTest {

    /** What a server makes of a connection. */
    @FunctionalInterface
    private interface Manner {
        void serve(BufferedReader in, OutputStream out) throws IOException;
    }

    /** A server on loopback, with a thread for each connection. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Set<Socket> clients = new HashSet<>();

        Server(Manner manner) throws IOException {
            daemon(() -> {
                while (true) {
                    Socket client = listening.accept();
                    synchronized (clients) {
                        clients.add(client);
                    }
                    daemon(() -> {
                        try (client) {
                            manner.serve(
                                    new BufferedReader(new InputStreamReader(
                                            client.getInputStream(), StandardCharsets.ISO_8859_1)),
                                    client.getOutputStream());
                        }
                    });
                }
            });
        }

        int port() {
            return listening.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listening.close();
            synchronized (clients) {
                for (Socket client : clients) client.close();
            }
        }
    }

    /** Something that ends when its connection does. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // As it should be in the end.
                    }
                },
                "hostile-server");
        thread.setDaemon(true);
        thread.start();
    }

    private static void say(OutputStream out, String octets) throws IOException {
        out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Replies to a command, in upper case; to nothing if they are empty. */
    @FunctionalInterface
    private interface Replies {
        String to(String command);
    }

    private static Manner talking(Replies replies) {
        return (in, out) -> {
            say(out, "+OK ready\r\n");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                say(out, replies.to(line.toUpperCase(Locale.ROOT)));
                if (line.equalsIgnoreCase("QUIT")) return;
            }
        };
    }

    /** Some manners as long as nothing else is asked for. */
    private static String ordinary(String command) {
        if (command.equals("CAPA")) return "+OK\r\nUSER\r\nUIDL\r\nTOP\r\n.\r\n";
        if (command.equals("STAT")) return "+OK 1 120\r\n";
        if (command.equals("LIST")) return "+OK\r\n1 120\r\n.\r\n";
        if (command.equals("UIDL")) return "+OK\r\n1 a\r\n.\r\n";
        if (command.startsWith("RETR") || command.startsWith("TOP")) return "+OK\r\nSubject: a\r\n\r\na\r\n.\r\n";
        return command.startsWith("X-") ? "-ERR\r\n" : "+OK\r\n";
    }

    private static Conformance conformance(Server server) {
        return Conformance.of("127.0.0.1", server.port())
                .user("bob", "tanstaaf")
                .within(Duration.ofSeconds(2))
                .patience(Duration.ofMillis(200));
    }

    private static Report report(Manner manner) throws Exception {
        try (Server server = new Server(manner)) {
            Report report = conformance(server).run();
            assertEquals(Conformance.size(), report.results().size());
            for (Result result : report.results()) assertFalse(result.reason().contains("defect"), result::toString);
            return report;
        }
    }

    private static CannotCheckException cannot(Manner manner) throws Exception {
        try (Server server = new Server(manner)) {
            return assertThrows(CannotCheckException.class, conformance(server)::run);
        }
    }

    private static Result result(Report report, String id) {
        return report.results().stream()
                .filter(some -> some.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    // ---- it says nothing

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void who_never_greets_is_no_server() throws Exception {
        assertEquals(Reason.PROTOCOL, cannot((in, out) -> in.readLine()).reason());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void who_closes_at_once_is_no_server() throws Exception {
        assertEquals(Reason.PROTOCOL, cannot((in, out) -> {}).reason());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void nobody_at_all_is_unreachable() throws Exception {
        Server gone = new Server((in, out) -> {});
        gone.close();
        assertEquals(
                Reason.UNREACHABLE,
                assertThrows(CannotCheckException.class, conformance(gone)::run).reason());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void who_falls_silent_after_the_login_is_broken_off_in_time() throws Exception {
        int[] logins = new int[1];
        Report report = report(talking(command -> {
            if (command.startsWith("PASS")) logins[0]++;
            return logins[0] > 1 ? "" : ordinary(command);
        }));
        assertTrue(report.hasFailures());
        assertFalse(report.complete());
        assertEquals("the time was used up", result(report, "pass-wrong").reason());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void who_answers_an_octet_now_and_then_has_not_answered() throws Exception {
        CannotCheckException e = cannot((in, out) -> {
            while (true) {
                say(out, "+");
                try {
                    Thread.sleep(20); // This is what the server does; nothing waits for it.
                } catch (InterruptedException end) {
                    return;
                }
            }
        });
        assertTrue(e.getMessage().contains("no answer within 200 ms"), e::getMessage);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void a_handshake_that_never_comes_is_not_waited_for() throws Exception {
        try (Server plain = new Server(talking(HostileServersTest::ordinary));
                Server tls = new Server((in, out) -> in.readLine())) {
            Report report = conformance(plain).tlsPort(tls.port()).run();
            assertEquals(Outcome.FAILED, result(report, "tls").outcome(), report.summary());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void a_server_that_does_not_read_is_left() throws Exception {
        Report report = report((in, out) -> {
            say(out, "+OK ready\r\n");
            for (int lines = 0; lines < 8; lines++) {
                String line = in.readLine();
                if (line == null) return;
                say(out, ordinary(line));
            }
            while (true) say(out, "+OK\r\n"); // Until nobody reads that either.
        });
        assertTrue(report.hasFailures());
    }

    // ---- it says too much

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void a_listing_without_end_is_a_finding() throws Exception {
        Report report = report((in, out) -> {
            say(out, "+OK ready\r\n");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                say(out, line.equals("LIST") ? "+OK\r\n" : ordinary(line));
                while (line.equals("LIST")) say(out, "1 120\r\n".repeat(1000));
            }
        });
        assertTrue(result(report, "list-complete").outcome() != Outcome.PASSED, report.summary());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void a_capability_of_a_hundred_thousand_arguments_breaks_nothing() throws Exception {
        String capa = "+OK\r\nSASL" + " PLAIN".repeat(100_000) + "\r\nX" + " y".repeat(100_000) + "\r\n.\r\n";
        report(talking(command -> command.equals("CAPA") ? capa : ordinary(command)));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void an_endless_line_is_no_status() throws Exception {
        CannotCheckException e = cannot(talking(command -> "+OK " + "x".repeat(100_000) + "\r\n"));
        assertTrue(e.getMessage().contains("a line of 100006 octets"), e::getMessage);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void numbers_that_nobody_can_hold_are_findings() throws Exception {
        report(talking(command -> switch (command) {
            case "STAT" -> "+OK 2147483647 99999999999999999999\r\n";
            case "LIST" -> "+OK\r\n99999999999 1\r\n-1 x\r\n\r\n \r\n.\r\n";
            case "UIDL" -> "+OK\r\n99999999999 a\r\n1\r\n\r\n \r\n.\r\n";
            default -> ordinary(command);
        }));
        CannotCheckException e =
                cannot(talking(command -> command.equals("STAT") ? "+OK 2147483648 1\r\n" : ordinary(command)));
        assertTrue(e.getMessage().contains("STAT"), e::getMessage);
    }

    // ---- it says what makes no sense

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void yes_to_everything_is_no_server() throws Exception {
        cannot(talking(command -> "+OK\r\n"));
        report(talking(command -> switch (command.split(" ", -1)[0]) {
            case "USER", "PASS", "STAT", "QUIT" -> "+OK 3 3\r\n";
            default -> "+OK\r\n.\r\n";
        }));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void no_to_everything_lets_nobody_in() throws Exception {
        assertEquals(Reason.LOGIN, cannot(talking(command -> "-ERR\r\n")).reason());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void garbage_is_no_server() throws Exception {
        assertEquals(
                Reason.PROTOCOL,
                cannot((in, out) -> say(out, "\u0016\u0003\0\0\u00FF\r\n")).reason());
        report(talking(command -> command.equals("UIDL") || command.startsWith("TOP") || command.equals("CAPA")
                ? "+OK\r\n\0\u00FF \r\r\n \r\n\r\n.\0\r\n.\r\n"
                : ordinary(command)));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void an_echo_of_the_password_is_not_shown() throws Exception {
        CannotCheckException e = cannot(talking(command -> command.startsWith("PASS")
                ? "-ERR what is " + command.toLowerCase(Locale.ROOT) + "?\r\n"
                : ordinary(command)));
        assertTrue(e.getMessage().contains("what is pass ****?"), e::getMessage);
        try (Server server = new Server((in, out) -> {
            say(out, "+OK ready\r\n");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                say(
                        out,
                        line.startsWith("NOOP")
                                ? "-ERR tanstaaf AGJvYgB0YW5zdGFhZg== dGFuc3RhYWY=\r\n"
                                : ordinary(line));
            }
        })) {
            Report report = conformance(server).run();
            assertTrue(result(report, "noop").reason().contains("**** **** ****"), result(report, "noop")::reason);
            for (String form : List.of(report.html(), report.json(), report.junitXml())) {
                for (String secret : List.of("tanstaaf", "AGJvYgB0YW5zdGFhZg", "dGFuc3RhYWY")) {
                    assertFalse(form.contains(secret), secret);
                }
            }
        }
    }
}
