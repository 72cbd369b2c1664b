package io.github.pop3kit.server.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.store.Account;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dovecot's passwd-file format. */
class PasswdFileTest {

    @TempDir
    private Path folder;

    @Test
    void a_line_is_a_name_and_a_password_and_what_else_is_known() throws IOException {
        PasswdFile users = file("""
                # users of example.org

                mrose:{PLAIN}a secret
                j\u00F3zsef:{plain}p\u00E1l
                full:{CLEARTEXT}x:1000:1001:Full Name:/home/full:/bin/sh:userdb_mail=maildir:~/Maildir quota=5
                """);
        assertEquals(Optional.of(Account.of("mrose")), users.password("mrose", "a secret"));
        assertEquals(Optional.of(Account.of("j\u00F3zsef")), users.password("j\u00F3zsef", "p\u00E1l"));
        Account full = users.password("full", "x").orElseThrow();
        assertEquals(
                Map.of(
                        "uid",
                        "1000",
                        "gid",
                        "1001",
                        "home",
                        "/home/full",
                        "userdb_mail",
                        "maildir:~/Maildir",
                        "quota",
                        "5"),
                full.attributes());
    }

    @Test
    void nobody_logs_in_with_another_password_or_none() throws IOException {
        PasswdFile users = file("""
                mrose:{PLAIN}secret
                empty:{PLAIN}
                none::
                bare:secret
                other:{SOME-SCHEME}secret
                incomplete
                """);
        for (String user : new String[] {"mrose", "empty", "none", "bare", "other", "incomplete", "", "nobody"}) {
            assertEquals(Optional.empty(), users.password(user, ""), user);
            assertEquals(Optional.empty(), users.password(user, "Secret"), user);
        }
        for (String user : new String[] {"bare", "other"}) {
            assertEquals(Optional.empty(), users.password(user, "secret"), user);
        }
    }

    @Test
    void a_name_in_capitals_finds_the_entry_in_lower_case_and_takes_its_name() throws IOException {
        assertEquals(Optional.of(Account.of("mrose")), file("mrose:{PLAIN}x").password("MRose", "x"));
    }

    @Test
    void a_name_is_found_however_the_file_has_it_composed() throws IOException {
        PasswdFile users = file("jo\u0301zsef:{PLAIN}x\n");
        assertEquals(Optional.of(Account.of("jo\u0301zsef")), users.password("j\u00F3zsef", "x"));
        assertEquals(Optional.of(Account.of("jo\u0301zsef")), users.password("JO\u0301zsef", "x"));
    }

    @Test
    void the_file_is_read_again_when_it_changes() throws IOException {
        PasswdFile users = file("mrose:{PLAIN}old");
        file("mrose:{PLAIN}brand new\ncarol:{PLAIN}x");
        assertEquals(Optional.empty(), users.password("mrose", "old"));
        assertEquals(Optional.of(Account.of("mrose")), users.password("mrose", "brand new"));
        assertEquals(Optional.of(Account.of("carol")), users.password("carol", "x"));
    }

    @Test
    void a_change_that_bears_the_time_and_size_of_the_one_before_is_seen() throws IOException {
        Path file = folder.resolve("users");
        FileTime soon = FileTime.from(Instant.now().plusSeconds(30));
        Files.setLastModifiedTime(Files.writeString(file, "mrose:{PLAIN}old"), soon);
        PasswdFile users = new PasswdFile(file);
        assertEquals(Optional.of(Account.of("mrose")), users.password("mrose", "old"));
        Files.setLastModifiedTime(Files.writeString(file, "mrose:{PLAIN}new"), soon);
        assertEquals(Optional.empty(), users.password("mrose", "old"));
        assertEquals(Optional.of(Account.of("mrose")), users.password("mrose", "new"));
    }

    @Test
    void a_line_that_is_not_in_utf_8_keeps_nobody_out() throws IOException {
        Path file = folder.resolve("users");
        Files.writeString(
                file, "juergen:{PLAIN}x:::J\u00FCrgen:/home/j::\nmrose:{PLAIN}y\n", StandardCharsets.ISO_8859_1);
        PasswdFile users = new PasswdFile(file);
        assertEquals(
                "/home/j",
                users.password("juergen", "x").orElseThrow().attributes().get("home"));
        assertEquals(Optional.of(Account.of("mrose")), users.password("mrose", "y"));
    }

    @Test
    void while_the_file_is_away_nothing_can_be_decided() throws IOException {
        PasswdFile users = file("mrose:{PLAIN}x");
        Files.delete(folder.resolve("users"));
        assertThrows(IOException.class, () -> users.password("mrose", "x"));
        assertThrows(IOException.class, () -> new PasswdFile(folder.resolve("users")));
    }

    private static final String SCRAM = "{SCRAM-SHA-256}4096,8+nylp9ZkN02OcJlrdTo1A==,"
            + "YLskXBLoY7QCZMRS+qS2cm6gyPp592omtW8itLFm7PM=,dC4yEtNkcnDxGGneClGWuwY3SRnxQ2BeebMZSEtJ23s=";

    @Test
    void it_offers_what_its_entries_can_be_used_for() throws IOException {
        assertEquals(Set.of("PLAIN", "EXTERNAL"), file("a:{SSHA}AAAA\n").mechanisms());
        assertEquals(
                Set.of("PLAIN", "EXTERNAL", "SCRAM-SHA-256"),
                file("a:" + SCRAM + "\nb:{SSHA}AAAA").mechanisms());
        assertEquals(
                Set.of("PLAIN", "EXTERNAL", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "CRAM-MD5", "APOP"),
                file("a:{PLAIN}secret").mechanisms());
    }

    @Test
    void scram_takes_the_keys_that_are_kept_or_makes_them_of_the_password() throws IOException {
        PasswdFile users = file("kept:" + SCRAM + "\nplain:{PLAIN}s\u00E9cret 1\nother:{SSHA}AAAA\n");
        ScramKeys kept = users.scram("SCRAM-SHA-256", "kept").orElseThrow();
        assertEquals(Optional.of(Account.of("kept")), kept.account());
        assertEquals(
                "YLskXBLoY7QCZMRS+qS2cm6gyPp592omtW8itLFm7PM=",
                Base64.getEncoder().encodeToString(kept.storedKey()));
        assertEquals(
                Optional.of(Account.of("plain")),
                users.scram("SCRAM-SHA-1", "Plain").orElseThrow().account());
        for (String nobody : List.of("other", "nobody", "kept")) {
            ScramKeys keys = users.scram("SCRAM-SHA-1", nobody).orElseThrow();
            assertEquals(Optional.empty(), keys.account());
            assertEquals(4096, keys.iterations());
            assertEquals(16, keys.salt().length);
        }
    }

    @Test
    void digests_need_the_password_or_dovecots_key() throws IOException {
        PasswdFile users = file("""
                plain:{PLAIN}s\u00E9cret 1
                kept:{CRAM-MD5}dc9902eb4484390511fc1755eb07ce73cdd357f7593885cac17be244d50cd12d
                other:{SSHA}AAAA
                """);
        String challenge = "<1896.697170952@postoffice.reston.mci.net>";
        String cram = Md5.cram(challenge.getBytes(StandardCharsets.US_ASCII), "s\u00E9cret 1");
        String apop = Md5.apop(challenge, "s\u00E9cret 1");
        for (String user : List.of("plain", "kept", "other", "nobody")) {
            boolean hasKey = user.equals("plain") || user.equals("kept");
            assertEquals(
                    hasKey,
                    users.digest(new DigestResponse("CRAM-MD5", user, challenge, cram))
                            .isPresent());
            assertEquals(
                    user.equals("plain"),
                    users.digest(new DigestResponse("APOP", user, challenge, apop))
                            .isPresent());
            assertEquals(Optional.empty(), users.digest(new DigestResponse("CRAM-MD5", user, challenge, apop)));
        }
    }

    @Test
    void extra_fields_name_the_account_and_its_home_or_bar_it() throws IOException {
        PasswdFile users = file("""
                alias:{PLAIN}x::::/home/alias::user=mrose userdb_home=/srv/mrose
                gone:{PLAIN}x::::::nologin
                office:{PLAIN}x::::::allow_nets=192.0.2.0/24
                proxied:{PLAIN}x::::::allow_real_nets=192.0.2.0/24
                open:::::::nopassword
                """);
        Account account = users.password("alias", "x").orElseThrow();
        assertEquals("mrose", account.name());
        assertEquals("/srv/mrose", account.attributes().get("home"));
        assertEquals(Optional.empty(), users.password("gone", "x"));
        assertEquals(Optional.empty(), users.password("office", "x"));
        assertEquals(Optional.empty(), users.password("proxied", "x"));
        assertEquals(Optional.empty(), users.password("open", "x"));
        assertEquals(
                Optional.empty(),
                users.scram("SCRAM-SHA-1", "gone").orElseThrow().account());
    }

    @Test
    void a_master_acts_as_those_who_are_there() throws IOException {
        file("boss:{PLAIN}b\nmrose:{PLAIN}x\ngone:{PLAIN}x::::::nologin\n");
        PasswdFile users = new PasswdFile(folder.resolve("users"), Set.of("boss"), Duration.ZERO);
        assertEquals(Optional.of(Account.of("mrose")), users.actAs(Account.of("boss"), "MRose"));
        assertEquals(Optional.empty(), users.actAs(Account.of("boss"), "nobody"));
        assertEquals(Optional.empty(), users.actAs(Account.of("boss"), "gone"));
        assertEquals(Optional.empty(), users.actAs(Account.of("mrose"), "boss"));
    }

    @Test
    void a_certificate_is_for_its_addresses_and_for_its_common_name_if_it_has_none() throws Exception {
        List<X509Certificate> clients;
        try (InputStream pem = PasswdFileTest.class.getResourceAsStream("clients.pem")) {
            clients = CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
        List<X509Certificate> mrose = clients.subList(0, 1); // CN=mrose
        List<X509Certificate> chris = clients.subList(1, 2); // CN=mrose, and the address chris@example.org
        List<X509Certificate> nameless = clients.subList(2, 3);

        PasswdFile both = file("mrose:{PLAIN}x\nchris@example.org:{PLAIN}x\n");
        assertEquals(Optional.of(Account.of("mrose")), both.certificate(mrose));
        assertEquals(Optional.of(Account.of("chris@example.org")), both.certificate(chris));
        assertEquals(Optional.empty(), both.certificate(nameless));

        PasswdFile one = file("mrose:{PLAIN}x\n");
        assertEquals(Optional.empty(), one.certificate(chris), "its common name is somebody else's");
        PasswdFile barred = file("mrose:{PLAIN}x::::::nologin\n");
        assertEquals(Optional.empty(), barred.certificate(mrose));
    }

    @Test
    void what_is_remembered_is_not_hashed_again_unless_the_entry_changes() throws IOException {
        AtomicLong now = new AtomicLong();
        file("mrose:{COUNTING}secret\nchris:{COUNTING}other\n");
        PasswdFile users = new PasswdFile(folder.resolve("users"), Set.of(), Duration.ofMinutes(10), now::get);
        int before = CountingScheme.ASKED.get();
        for (int i = 0; i < 3; i++) assertTrue(users.password("mrose", "secret").isPresent());
        assertEquals(1, CountingScheme.ASKED.get() - before);
        assertFalse(users.password("mrose", "guess").isPresent());
        assertFalse(users.password("chris", "secret").isPresent());
        assertEquals(3, CountingScheme.ASKED.get() - before, "what was wrong is not remembered");

        file("mrose:{COUNTING}changed since\n");
        assertFalse(users.password("mrose", "secret").isPresent(), "the old password is worth nothing at once");
        assertTrue(users.password("mrose", "changed since").isPresent());
        assertEquals(5, CountingScheme.ASKED.get() - before);

        file("mrose:{COUNTING}changed since::::::nologin\n");
        assertFalse(users.password("mrose", "changed since").isPresent(), "remembered, and yet barred");

        file("mrose:{COUNTING}changed since\n\n");
        assertTrue(users.password("mrose", "changed since").isPresent());
        assertEquals(5, CountingScheme.ASKED.get() - before, "the file changed, the entry did not");
        now.addAndGet(Duration.ofMinutes(10).toNanos());
        assertTrue(users.password("mrose", "changed since").isPresent());
        assertEquals(6, CountingScheme.ASKED.get() - before, "its time was over");
    }

    @Test
    void a_password_that_was_right_is_remembered_until_its_time_is_over_or_the_entry_changes() {
        AtomicLong now = new AtomicLong();
        VerifiedLogins verified = new VerifiedLogins(Duration.ofMinutes(10), now::get);
        verified.remember("mrose", "{SSHA}one", "secret");
        assertTrue(verified.knows("mrose", "{SSHA}one", "secret"));
        assertFalse(verified.knows("mrose", "{SSHA}one", "other"));
        assertFalse(verified.knows("mrose", "{SSHA}changed", "secret"));
        assertFalse(verified.knows("chris", "{SSHA}one", "secret"));
        now.addAndGet(Duration.ofMinutes(10).toNanos());
        assertFalse(verified.knows("mrose", "{SSHA}one", "secret"));
        VerifiedLogins off = new VerifiedLogins(Duration.ZERO, now::get);
        off.remember("mrose", "{SSHA}one", "secret");
        assertFalse(off.knows("mrose", "{SSHA}one", "secret"));
    }

    @Test
    void only_so_many_wait_for_slow_hashes() throws Exception {
        SlowHashes hashes = new SlowHashes();
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Thread thread = new Thread(() -> {
                try {
                    hashes.work(() -> {
                        await(goOn);
                        return true;
                    });
                } catch (IOException e) {
                    refused.countDown();
                }
            });
            threads.add(thread);
            thread.start();
        }
        refused.await();
        goOn.countDown();
        for (Thread thread : threads) thread.join();
        assertTrue(hashes.work(() -> true), "and then they are served again");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private PasswdFile file(String text) throws IOException {
        Path file = folder.resolve("users");
        Files.writeString(file, text);
        return new PasswdFile(file);
    }
}
