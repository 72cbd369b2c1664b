package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sentences of RFC 1939 that no test of a state, a limit or UPDATE shows. */
class Rfc1939Test {

    private static final String LOGIN = """
            C: USER mrose
            S: +OK …
            C: PASS a secret
            S: +OK …
            """;

    /** Section 5: "it issues a positive response followed by a line containing a termination octet and a CRLF pair". */
    @Test
    void an_empty_maildrop_has_empty_listings() {
        Played.with().playsLoggedIn("""
                C: STAT
                S: +OK 0 0
                C: LIST
                S: +OK 0 messages (0 octets)
                S: .
                C: UIDL
                S: +OK …
                S: .
                C: LIST 1
                S: -ERR no such message
                """);
    }

    /** Section 5: NOOP "merely replies with a positive response"; marks, numbers and LAST's figure stay. */
    @Test
    void noop_does_nothing() {
        Played.with("1\r\n", "2\r\n").playsLoggedIn("""
                C: DELE 1
                S: +OK …
                C: NOOP
                S: +OK
                C: STAT
                S: +OK 1 3
                """);
    }

    /** Section 4: after an -ERR "the client may either issue a new authentication command and start again, or QUIT". */
    @ParameterizedTest
    @ValueSource(strings = {"C: QUIT\nS: +OK …\nS closes\n", "C: USER mrose\nS: +OK …\nC: PASS a secret\nS: +OK …\n"})
    void a_maildrop_that_cannot_be_opened_refuses_the_login_and_no_more(String next) {
        MemoryMailStore store = new MemoryMailStore();
        boolean[] mended = {false};
        MailStore broken = account -> {
            if (mended[0]) return store.open(account);
            mended[0] = true;
            throw new StoreException(Reason.PERMANENT, "the maildrop cannot be parsed");
        };
        try (Played.Running running =
                Played.with().configured(builder -> builder.store(broken)).start()) {
            running.plays("S: +OK …\nC: USER mrose\nS: +OK …\nC: PASS a secret\nS: -ERR [SYS/PERM] …\n" + next);
        }
    }

    /** Section 4: if the answer is to be negative, the server "must release the lock prior to rejecting the command". */
    @Test
    void a_lock_that_was_taken_is_given_back_before_the_login_is_refused() {
        int[] locks = {0};
        int[] logins = {0};
        MailStore uncountable = account -> {
            if (locks[0] > 0) throw new StoreException(Reason.IN_USE, "locked");
            locks[0]++;
            boolean broken = logins[0]++ == 0;
            return new Locked(broken, () -> locks[0]--);
        };
        try (Played.Running running =
                Played.with().configured(builder -> builder.store(uncountable)).start()) {
            running.plays("S: +OK …\nC: USER mrose\nS: +OK …\nC: PASS a secret\nS: -ERR [SYS/TEMP] …\n" + LOGIN);
        }
    }

    private record Locked(boolean broken, Runnable unlock) implements Maildrop {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public String uniqueId(int number) {
            return "1";
        }

        @Override
        public long octets(int number) throws IOException {
            if (broken) throw new IOException("read error");
            return 3;
        }

        @Override
        public MessageContent open(int number) {
            return MessageContent.of("1\r\n");
        }

        @Override
        public void remove(int[] numbers) {
            throw new AssertionError("nothing was to be removed");
        }

        @Override
        public void close() {
            unlock.run();
        }
    }

    /** Section 6: QUIT in AUTHORIZATION "does NOT enter the UPDATE state"; section 5: RSET is no matter of UPDATE either. */
    @Test
    void quit_after_rset_removes_nothing_and_the_next_session_has_no_marks() throws IOException {
        try (Played.Running running = Played.with("1\r\n", "2\r\n").start()) {
            running.plays("S: +OK …\n" + LOGIN + "C: DELE 1\nS: +OK …\nC: DELE 2\nS: +OK …\nC: RSET\n"
                    + "S: +OK maildrop has 2 messages (6 octets)\nC: QUIT\nS: +OK …\nS closes\n");
            running.plays("S: +OK …\n" + LOGIN + "C: STAT\nS: +OK 2 6\nC: DELE 1\nS: +OK …\nC cuts\n");
            running.server().close();
            assertEquals(2, running.store().open(Account.of("mrose")).count());
        }
    }

    /**
     * Section 7 wants PASS "immediately after a successful USER command". Clients ask CAPA in between, and then PASS goes on: who
     * is named is named until a login was tried.
     */
    @Test
    void between_user_and_pass_capabilities_may_be_asked_for() throws IOException {
        try (Played.Running running = Played.with().start();
                SocketChannel client = running.connect()) {
            Transcript.parse("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: CAPA x
                    S: -ERR CAPA takes no argument
                    C: NOOP
                    S: -ERR not available before login
                    C: PASS a secret
                    S: +OK …
                    """).playClient(client, new Pace.Lines());
        }
    }

    /** Section 7: APOP's timestamp "MUST be different each time the POP3 server issues a banner greeting", and is a msg-id. */
    @Test
    void the_timestamp_of_the_greeting_is_a_msg_id_and_never_the_same() throws IOException {
        Set<String> timestamps = new HashSet<>();
        try (Played.Running running =
                Played.with().configured(builder -> builder.mechanisms("+APOP")).start()) {
            for (int i = 0; i < 20; i++) {
                String greeting = greeting(running);
                String timestamp = greeting.substring(greeting.indexOf('<'));
                assertTrue(timestamp.matches("<[!-~&&[^<>@]]+@[!-~&&[^<>@]]+>"), timestamp);
                assertTrue(timestamps.add(timestamp), timestamp);
            }
        }
    }

    private static String greeting(Played.Running running) throws IOException {
        try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), running.server().port());
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            return lines.readLine();
        }
    }

    /** Section 3: a response has 512 characters at most; RFC 2449 section 3 says what a greeting may hold. */
    @Test
    void a_greeting_is_a_line_of_512_octets_at_most() {
        String longest = "x".repeat(512 - "+OK \r\n".length());
        Played.with().configured(builder -> builder.greeting(longest)).plays("S: +OK " + longest + "\n");
        Pop3Server.Builder builder = Pop3Server.builder();
        for (String none :
                new String[] {longest + "x", "two\r\nlines", "gr\u00FC\u00DFe", "a <timestamp@here>", "[x] y"}) {
            assertThrows(IllegalArgumentException.class, () -> builder.greeting(none), none);
        }
    }
}
