package io.github.pop3kit.benchmarks.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.benchmarks.faults.Misdeed.Kind;
import io.github.pop3kit.client.CommitException;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.testkit.Pop3TestServer;
import io.github.pop3kit.testkit.TestUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every fault of the test kit at every command, with our client, Angus Mail and commons-net. It writes what each makes of it to
 * {@code target/fault-matrix.md}, and requires of ours that it is right: no wrong result without a word, no waiting without an end,
 * and the exception that says what may be done next.
 *
 * <p>It is in this module because here are the peers, and because the kit is built before the client, whose tests use it.
 */
@Timeout(300)
class FaultMatrixTest {

    /** Sessions that wait for a server that says nothing need no processor. */
    private static final int AT_ONCE = 128;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** QUIT may take five times as long. */
    private static final Duration HANG = Duration.ofSeconds(60);

    private static final long SEED = 19_981_119;

    private record Cell(User user, Misdeed misdeed) {}

    @Test
    void no_client_finds_anything_wrong_where_nothing_is() throws Exception {
        for (User user : User.values()) {
            for (Way way : Way.values()) {
                if (!user.has(way)) continue;
                Misdeed none = new Misdeed("none", way.name(), way, Kind.HARMLESS, faults -> {});
                assertEquals(
                        "right",
                        play(new Cell(user, none), PATIENCE.multipliedBy(10)).toString(),
                        user + " " + way);
            }
        }
    }

    @Test
    void our_client_is_right_whatever_a_server_does_and_a_table_shows_what_each_does() throws Exception {
        Map<Cell, Outcome> outcomes = playAll();
        // A machine under load may look like a server that stalls: once more, alone, with more patience.
        outcomes.replaceAll(
                (cell, outcome) -> isAsItShould(cell, outcome) ? outcome : play(cell, PATIENCE.multipliedBy(5)));
        String table = table(outcomes);
        Files.writeString(Path.of("target", "fault-matrix.md"), table);
        System.out.println("what each client makes of it is in benchmarks/target/fault-matrix.md");
        List<String> bad = new ArrayList<>();
        for (Map.Entry<Cell, Outcome> each : outcomes.entrySet()) {
            Cell cell = each.getKey();
            if (cell.user != User.POP3KIT || isAsItShould(cell, each.getValue())) continue;
            bad.add(cell.misdeed.name() + " at " + cell.misdeed.place() + ": " + each.getValue());
        }
        assertEquals("", String.join("\n", bad));
    }

    /** Of the peers only the least is known. */
    private static boolean isAsItShould(Cell cell, Outcome outcome) {
        return cell.user == User.POP3KIT
                ? Expectation.isMet(cell.misdeed, outcome)
                : cell.misdeed.kind() != Kind.HARMLESS || outcome.toString().equals("right");
    }

    private static Map<Cell, Outcome> playAll() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE, task -> {
            Thread thread = new Thread(task, "matrix");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Map<Cell, Future<Outcome>> playing = new LinkedHashMap<>();
            for (Misdeed misdeed : Misdeed.all()) {
                for (User user : User.values()) {
                    if (!user.has(misdeed.way())) continue;
                    Cell cell = new Cell(user, misdeed);
                    playing.put(cell, threads.submit(() -> play(cell, PATIENCE)));
                }
            }
            Map<Cell, Outcome> outcomes = new LinkedHashMap<>();
            for (Map.Entry<Cell, Future<Outcome>> each : playing.entrySet()) {
                outcomes.put(each.getKey(), each.getValue().get());
            }
            return outcomes;
        } finally {
            threads.shutdownNow();
        }
    }

    /** A session with a server of its own. */
    private static Outcome play(Cell cell, Duration patience) {
        try (Pop3TestServer server = Pop3TestServer.start()) {
            Way way = cell.misdeed.way();
            switch (way) {
                case AUTH -> server.mechanisms("PLAIN");
                case AUTH_LOGIN -> server.mechanisms("LOGIN");
                default -> server.withoutCapability("SASL"); // All log in with USER and PASS then.
            }
            TestUser mrose = server.user("mrose", "a secret");
            List<String> mail = way == Way.BATCHES ? Findings.BATCH : List.of(Findings.FIRST, Findings.SECOND);
            mail.forEach(mrose::deliver);
            List<String> delivered = mrose.uniqueIds();
            cell.misdeed.arm().accept(server.faults().seed(SEED));
            Findings findings = new Findings();
            CompletableFuture<Optional<Exception>> session = new CompletableFuture<>();
            Thread thread = new Thread(
                    () -> session.complete(thrownBy(() -> {
                        cell.user.session(server, way, patience, findings);
                        return null;
                    })),
                    "session");
            thread.setDaemon(true);
            thread.start();
            Optional<Exception> thrown = session.get(HANG.toSeconds(), TimeUnit.SECONDS);
            // A peer may leave its connection open, and say that all is well.
            if (cell.user == User.POP3KIT) server.awaitSessionEnd();
            if (findings.left().isPresent()) {
                findings.check("QUIT", findings.left().get(), mrose.uniqueIds());
            } else if (thrown.get() instanceof Pop3Exception && !(thrown.get() instanceof CommitException)) {
                findings.check("nothing deleted", delivered, mrose.uniqueIds());
            }
            return Outcome.of(findings, thrown);
        } catch (TimeoutException e) {
            return Outcome.hang();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Exception> thrownBy(Callable<Void> session) {
        try {
            session.call();
            return Optional.empty();
        } catch (Exception e) {
            return Optional.of(e);
        }
    }

    // ---- the table

    private static String table(Map<Cell, Outcome> outcomes) {
        StringBuilder table = new StringBuilder();
        for (User user : User.values()) {
            Map<Misdeed, Outcome> of = new LinkedHashMap<>();
            outcomes.forEach((cell, outcome) -> {
                if (cell.user == user) of.put(cell.misdeed, outcome);
            });
            table.append("### ").append(user).append("\n\n").append(summary(of)).append("\n\n");
            append(table, Misdeed.COMMANDS, of);
            append(table, Misdeed.OURS, of);
            append(table, List.of("TLS", "STLS"), of);
            append(table, List.of("store"), of);
        }
        return table.toString();
    }

    private static String summary(Map<Misdeed, Outcome> of) {
        long wrong = of.entrySet().stream()
                .filter(each -> !Set.of(Kind.UNKNOWABLE, Kind.SHIFTED)
                        .contains(each.getKey().kind()))
                .filter(each -> each.getValue().isWrong())
                .count();
        long hanging = of.values().stream().filter(Outcome::isHang).count();
        return of.size() + " sessions: " + wrong + " with a wrong result that could have been known for wrong, "
                + hanging + " that hang.";
    }

    private static void append(StringBuilder table, List<String> places, Map<Misdeed, Outcome> of) {
        if (of.keySet().stream().noneMatch(misdeed -> places.contains(misdeed.place()))) return;
        table.append("| fault | ").append(String.join(" | ", places)).append(" |\n|");
        table.append(" --- |".repeat(places.size() + 1)).append('\n');
        Map<String, Map<String, String>> rows = new LinkedHashMap<>();
        of.forEach((misdeed, outcome) -> {
            if (!places.contains(misdeed.place())) return;
            rows.computeIfAbsent(misdeed.name(), any -> new HashMap<>()).put(misdeed.place(), outcome.toString());
        });
        rows.forEach((name, cells) -> {
            table.append("| `").append(name).append('`');
            for (String place : places) table.append(" | ").append(cells.getOrDefault(place, ""));
            table.append(" |\n");
        });
        table.append('\n');
    }
}
