package io.github.pop3kit.store.jdbc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.zaxxer.hikari.HikariDataSource;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import io.github.pop3kit.store.jdbc.Relay.Cut;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The line between a store and PostgreSQL is cut at statement k, for every k of what a session and a delivery do: the statement never
 * arrives, or it is done and nobody hears of it; for a moment, or for so long that the store gives up.
 */
class CutAtEveryStatementTest {

    private static final String LARGE = "0123456789abcdef\r\n".repeat(40_000);

    private String url = "";
    private HikariDataSource direct = new HikariDataSource();
    private JdbcStore store = new JdbcStore(direct);

    @BeforeEach
    void prepare() throws Exception {
        url = Databases.postgresqlUrl(Databases.postgresqlPort());
        direct = Databases.pool(url, 5);
        store = new JdbcStore(direct);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        direct.close();
    }

    @ParameterizedTest(name = "{0}, for good: {1}")
    @CsvSource({
        "BEFORE_THE_STATEMENT, false",
        "BEFORE_THE_STATEMENT, true",
        "BEFORE_ITS_ANSWER, false",
        "BEFORE_ITS_ANSWER, true"
    })
    void open(Cut cut, boolean lasting) throws Exception {
        atEveryStatement(cut, lasting, (faulty, name, strike) -> {
            for (int i = 0; i < 3; i++) deliver(store, name, "message " + i + "\r\n", Optional.empty());
            List<String> before = contents(name);
            Maildrop[] opened = new Maildrop[1];
            boolean done = strike.at(() -> opened[0] = faulty.open(Account.of(name)));
            if (done) {
                assertEquals(3, opened[0].count());
                opened[0].close();
            } else {
                assertTrue(lasting, "one cut is no reason to give up");
            }
            assertEquals(before, contents(faulty, name));
        });
    }

    @ParameterizedTest(name = "{0}, for good: {1}")
    @CsvSource({
        "BEFORE_THE_STATEMENT, false",
        "BEFORE_THE_STATEMENT, true",
        "BEFORE_ITS_ANSWER, false",
        "BEFORE_ITS_ANSWER, true"
    })
    void retr(Cut cut, boolean lasting) throws Exception {
        atEveryStatement(cut, lasting, (faulty, name, strike) -> {
            deliver(store, name, LARGE, Optional.empty());
            try (Maildrop maildrop = faulty.open(Account.of(name))) {
                String[] read = new String[1];
                boolean done = strike.at(() -> read[0] = content(maildrop, 1));
                if (done) assertEquals(LARGE, read[0]);
                else assertTrue(lasting, "one cut is no reason to give up");
                assertEquals(LARGE, content(maildrop, 1), "read again");
            }
        });
    }

    @ParameterizedTest(name = "{0}, for good: {1}")
    @CsvSource({
        "BEFORE_THE_STATEMENT, false",
        "BEFORE_THE_STATEMENT, true",
        "BEFORE_ITS_ANSWER, false",
        "BEFORE_ITS_ANSWER, true"
    })
    void quit(Cut cut, boolean lasting) throws Exception {
        atEveryStatement(cut, lasting, (faulty, name, strike) -> {
            for (int i = 0; i < 4; i++) deliver(store, name, "message " + i + "\r\n", Optional.empty());
            Maildrop maildrop = faulty.open(Account.of(name));
            boolean[] removed = new boolean[1];
            strike.at(() -> {
                try {
                    maildrop.remove(new int[] {1, 3});
                    removed[0] = true;
                } finally {
                    maildrop.close();
                }
                return null;
            });
            List<String> all = List.of("message 0\r\n", "message 1\r\n", "message 2\r\n", "message 3\r\n");
            List<String> rest = List.of("message 1\r\n", "message 3\r\n");
            List<String> left = contents(faulty, name);
            if (removed[0]) assertEquals(rest, left);
            else assertTrue(lasting && (left.equals(all) || left.equals(rest)), () -> "after -ERR there are " + left);
            assertEquals(left, contents(name));
        });
    }

    @ParameterizedTest(name = "{0}, for good: {1}")
    @CsvSource({
        "BEFORE_THE_STATEMENT, false",
        "BEFORE_THE_STATEMENT, true",
        "BEFORE_ITS_ANSWER, false",
        "BEFORE_ITS_ANSWER, true"
    })
    void delivery(Cut cut, boolean lasting) throws Exception {
        atEveryStatement(cut, lasting, (faulty, name, strike) -> {
            Optional<String> key = Optional.of("key");
            boolean done = strike.at(() -> {
                deliver(faulty, name, LARGE, key);
                return null;
            });
            List<String> there = contents(name);
            if (done) assertEquals(List.of(LARGE), there);
            else assertTrue(lasting && there.size() <= 1);
            deliver(store, name, LARGE, key); // As its sender says it again.
            assertEquals(List.of(LARGE), contents(name));
        });
    }

    // ---- the words of these tests

    @FunctionalInterface
    private interface Call {
        Object make() throws IOException;
    }

    /** Makes the call with the cut to come; whether it went well. Anything but a temporary failure is a failure of the test. */
    @FunctionalInterface
    private interface Strike {
        boolean at(Call call) throws IOException;
    }

    @FunctionalInterface
    private interface Scene {
        void play(JdbcStore faulty, String name, Strike strike) throws Exception;
    }

    private void atEveryStatement(Cut cut, boolean lasting, Scene scene) throws Exception {
        boolean[] happened = {true};
        for (int statement = 1; happened[0]; statement++) {
            int k = statement;
            if (k > 100) fail("there is no end of statements");
            Duration patience = lasting ? Duration.ofMillis(100) : Duration.ofSeconds(30);
            try (Relay relay = new Relay(Databases.postgresqlPort());
                    HikariDataSource pool = Databases.pool(
                            url.replace(":" + Databases.postgresqlPort(), ":" + relay.port()),
                            3,
                            lasting ? 300 : 20_000);
                    JdbcStore faulty = new JdbcStore(pool, JdbcOptions.of(Map.of()), () -> {}, patience)) {
                faulty.open(Account.of("warm")).close(); // Connections, schema and heartbeat are there.
                scene.play(faulty, "user" + k, call -> {
                    relay.cutAt(k, cut, lasting);
                    try {
                        call.make();
                        return true;
                    } catch (IOException e) {
                        boolean temporary = e instanceof StoreException refused && refused.reason() == Reason.TEMPORARY;
                        if (!temporary) throw e;
                        return false;
                    } finally {
                        happened[0] = relay.mend();
                    }
                });
            } catch (AssertionError | IOException e) {
                throw new AssertionError("cut at statement " + k + ": " + e.getMessage(), e);
            }
            if (k > 1 && !happened[0]) return;
            assertTrue(happened[0] || k > 1, "nothing was said to the database at all");
        }
    }

    private static void deliver(JdbcStore store, String name, String message, Optional<String> key) throws IOException {
        store.delivery()
                .orElseThrow()
                .deliver(
                        new Envelope(Account.of(name), Optional.empty(), Optional.empty(), key),
                        new ByteArrayInputStream(message.getBytes(ISO_8859_1)));
    }

    /** The same, once the faulty store has got round to giving back what it could not give back before. */
    private List<String> contents(JdbcStore faulty, String name) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                return contents(name);
            } catch (StoreException e) {
                if (e.reason() != Reason.IN_USE || tries == 100) throw e;
                faulty.keep();
            }
        }
    }

    /** As a session of another server finds it. */
    private List<String> contents(String name) throws IOException {
        try (Maildrop maildrop = store.open(Account.of(name))) {
            List<String> contents = new ArrayList<>();
            for (int number = 1; number <= maildrop.count(); number++) contents.add(content(maildrop, number));
            return contents;
        }
    }

    private static String content(Maildrop maildrop, int number) throws IOException {
        try (MessageContent content = maildrop.open(number)) {
            return new String(Channels.newInputStream(content.channel()).readAllBytes(), ISO_8859_1);
        }
    }
}
