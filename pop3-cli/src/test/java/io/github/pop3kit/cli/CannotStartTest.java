package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Called rightly, {@code pop3 serve} says what is missing and what to do, without a stack trace; one that starts all the same would serve for ever. */
@Timeout(60)
class CannotStartTest {

    @TempDir
    Path folder;

    private String users;

    @BeforeEach
    void write() throws IOException {
        users = Files.writeString(folder.resolve("users"), "mrose:{PLAIN}a secret\n")
                .toString();
    }

    @Test
    void a_port_that_is_taken_is_named() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertCannotStart(
                    "The server cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use.",
                    "--listen-tls choose other addresses; port 0 is a free one.",
                    "serve",
                    "--demo",
                    "--listen",
                    "127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void users_that_are_missing_are_named() {
        Path missing = folder.resolve("nobody");
        String advice = "--users wants a file of lines such as mrose:{PLAIN}secret that this user may read.";
        assertCannotStart(
                "The users cannot be read from " + missing + ": there is no file " + missing + ".",
                advice,
                serve("--allow-cleartext-login", "memory:", missing.toString()));
    }

    @Test
    void a_certificate_or_key_that_cannot_be_used_is_named() {
        Path missing = folder.resolve("cert.pem");
        assertCannotStart(
                "The certificate or its key cannot be used: there is no file " + missing + ".",
                "--cert and --key want files in PEM form, or --cert a keystore, that this user may read.",
                serve("--cert=" + missing, "memory:", users));
        assertCannotStart(
                "The certificate or its key cannot be used: " + users + " holds no certificate in PEM form.",
                "--cert and --key want files in PEM form, or --cert a keystore, that this user may read.",
                serve("--cert=" + users, "memory:", users));
    }

    @Test
    void mechanisms_of_which_none_can_be_had_are_named() {
        Ran ran = Ran.pop3(
                "serve",
                "--listen=127.0.0.1:0",
                "--allow-cleartext-login",
                "--auth-mechanisms=external",
                "--store=memory:",
                "--users=" + users);
        assertTrue(ran.err().startsWith("pop3: --auth-mechanisms: nobody could log in without TLS; "), ran.err());
        assertEquals(1, ran.err().lines().count(), ran.err());
        assertEquals(2, ran.status());
    }

    @Test
    void a_store_that_nobody_provides_is_named_beside_those_that_are_found() {
        assertCannotStart(
                "There is no store at carrier-pigeon:loft: No mail store for \"carrier-pigeon:loft\"; found [",
                "Is pop3-store-carrier-pigeon on the class path or the module path?",
                serve("--allow-cleartext-login", "carrier-pigeon:loft", users));
    }

    private static String[] serve(String option, String store, String users) {
        return new String[] {"serve", "--listen", "127.0.0.1:0", option, "--store", store, "--users", users};
    }

    private static void assertCannotStart(String cause, String advice, String... args) {
        Ran ran = Ran.pop3(args);
        assertTrue(ran.err().startsWith("pop3: " + cause), ran.err());
        assertTrue(ran.err().endsWith(advice + System.lineSeparator()), ran.err());
        assertEquals(1, ran.err().lines().count(), ran.err());
        assertEquals("", ran.out());
        assertEquals(1, ran.status());
    }
}
