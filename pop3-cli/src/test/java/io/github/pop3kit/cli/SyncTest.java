package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.bench.Bench;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pop3 sync} against {@code pop3 serve}. */
@Timeout(120)
class SyncTest {

    /** Nobody waits after a wrong token. */
    private static final Bench UNHURRIED = new Bench() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration time, CountDownLatch end) {}
    };

    @TempDir
    Path folder;

    private Serving serving;
    private String url;

    @BeforeEach
    void serve() throws IOException {
        for (String user : List.of("mrose", "rose")) {
            deliver(user, 1);
            deliver(user, 2);
        }
        Files.writeString(folder.resolve("users"), "mrose:{PLAIN}a secret\nrose:{PLAIN}a secret\n");
        serving = Serving.with(
                "--listen",
                "127.0.0.1:0",
                "--store",
                "maildir:" + folder.resolve("mail") + "/{user}",
                "--users",
                folder.resolve("users").toString(),
                "--allow-cleartext-login");
        url = "pop3://mrose@127.0.0.1:" + serving.port("no TLS") + "?tls=none";
    }

    @AfterEach
    void stop() {
        serving.stop();
    }

    private void deliver(String user, int number) throws IOException {
        Path arrived =
                Files.createDirectories(folder.resolve("mail").resolve(user).resolve("new"));
        Files.writeString(arrived.resolve("170000000" + number + ".a.b"), "Subject: " + number + "\r\n\r\n1\r\n");
    }

    private Ran sync(String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("sync", "--state", folder.resolve("state").toString()));
        all.addAll(List.of(arguments));
        return Ran.pop3(Map.of("POP3_PASSWORD", "a secret"), all.toArray(String[]::new));
    }

    private String account() {
        return url.substring("pop3://".length(), url.indexOf('?'));
    }

    private long files(String place) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(place))) {
            return files.count();
        }
    }

    @Test
    void it_fetches_what_is_new_and_says_so_in_a_line() throws IOException {
        String to = "eml:" + folder.resolve("got");
        assertEquals(new Said(0, account() + ": 2 fetched\n", ""), Said.of(sync(url, "--to", to)));
        assertEquals(new Said(0, account() + ": 0 fetched\n", ""), Said.of(sync(url, "--to", to)));
        assertEquals(new Said(0, "", ""), Said.of(sync(url, "--to", to, "--quiet")));
        assertEquals(
                new Said(0, account() + ": 0 fetched, 2 deleted\n", ""),
                Said.of(sync(url, "--to", to, "--keep", "nothing")));
        assertEquals(2, files("got"));
        assertEquals(0, files("mail/mrose/new"));
    }

    private record Said(int status, String out, String err) {
        static Said of(Ran ran) {
            return new Said(ran.status(), ran.out(), ran.err());
        }
    }

    @Test
    void a_dry_run_lists_what_would_come_and_go_and_does_nothing() throws IOException {
        Ran ran = sync(url, "--to", "mbox:" + folder.resolve("got"), "--keep", "newest:1", "--dry-run");
        assertEquals(0, ran.status(), ran.err());
        assertEquals(
                List.of("to fetch 17", "to fetch 17", "to delete 17", account() + ": 2 to fetch, 1 to delete"),
                ran.out()
                        .lines()
                        .map(line -> line.replaceFirst(" 17 .*", " 17"))
                        .toList());
        assertFalse(Files.exists(folder.resolve("got")));
        assertFalse(Files.exists(folder.resolve("state")));
    }

    @Test
    void the_accounts_of_a_file_are_all_synchronised_and_one_that_fails_stops_no_other() throws IOException {
        Path file = Files.writeString(folder.resolve("accounts.conf"), """
                defaults { keep = nothing, password-env = POP3_PASSWORD }
                accounts {
                  one { url = "%s", to = "maildir:%s" }
                  two { url = "%s", to = "mbox:%s", password-command = "printf 'a secret'" }
                  wrong { url = "%s", to = "eml:%s", password-command = "printf nonsense" }
                }
                """.formatted(
                        url,
                        folder.resolve("one"),
                        url.replace("mrose", "rose"),
                        folder.resolve("two"),
                        url.replace("mrose", "nobody"),
                        folder.resolve("three")));
        Ran ran = sync("--accounts", file.toString());
        assertEquals(77, ran.status(), ran.err());
        assertEquals(
                List.of(
                        account() + ": 2 fetched, 2 deleted",
                        account().replace("mrose", "rose") + ": 2 fetched, 2 deleted",
                        account().replace("mrose", "nobody") + ": 0 fetched, not done"),
                ran.out().lines().toList());
        assertEquals(2, files("one/new"));
        assertTrue(Files.readString(folder.resolve("two")).contains("Subject: 2\n"));
        assertFalse((ran.out() + ran.err()).contains("secret"));
        assertFalse((ran.out() + ran.err()).contains("nonsense"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OAUTHBEARER", "XOAUTH2"})
    void a_command_gives_tokens_and_is_asked_again_if_one_is_refused(String mechanism) throws IOException {
        MemoryMailStore mail = new MemoryMailStore();
        mail.deliver("mrose", "Subject: for a token\n\nhello\n");
        try (Pop3Server server = Pop3Server.builder()
                .listen(Endpoint.plain(0))
                .allowCleartextLogin()
                .store(mail)
                .authenticator(new Tokens(mechanism))
                .bench(UNHURRIED)
                .start()) {
            String bearer = "pop3://mrose@127.0.0.1:" + server.port() + "?tls=none";
            // An old token first, then the good one: the shell remembers in a file what it has said.
            Path asked = folder.resolve("asked");
            String command = "test -e " + asked + " && echo good.token || { echo old.token; touch " + asked + "; }";
            String to = "eml:" + folder.resolve("got");
            Ran ran = sync(bearer, "--to", to, "--token-command", command);
            assertEquals(0, ran.status(), ran.err());
            assertTrue(ran.out().endsWith(": 1 fetched\n"), ran.out());

            Files.delete(asked);
            Path file = Files.writeString(
                    folder.resolve("accounts.conf"),
                    "defaults { password-env = POP3_PASSWORD }\naccounts.one { url = \"" + bearer + "\", to = \"" + to
                            + "\", keep = nothing, token-command = \"\"\"" + command + "\"\"\" }");
            ran = sync("--accounts", file.toString());
            assertEquals(0, ran.status(), ran.err());
            assertTrue(ran.out().endsWith(": 0 fetched, 1 deleted\n"), ran.out());

            for (String useless : List.of("echo old.token", "false", "true", "echo '<html>'")) {
                ran = sync(bearer, "--to", to, "--token-command", useless);
                assertEquals(77, ran.status(), ran.err());
                assertFalse(ran.err().contains("old.token") || ran.err().contains("html"), ran.err());
            }
        }
    }

    private record Tokens(String mechanism) implements Authenticator {
        @Override
        public Optional<Account> password(String user, String password) {
            return Optional.empty();
        }

        @Override
        public Optional<Account> token(String user, String token) {
            return token.equals("good.token") ? Optional.of(Account.of(user)) : Optional.empty();
        }

        @Override
        public Set<String> mechanisms() {
            return Set.of(mechanism);
        }
    }

    @Test
    void an_account_that_a_file_has_twice_is_refused() throws IOException {
        String one = "{ url = \"" + url + "\", to = \"eml:x\" }\n";
        Path file = Files.writeString(folder.resolve("accounts.conf"), "accounts.one " + one + "accounts.two " + one);
        Ran ran = sync("--accounts", file.toString());
        assertEquals(78, ran.status());
        assertTrue(ran.err().contains(account() + " twice"), ran.err());
    }

    @Test
    void two_places_of_one_password_are_refused() throws IOException {
        Path file = Files.writeString(
                folder.resolve("accounts.conf"),
                "accounts.one { url = \"" + url + "\", to = \"eml:x\", password-env = A, token-command = b }");
        assertEquals(78, sync("--accounts", file.toString()).status());
    }

    @Test
    void a_password_is_asked_for_anew_for_each_session() throws Exception {
        Path asked = folder.resolve("asked");
        Ran ran = Ran.pop3(
                "sync",
                url,
                "--to",
                "eml:" + folder.resolve("got"),
                "--state",
                folder.resolve("state").toString(),
                "--password-command",
                "echo x >> " + asked + "; echo a secret");
        assertEquals(0, ran.status(), ran.err());
        assertEquals("x\n", Files.readString(asked));
        Ran file = Ran.pop3(
                "sync",
                url,
                "--to",
                "eml:x",
                "--password-file",
                folder.resolve("none").toString());
        assertEquals(77, file.status());
        assertTrue(file.err().contains("The password file cannot be read"), file.err());
    }

    @Test
    void a_setting_that_is_not_known_is_refused_with_its_line() throws IOException {
        Path file = Files.writeString(folder.resolve("accounts.conf"), """
                accounts.one {
                  url = "%s"
                  to = "eml:x"
                  keeep = 14d
                }
                """.formatted(url));
        Ran ran = sync("--accounts", file.toString());
        assertEquals(78, ran.status());
        assertTrue(ran.err().contains("accounts.conf: 4"), ran.err());
        assertTrue(ran.err().contains("'keeep'"), ran.err());
    }

    @Test
    void a_section_that_is_not_known_is_refused_with_its_line_and_values_to_refer_to_are_not() throws IOException {
        String accounts =
                "to = \"eml:" + folder.resolve("got") + "\"\naccounts.one { url = \"" + url + "\", to = ${to} }\n";
        Path file = Files.writeString(folder.resolve("accounts.conf"), accounts);
        assertEquals(0, sync("--accounts", file.toString()).status());
        Files.writeString(file, accounts + "default { skip-larger-than = 10M }\n");
        Ran ran = sync("--accounts", file.toString());
        assertEquals(78, ran.status());
        assertTrue(ran.err().contains("accounts.conf: 3: there is no section 'default'"), ran.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "keep = 14days                | 4: keep: '14days' is not like all, nothing, 14d or newest:100",
                "skip-larger-than = huge      | 4: skip-larger-than: 'huge' is not a size",
                "migration = perhaps          | 4: migration: 'perhaps' is not ask, adopt or fetch",
                "to = nowhere                 | 4: to: 'nowhere' is not like eml:DIR, maildir:DIR or mbox:FILE",
                "url = \"http://mrose@a\"      | 4: url: the URL cannot be used",
                "cafile = /no/such/file       | 4: cafile: there is no file /no/such/file",
                "keep = { days = 14 }         | 4",
                "keep = [                     | 5",
            })
    void a_mistake_is_told_with_its_line(String mistake, String told) throws IOException {
        Path file = Files.writeString(folder.resolve("accounts.conf"), """
                accounts.one {
                  url = "%s"
                  to = "eml:x"
                  %s
                }
                """.formatted(url, mistake));
        Ran ran = sync("--accounts", file.toString());
        assertEquals(78, ran.status(), ran.err());
        assertTrue(ran.err().startsWith("pop3: " + file + ": " + told), ran.err());
    }

    @Test
    void a_file_says_what_to_do_about_a_migration_in_the_words_of_the_option() throws IOException {
        Path file = Files.writeString(
                folder.resolve("accounts.conf"),
                "accounts.one { url = \"" + url + "\", to = \"eml:" + folder.resolve("got")
                        + "\", migration = adopt }");
        Ran ran = sync("--accounts", file.toString());
        assertEquals(0, ran.status(), ran.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exit 3             | The password command ended with status 3.",
                "true               | The password command printed nothing.",
                "echo; echo secret  | The password command printed nothing.",
                "no-such-program    | The password command ended with status 127.",
            })
    void a_password_command_that_gives_none_is_told(String command, String told) {
        Ran ran = sync(url, "--to", "eml:x", "--password-command", command);
        assertEquals(77, ran.status());
        assertTrue(ran.err().contains(told), ran.err());
        assertFalse(ran.err().contains("secret"), ran.err());
    }

    @Test
    void of_what_a_password_command_prints_the_first_line_is_the_password() {
        Ran ran = sync(
                url, "--to", "eml:" + folder.resolve("got"), "--password-command", "echo a secret; echo user: rose");
        assertEquals(0, ran.status(), ran.err());
    }

    @Test
    void a_password_command_that_hangs_is_ended() throws InterruptedException {
        Failure late = assertThrows(
                Failure.class, () -> Password.printed("password command", "exec sleep 600", Duration.ofMillis(200)));
        assertEquals("The password command has not ended within 0 s.", late.getMessage());
        // Who reads what it prints sees the end once it is gone.
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("pop3-command")) thread.join();
        }
    }

    @Test
    void an_account_that_another_run_has_is_left_to_it() throws IOException {
        String to = "eml:" + folder.resolve("got");
        sync(url, "--to", to);
        Path lock;
        try (Stream<Path> files = Files.list(folder.resolve("state"))) {
            lock = files.filter(file -> file.toString().endsWith(".lock"))
                    .findFirst()
                    .orElseThrow();
        }
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            channel.lock();
            Ran ran = sync(url, "--to", to, "--keep", "nothing");
            assertEquals(75, ran.status(), ran.err());
            assertEquals(2, files("mail/mrose/new"));
        }
    }

    @Test
    void a_state_that_cannot_be_written_is_an_error_of_files_and_deletes_nothing() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Ran ran = Ran.pop3(
                Map.of("POP3_PASSWORD", "a secret"),
                "sync",
                url,
                "--to",
                "eml:" + folder.resolve("got"),
                "--keep",
                "nothing",
                "--state",
                file.resolve("below").toString());
        assertEquals(74, ran.status(), ran.err());
        assertEquals(2, files("mail/mrose/new"));
    }

    @Test
    void what_cannot_be_meant_is_a_wrong_call() {
        assertEquals(2, sync("--to", "eml:x").status());
        assertEquals(2, sync(url).status());
        assertEquals(2, sync(url, "--to", "ftp:x").status());
        assertEquals(2, sync(url, "--to", "eml:x", "--keep", "some").status());
        assertEquals(2, sync(url, "--to", "eml:x", "--accounts", "y").status());
        assertEquals(2, sync(url, "--to", "eml:x", "--dry-run", "--watch").status());
        for (String one : List.of("--keep=all", "--password-file=x", "--timeout=5s", "--insecure")) {
            Ran ran = sync("--accounts", "y", one);
            assertEquals(2, ran.status());
            assertTrue(
                    ran.err().contains(one.substring(0, one.indexOf('=') < 0 ? one.length() : one.indexOf('='))),
                    ran.err());
        }
    }

    @Test
    void a_place_that_takes_nothing_is_an_error_of_files() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        deliver("mrose", 3);
        Ran ran = sync(url, "--to", "eml:" + file.resolve("below"), "--keep", "nothing");
        assertEquals(74, ran.status(), ran.err());
        assertTrue(ran.err().contains("takes no messages"), ran.err());
    }

    @Test
    void a_run_that_is_told_to_end_says_that_it_was_interrupted() throws Exception {
        StringWriter err = new StringWriter();
        Pop3 pop3 =
                new Pop3(OutputStream.nullOutputStream(), new PrintWriter(err), Map.of("POP3_PASSWORD", "a secret"));
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "pop3://mrose@127.0.0.1:" + silent.getLocalPort() + "?tls=none";
            CompletableFuture<Integer> status = CompletableFuture.supplyAsync(
                    () -> pop3.run("sync", url, "--to", "eml:" + folder, "--state", folder.toString()));
            try (Socket waiting = silent.accept()) {
                pop3.stop();
                assertEquals(130, status.get());
                assertFalse(waiting.isClosed()); // It did not wait for an answer.
            }
        }
        assertEquals("pop3: It was interrupted.\n", err.toString());
    }

    @Test
    void watching_goes_on_until_it_is_told_to_end() throws Exception {
        StringWriter err = new StringWriter();
        Pop3 pop3 =
                new Pop3(OutputStream.nullOutputStream(), new PrintWriter(err), Map.of("POP3_PASSWORD", "a secret"));
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> pop3.run(
                "sync",
                url,
                "--to",
                "eml:" + folder.resolve("got"),
                "--keep",
                "nothing",
                "--state",
                folder.resolve("state").toString(),
                "--watch",
                "10ms"));
        awaitEmpty("mail/mrose/new");
        deliver("mrose", 3);
        awaitEmpty("mail/mrose/new");
        pop3.stop();
        assertEquals(0, status.get(), err.toString());
        assertEquals(3, files("got"));
    }

    private void awaitEmpty(String place) throws Exception {
        while (files(place) > 0) Thread.onSpinWait();
    }
}
