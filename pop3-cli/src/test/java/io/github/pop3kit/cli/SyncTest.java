package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code pop3 sync} against {@code pop3 serve}. */
@Timeout(120)
class SyncTest {

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
    void what_cannot_be_meant_is_a_wrong_call() {
        assertEquals(2, sync("--to", "eml:x").status());
        assertEquals(2, sync(url).status());
        assertEquals(2, sync(url, "--to", "ftp:x").status());
        assertEquals(2, sync(url, "--to", "eml:x", "--keep", "some").status());
        assertEquals(2, sync(url, "--to", "eml:x", "--accounts", "y").status());
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
