package io.github.pop3kit.server;

import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** RFC 1939 section 5, and TOP and UIDL of section 7. */
class TransactionTest {

    private static final String FIRST = "Subject: one\n\n.dot\n..\nlast";
    private static final String SECOND = "Subject: two\r\n\r\n1\r\n2\r\n3\r\n";

    private final Played server = Played.with(FIRST, SECOND, "");

    @Test
    void stat_and_list_tell_what_retr_will_send() {
        server.playsLoggedIn("""
                C: STAT
                S: +OK 3 57
                C: LIST
                S: +OK 3 messages (57 octets)
                S: 1 32
                S: 2 25
                S: 3 0
                S: .
                C: LIST 2
                S: +OK 2 25
                C: RETR 1
                S: +OK 32 octets
                S: Subject: one
                S:
                S: ..dot
                S: ...
                S: last
                S: .
                C: RETR 3
                S: +OK 0 octets
                S: .
                """);
    }

    @Test
    void uidl_names_each_message_for_good() {
        server.playsLoggedIn("""
                C: UIDL
                S: +OK …
                S: 1 1
                S: 2 2
                S: 3 3
                S: .
                C: UIDL 2
                S: +OK 2 2
                C: DELE 2
                S: +OK …
                C: UIDL
                S: +OK …
                S: 1 1
                S: 3 3
                S: .
                C: UIDL 2
                S: -ERR no such message…
                """);
    }

    @Test
    void top_sends_the_header_the_blank_line_and_so_many_lines() {
        server.playsLoggedIn("""
                C: TOP 2 0
                S: +OK 25 octets
                S: Subject: two
                S:
                S: .
                C: TOP 2 2
                S: +OK 25 octets
                S: Subject: two
                S:
                S: 1
                S: 2
                S: .
                C: TOP 1 99999999999999999999
                S: +OK 32 octets
                S: Subject: one
                S:
                S: ..dot
                S: ...
                S: last
                S: .
                C: TOP 4 1
                S: -ERR no such message
                """);
    }

    @Test
    void a_deleted_message_is_not_there_but_numbers_stay() {
        server.playsLoggedIn("""
                C: DELE 1
                S: +OK message 1 deleted
                C: DELE 1
                S: -ERR no such message, it is marked as deleted
                C: RETR 1
                S: -ERR no such message, it is marked as deleted
                C: TOP 1 0
                S: -ERR no such message, it is marked as deleted
                C: LIST 1
                S: -ERR no such message, it is marked as deleted
                C: STAT
                S: +OK 2 25
                C: LIST
                S: +OK 2 messages (25 octets)
                S: 2 25
                S: 3 0
                S: .
                C: RETR 2
                S: +OK 25 octets
                S: Subject: two
                S:
                S: 1
                S: 2
                S: 3
                S: .
                C: RSET
                S: +OK maildrop has 3 messages (57 octets)
                C: LIST 1
                S: +OK 1 32
                """);
    }

    @Test
    void numbers_that_no_message_has_are_refused() {
        server.playsLoggedIn("""
                C: RETR 0
                S: -ERR no such message
                C: RETR 4
                S: -ERR no such message
                C: DELE 999999999
                S: -ERR no such message
                C: LIST 4
                S: -ERR no such message
                C: UIDL 0
                S: -ERR no such message
                """);
    }

    @Test
    void arguments_that_are_none_are_refused_and_the_session_goes_on() {
        server.playsLoggedIn("""
                C: RETR
                S: -ERR RETR takes a message-number
                C: RETR x
                S: -ERR RETR takes a message-number
                C: RETR -1
                S: -ERR RETR takes a message-number
                C: RETR +1
                S: -ERR RETR takes a message-number
                C: RETR 1 2
                S: -ERR RETR takes a message-number
                C: RETR 1\\x20
                S: -ERR RETR takes a message-number
                C: RETR 4294967297
                S: -ERR RETR takes a message-number
                C: DELE 1\\x00
                S: -ERR a command has no NUL in it
                C: DELE 1\\rX
                S: -ERR a command has no CR in it
                C: TOP 1
                S: -ERR TOP takes a message-number and a number of lines
                C: TOP 1 -1
                S: -ERR TOP takes a message-number and a number of lines
                C: LIST 1 2
                S: -ERR LIST takes a message-number or nothing
                C: STAT 1
                S: -ERR STAT takes no argument
                C: XYZZY \\x1b[2J
                S: -ERR unknown command
                C:
                S: -ERR unknown command
                C: NOOP
                S: +OK
                C: STAT
                S: +OK 3 57
                """);
    }

    @Test
    void last_is_unknown_unless_asked_for() {
        server.playsLoggedIn("""
                C: LAST
                S: -ERR not supported
                """);
        server.configured(Pop3Server.Builder::serveLast).playsLoggedIn("""
                C: TOP 3 0
                S: +OK …
                S: .
                C: LAST
                S: +OK 0
                C: RETR 2
                S: +OK …
                S: Subject: two
                S:
                S: 1
                S: 2
                S: 3
                S: .
                C: DELE 1
                S: +OK …
                C: LAST
                S: +OK 2
                C: RSET
                S: +OK …
                C: LAST
                S: +OK 0
                """);
    }

    @Test
    void what_is_not_served_in_this_state_is_refused() {
        server.playsLoggedIn("""
                C: USER mrose
                S: -ERR not available after login
                C: PASS a secret
                S: -ERR not available after login
                C: AUTH PLAIN
                S: -ERR not available after login
                C: STLS
                S: -ERR not available after login
                C: UTF8
                S: -ERR not supported
                C: LANG
                S: -ERR not supported
                """);
        server.plays("""
                S: +OK …
                C: STAT
                S: -ERR not available before login
                C: LIST
                S: -ERR not available before login
                C: RETR 1
                S: -ERR not available before login
                C: DELE 1
                S: -ERR not available before login
                C: NOOP
                S: -ERR not available before login
                C: RSET
                S: -ERR not available before login
                C: TOP 1 0
                S: -ERR not available before login
                C: UIDL
                S: -ERR not available before login
                C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
                S: -ERR not supported
                C: LAST
                S: -ERR not supported
                C: STLS
                S: -ERR there is no TLS here
                C: QUIT
                S: +OK …
                """);
    }

    @Test
    void mail_that_arrives_meanwhile_belongs_to_the_next_session() throws IOException {
        try (Played.Running running = server.start();
                SocketChannel client = running.connect()) {
            Transcript.parse("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: +OK maildrop has 3 messages (57 octets)
                    """).playClient(client, new Pace.Lines());
            running.store().deliver("mrose", "late\r\n");
            Transcript.parse("""
                    C: STAT
                    S: +OK 3 57
                    C: RETR 4
                    S: -ERR no such message
                    C: QUIT
                    S: +OK …
                    S closes
                    """).playClient(client, new Pace.Lines());
            running.plays("""
                    S: +OK …
                    C: USER mrose
                    S: +OK …
                    C: PASS a secret
                    S: +OK maildrop has 4 messages (63 octets)
                    """);
        }
    }

    @Test
    void a_message_that_vanished_costs_only_itself() {
        storing(List.of(() -> MessageContent.of("a\r\n"), () -> {
                    throw new StoreException(Reason.GONE, "vanished");
                }))
                .playsLoggedIn("""
                        C: RETR 2
                        S: -ERR [SYS/TEMP] somebody else removed the message
                        C: RETR 1
                        S: +OK 3 octets
                        S: a
                        S: .
                        C: QUIT
                        S: +OK …
                        """);
    }

    @Test
    void a_message_that_breaks_off_never_looks_whole() {
        storing(List.of(() -> MessageContent.of(new BreakingOff()))).playsLoggedIn("""
                C: RETR 1
                S: +OK 3 octets
                S: a
                S closes
                """);
    }

    @Test
    void a_message_that_is_longer_than_it_was_listed_is_sent_whole_and_the_figure_mended() {
        storing(List.of(() -> MessageContent.of("a\r\nb\r\n"))).playsLoggedIn("""
                C: LIST 1
                S: +OK 1 3
                C: RETR 1
                S: +OK …
                S: a
                S: b
                S: .
                C: LIST 1
                S: +OK 1 6
                C: STAT
                S: +OK 1 6
                """);
    }

    @Test
    void a_verbatim_message_goes_out_as_it_is() {
        storing(List.of(() -> new MessageContent(MessageContent.of("a\r\n").channel(), true)))
                .playsLoggedIn("""
                        C: RETR 1
                        S: +OK 3 octets
                        S: a
                        S: .
                        """);
    }

    @Test
    void a_unique_id_that_is_none_never_reaches_the_wire() {
        Played.with()
                .configured(builder -> builder.store(account -> new Fixed("1\r\n+OK forged", List.of(() -> null))))
                .playsLoggedIn("""
                        C: UIDL
                        S: -ERR [SYS/PERM] …
                        C: UIDL 1
                        S: -ERR [SYS/PERM] …
                        C: NOOP
                        S: +OK
                        """);
    }

    /** A store in which everybody has these messages, each said to have 3 octets. */
    private static Played storing(List<Callable<MessageContent>> messages) {
        return Played.with().configured(builder -> builder.store(account -> new Fixed("id", messages)));
    }

    private record Fixed(String uniqueId, List<Callable<MessageContent>> messages) implements Maildrop {
        @Override
        public int count() {
            return messages.size();
        }

        @Override
        public String uniqueId(int number) {
            return uniqueId;
        }

        @Override
        public long octets(int number) {
            return 3;
        }

        @Override
        public MessageContent open(int number) throws IOException {
            try {
                return messages.get(number - 1).call();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void remove(int[] numbers) {
            throw new AssertionError("nothing was to be removed");
        }

        @Override
        public void close() {}
    }

    /** A line, and then a disk that fails. */
    private static final class BreakingOff implements ReadableByteChannel {
        private boolean read;

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            if (read) throw new IOException("disk error");
            read = true;
            buffer.put((byte) 'a').put((byte) '\n');
            return 2;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
