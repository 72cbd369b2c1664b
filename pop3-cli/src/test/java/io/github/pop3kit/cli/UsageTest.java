package io.github.pop3kit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.server.ServerLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is printed when nothing is served: help, and one sentence for each mistake. */
class UsageTest {

    @Test
    void alone_it_prints_its_usage() {
        Ran ran = Ran.pop3();
        assertEquals(0, ran.status());
        assertTrue(ran.out().startsWith("Usage: pop3 "), ran.out());
    }

    @Test
    void its_version_goes_to_stdout() {
        Ran ran = Ran.pop3("--version");
        assertEquals(0, ran.status());
        assertTrue(ran.out().startsWith("pop3kit "), ran.out());
    }

    @Test
    void help_lists_every_limit() {
        Ran ran = Ran.pop3("serve", "--help");
        assertEquals(0, ran.status());
        ServerLimits.describe().forEach((name, meaning) -> {
            assertTrue(ran.out().lines().anyMatch(line -> line.strip().startsWith(name + " ")), name);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "serve | Say where by --listen or --listen-tls, or say --demo.",
                "serve --listen [::1]:0 --users u | Say by --store where the mail is.",
                "serve --listen [::1]:0 --store memory: | Say by --users who may log in.",
                "serve --listen [::1]:0 --store memory: --users u | Without --cert nobody could log in at [::1]:0, for passwords"
                        + " are accepted over TLS only; give --cert, or say --allow-cleartext-login.",
                "serve --listen [::1]:0 --store memory: --users u --key k --allow-cleartext-login | --key needs --cert.",
                "serve --listen [::1]:0 --store memory: --users u --cert a --cert b --key k | Each --cert needs its --key, or"
                        + " none: there are 2 and 1.",
                "serve --listen-tls [::1]:0 --store memory: --users u | --listen-tls needs --cert.",
                "serve --demo --users u | --demo brings its own --store, --users, --cert and --key; leave them out.",
                "serve --demo --master m | --demo has no use for --master, --remember-logins, --client-ca and"
                        + " --key-password-file.",
                "serve --demo --remember-logins 10m | --demo has no use for --master, --remember-logins, --client-ca and"
                        + " --key-password-file.",
                "serve --demo --client-ca f | --demo has no use for --master, --remember-logins, --client-ca and"
                        + " --key-password-file.",
                "serve --demo --key-password-file f | --demo has no use for --master, --remember-logins, --client-ca and"
                        + " --key-password-file.",
                "serve --demo --remember-logins often | Invalid value for option '--remember-logins': 'often' is not a time,"
                        + " such as 30s, 10m or 1h.",
                "serve --demo --greeting a<b | --greeting: a greeting has no \"<\": clients would take what follows for APOP's"
                        + " challenge.",
                "serve --demo --greeting a\u0007b | --greeting: a greeting is printable ASCII.",
                "serve --demo --limit idle=soon | --limit: The limit idle cannot be \"soon\"; write it like 600s.",
                "serve --demo --limit idle | Value for option option '--limit' (NAME=VALUE) should be in KEY=VALUE format but was"
                        + " idle.",
                "serve --demo --listen 1100 | Invalid value for option '--listen' (HOST:PORT): '1100' is not a host and a port,"
                        + " such as 0.0.0.0:110 or [::1]:110.",
                "serve --demo --listen ::1:110 | Invalid value for option '--listen' (HOST:PORT): '::1:110' is not a host and a"
                        + " port, such as 0.0.0.0:110 or [::1]:110.",
                "serve --demo --listen a:65536 | Invalid value for option '--listen' (HOST:PORT): 'a:65536' is not a host and a"
                        + " port, such as 0.0.0.0:110 or [::1]:110.",
                "serve --demo --log-level loud | Invalid value for option '--log-level': expected one of [ERROR, WARN, INFO,"
                        + " DEBUG, TRACE] (case-insensitive) but was 'loud'.",
                "serve --demo --proxy-protocol-from proxy | --proxy-protocol-from: \"proxy\" is no network; write it like"
                        + " 10.1.0.0/16 or 2001:db8::/32.",
                "serve --demo --lisen a:1 | Unknown options: '--lisen', 'a:1'.",
            })
    void a_mistake_is_answered_with_one_sentence(String line, String sentence) {
        Ran ran = Ran.pop3(line.split(" ", -1));
        assertEquals("pop3: " + sentence + " Try 'pop3 serve --help'." + System.lineSeparator(), ran.err());
        assertEquals("", ran.out());
        assertEquals(2, ran.status());
    }

    @Test
    void a_greeting_that_would_pass_512_octets_is_a_mistake() {
        Ran ran = Ran.pop3("serve", "--demo", "--greeting", "a".repeat(507));
        assertEquals(2, ran.status());
        assertTrue(ran.err().contains("a greeting has at most 506 octets"), ran.err());
    }

    @Test
    void a_subcommand_that_is_none_is_a_mistake() {
        Ran ran = Ran.pop3("sreve");
        assertEquals(2, ran.status());
        assertTrue(ran.err().endsWith("Try 'pop3 --help'." + System.lineSeparator()), ran.err());
    }
}
