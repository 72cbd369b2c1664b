package io.github.pop3kit.client;

import static io.github.pop3kit.client.Script.FULL_LOGIN;
import static io.github.pop3kit.client.Script.LOGIN;
import static io.github.pop3kit.client.Script.MROSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.Deviation.Kind;
import io.github.pop3kit.protocol.DotFraming;
import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import io.github.pop3kit.protocol.transcript.Pace;
import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What servers have been seen to do. Each conversation is played line by line and octet by octet, with CRLF and with LF. */
class QuirksTest {

    private interface Use {
        void with(RemoteMaildrop maildrop) throws IOException;
    }

    /** Plays a conversation behind a login, in every pace and dialect, and checks what deviations are told beside the LF. */
    private static void plays(String conversation, Use use, Kind... deviations) throws IOException {
        playsAll(LOGIN + conversation, use, deviations);
    }

    private static void playsAll(String conversation, Use use, Kind... deviations) throws IOException {
        for (String dialect : List.of(conversation, Script.withLineFeeds(conversation))) {
            for (Pace pace : List.of(new Pace.Lines(), new Pace.Octets())) {
                try (Script script = Script.paced(pace, dialect)) {
                    try (RemoteMaildrop maildrop = script.open()) {
                        use.with(maildrop);
                        Set<Kind> told = kinds(maildrop);
                        assertEquals(!dialect.equals(conversation), told.remove(Kind.LINE_FEEDS));
                        assertEquals(Set.of(deviations), told);
                    }
                    script.check();
                }
            }
        }
    }

    private static Set<Kind> kinds(RemoteMaildrop maildrop) {
        return maildrop.deviations().stream().map(Deviation::kind).collect(Collectors.toSet());
    }

    private static String text(MessageStream message) throws IOException {
        try (message) {
            return new String(message.readAllBytes(), StandardCharsets.ISO_8859_1).replace("\r", "");
        }
    }

    // ---- answers that nobody asked for

    @Test
    void an_answer_that_came_before_the_password_is_no_answer_to_it() throws IOException {
        String conversation = "S: +OK ready\nC: CAPA\nS: -ERR\nC: USER mrose\nS: +OK\\r\\n+OK and come in\n";
        try (Script script = Script.of(conversation)) {
            assertThrows(ProtocolViolationException.class, script::open);
            script.check();
        }
    }

    @Test
    void a_farewell_before_the_password_says_nothing_of_the_password() throws IOException {
        String conversation = "S: +OK ready\nC: CAPA\nS: -ERR\nC: USER mrose\nS: +OK\\r\\n-ERR going down\n";
        try (Script script = Script.of(conversation)) {
            assertThrows(ConnectionLostException.class, script::open);
            script.check();
        }
    }

    @Test
    void a_message_that_is_listed_twice_makes_a_listing_worthless() throws IOException {
        for (String command : List.of("LIST", "UIDL")) {
            String listing = "C: " + command + "\nS: +OK\nS: 1 5\nS: 2 6\nS: 1 7\nS: .\n";
            try (Script script = Script.of(LOGIN + listing)) {
                RemoteMaildrop maildrop = script.open();
                assertThrows(
                        ProtocolViolationException.class,
                        () -> (command.equals("LIST") ? maildrop.list() : maildrop.uniqueIds()).size());
                script.check();
            }
        }
    }

    // ---- 1 to 4: SASL

    private static final String SASL = "S: +OK ready\nC: CAPA\nS: +OK\nS: SASL PLAIN\nS: .\n";
    private static final String NO_CAPA = "C: CAPA\nS: -ERR what?\n";
    private static final Login LONG = Login.password("mrose", "x".repeat(200));
    private static final String LONG_RESPONSE =
            Base64.getEncoder().encodeToString(("\0mrose\0" + "x".repeat(200)).getBytes(StandardCharsets.US_ASCII));

    /** A login in which the server has to ask for the response, in every pace and dialect. */
    private static void logsIn(Login login, String conversation, Kind... deviations) throws IOException {
        for (String dialect : List.of(conversation, Script.withLineFeeds(conversation))) {
            for (Pace pace : List.of(new Pace.Lines(), new Pace.Octets())) {
                try (Script script = Script.paced(pace, dialect);
                        RemoteMaildrop maildrop = script.client().build().open(login)) {
                    Set<Kind> told = kinds(maildrop);
                    told.remove(Kind.LINE_FEEDS);
                    assertEquals(Set.of(deviations), told);
                    script.check();
                }
            }
        }
    }

    @Test
    void ok_may_stand_where_a_challenge_belongs() throws IOException {
        logsIn(
                LONG,
                SASL + "C: AUTH PLAIN\nS: +OK\nC: " + LONG_RESPONSE + "\nS: +OK\n" + NO_CAPA,
                Kind.OK_FOR_CHALLENGE);
    }

    @Test
    void a_challenge_may_be_words_or_lack_its_padding() throws IOException {
        for (String challenge : List.of("+ go ahead", "+ bW9yZT8")) {
            logsIn(
                    LONG,
                    SASL + "C: AUTH PLAIN\nS: " + challenge + "\nC: " + LONG_RESPONSE + "\nS: +OK\n" + NO_CAPA,
                    Kind.CHALLENGE_NOT_BASE64);
        }
    }

    @Test
    void the_last_answer_of_a_login_may_be_a_bare_ok() throws IOException {
        logsIn(MROSE, SASL + "C: AUTH PLAIN AG1yb3NlAHNlY3JldA==\nS: +OK\n" + NO_CAPA);
    }

    // ---- 5: CAPA

    @Test
    void a_server_that_hangs_up_at_capa_is_tried_without_and_remembered() throws IOException {
        String hangsUp = "S: +OK ready\nC: CAPA\nS closes\n";
        String without = "S: +OK ready\nC: USER mrose\nS: +OK\nC: PASS secret\nS: +OK\n";
        try (Script script = Script.of(hangsUp, without, without)) {
            Pop3Client client = script.client().build();
            for (int session = 0; session < 2; session++) {
                try (RemoteMaildrop maildrop = client.open(MROSE)) {
                    assertEquals(Set.of(Kind.HANGS_UP_AT_CAPA), kinds(maildrop));
                }
            }
            script.check();
        }
    }

    @Test
    void a_server_that_hangs_up_without_capa_too_has_another_reason() throws IOException {
        String hangsUp = "S: +OK ready\nC: CAPA\nS closes\n";
        try (Script script = Script.of(hangsUp, "S: +OK\nC: USER mrose\nS closes\n", hangsUp, "S closes\n")) {
            Pop3Client client = script.client().build();
            assertThrows(ConnectionLostException.class, () -> client.open(MROSE));
            assertThrows(ConnectionLostException.class, () -> client.open(MROSE)); // CAPA was asked again.
            script.check();
        }
    }

    @Test
    void a_command_that_capa_promised_and_that_is_refused_is_a_refusal_and_no_more() throws IOException {
        String conversation = FULL_LOGIN + "C: TOP 1 0\nS: -ERR no\nC: UIDL\nS: -ERR no\nC: NOOP\nS: +OK\n";
        playsAll(conversation, maildrop -> {
            assertThrows(CommandRejectedException.class, () -> maildrop.headers(1));
            assertThrows(CommandRejectedException.class, maildrop::uniqueIds);
            maildrop.noop();
        });
    }

    // ---- 7: words that are no status

    @Test
    void only_the_exact_words_are_a_status() throws IOException {
        for (String line : List.of("+OKAY", "+ERR no", "+ok", "OK", "-err", "* OK", "220 ready", "+ ")) {
            try (Script script =
                            Script.of(LOGIN + "C: DELE 1\nS: " + line.replaceAll(" $", "\\\\x20") + "\nC closes\n");
                    RemoteMaildrop maildrop = script.open()) {
                ProtocolViolationException violation =
                        assertThrows(ProtocolViolationException.class, () -> maildrop.delete(1), line);
                assertFalse(violation.isSessionUsable());
                assertThrows(ConnectionLostException.class, maildrop::quit); // It would have committed.
                script.check();
            }
        }
    }

    // ---- 8: STAT

    @Test
    void stat_without_a_usable_size_adds_up_the_listing() throws IOException {
        for (String answer : List.of("2 -17", "2", "2 many")) {
            plays(
                    "C: STAT\nS: +OK " + answer + "\nC: LIST\nS: +OK\nS: 1 10\nS: 2 20\nS: .\n",
                    maildrop -> assertEquals(new DropListing(2, 30), maildrop.stat()),
                    Kind.DROP_SIZE);
        }
    }

    @Test
    void stat_may_have_more_to_say() throws IOException {
        plays(
                "C: STAT\nS: +OK 2 30 messages (30 octets)\n",
                maildrop -> assertEquals(new DropListing(2, 30), maildrop.stat()),
                Kind.LISTING_FORM);
    }

    @Test
    void stat_without_a_count_is_a_violation() throws IOException {
        try (Script script = Script.of(LOGIN + "C: STAT\nS: +OK fine, thanks\n");
                RemoteMaildrop maildrop = script.open()) {
            assertEquals(
                    "fine, thanks",
                    assertThrows(ProtocolViolationException.class, maildrop::stat)
                            .line());
        }
    }

    @Test
    void sizes_in_a_listing_may_be_broken() throws IOException {
        plays(
                "C: LIST\nS: +OK\nS: 1 -15\nS: 2  20\nS: 3\nS: .\n",
                maildrop -> assertEquals(
                        List.of(new ScanListing(1, -1), new ScanListing(2, 20), new ScanListing(3, -1)),
                        maildrop.list()),
                Kind.LISTING_FORM);
    }

    @Test
    void sizes_go_beyond_two_gigabytes() throws IOException {
        plays("C: STAT\nS: +OK 1 5000000000\nC: LIST 1\nS: +OK 1 5000000000\n", maildrop -> {
            assertEquals(new DropListing(1, 5_000_000_000L), maildrop.stat());
            assertEquals(5_000_000_000L, maildrop.list(1).octets());
        });
    }

    // ---- 9: UIDL

    @Test
    void unique_ids_stand_behind_any_number_of_blanks() throws IOException {
        plays(
                "C: UIDL\nS: +OK\nS: 1    abc\nS: 2 def\\x20\nS: .\n",
                maildrop -> assertEquals(
                        List.of(new UniqueIdListing(1, "abc"), new UniqueIdListing(2, "def")), maildrop.uniqueIds()),
                Kind.LISTING_FORM);
    }

    @Test
    void listings_may_be_in_any_order() throws IOException {
        plays(
                """
                C: LIST
                S: +OK
                S: 2 6
                S: 1 5
                S: .
                C: UIDL
                S: +OK
                S: 2 b
                S: 1 a
                S: .
                C: RETR 2
                S: +OK
                S: 12
                S: .
                C: RETR 1
                S: +OK
                S: 12
                S: .
                """,
                maildrop -> {
                    assertEquals(List.of(new ScanListing(1, 5), new ScanListing(2, 6)), maildrop.list());
                    assertEquals(
                            List.of(new UniqueIdListing(1, "a"), new UniqueIdListing(2, "b")), maildrop.uniqueIds());
                    try (MessageStream second = maildrop.retrieve(2)) {
                        assertEquals(Optional.of("b"), second.uniqueId());
                        assertEquals(6, second.announcedOctets());
                    }
                    try (MessageStream first = maildrop.retrieve(1)) {
                        assertEquals(Optional.of("a"), first.uniqueId());
                        assertEquals(5, first.announcedOctets());
                    }
                },
                Kind.LISTING_FORM,
                Kind.SIZE);
    }

    @Test
    void a_message_without_a_unique_id_is_left_out() throws IOException {
        plays(
                "C: UIDL\nS: +OK\nS: 1\nS: 2 \\x20\nS: 3 c\nS: .\n",
                maildrop -> assertEquals(List.of(new UniqueIdListing(3, "c")), maildrop.uniqueIds()),
                Kind.NO_UNIQUE_ID);
        plays(
                "C: UIDL 4\nS: +OK 4\n",
                maildrop -> assertThrows(NotOfferedException.class, () -> maildrop.uniqueId(4)),
                Kind.NO_UNIQUE_ID);
    }

    @Test
    void the_number_may_be_missing_where_one_unique_id_was_asked_for() throws IOException {
        plays(
                "C: UIDL 4\nS: +OK abc\n",
                maildrop -> assertEquals(new UniqueIdListing(4, "abc"), maildrop.uniqueId(4)),
                Kind.LISTING_FORM);
    }

    @Test
    void the_unique_id_of_another_message_is_a_violation() throws IOException {
        try (Script script = Script.of(LOGIN + "C: UIDL 4\nS: +OK 5 abc\n");
                RemoteMaildrop maildrop = script.open()) {
            assertThrows(ProtocolViolationException.class, () -> maildrop.uniqueId(4));
        }
    }

    @Test
    void unique_ids_may_be_long_and_have_any_characters() throws IOException {
        String longOne = "x".repeat(2000);
        plays(
                "C: UIDL\nS: +OK\nS: 1 " + longOne
                        + "\nS: 2 a b\nS: 3 \\xE4\\x01\nS: .\nC: UIDL 3\nS: +OK 3 \\xE4\\x01\n",
                maildrop -> {
                    assertEquals(
                            List.of(longOne, "a b", "\u00e4\u0001"),
                            maildrop.uniqueIds().stream()
                                    .map(UniqueIdListing::uniqueId)
                                    .toList());
                    assertEquals("\u00e4\u0001", maildrop.uniqueId(3).uniqueId());
                },
                Kind.UNIQUE_ID_FORM);
    }

    @Test
    void a_unique_id_of_two_messages_is_told() throws IOException {
        plays(
                "C: UIDL\nS: +OK\nS: 1 a\nS: 2 a\nS: .\n",
                maildrop -> assertEquals(2, maildrop.uniqueIds().size()),
                Kind.UNIQUE_ID_TWICE);
    }

    @Test
    void uidl_is_tried_where_capa_hides_it() throws IOException {
        String login = LOGIN.replace("S: -ERR what?", "S: +OK\nS: USER\nS: .");
        playsAll(
                login + "C: UIDL\nS: +OK\nS: 1 a\nS: .\n",
                maildrop -> assertEquals(1, maildrop.uniqueIds().size()),
                Kind.UIDL_NOT_OFFERED);
        playsAll(login + "C: UIDL\nS: -ERR unknown command\nC: NOOP\nS: +OK\n", maildrop -> {
            NotOfferedException missing = assertThrows(NotOfferedException.class, maildrop::uniqueIds);
            assertTrue(missing.isSessionUsable());
            maildrop.noop();
        });
    }

    // ---- 10: TOP

    @Test
    void where_top_is_missing_the_whole_message_is_fetched_and_that_is_remembered() throws IOException {
        String message = "S: +OK\nS: Subject: hello\nS:\nS: body\nS: .\n";
        plays(
                "C: TOP 1 0\nS: -ERR unknown command\nC: RETR 1\n" + message + "C: RETR 2\n" + message,
                maildrop -> {
                    assertEquals(Optional.of("hello"), maildrop.headers(1).subject());
                    assertEquals(Optional.of("hello"), maildrop.headers(2).subject());
                },
                Kind.TOP_MISSING);
    }

    @Test
    void a_message_that_is_missing_does_not_speak_against_top() throws IOException {
        plays("""
                C: TOP 9 0
                S: -ERR no such message
                C: RETR 9
                S: -ERR no such message
                C: TOP 1 0
                S: +OK
                S: Subject: hello
                S:
                S: .
                """, maildrop -> {
            assertThrows(CommandRejectedException.class, () -> maildrop.headers(9));
            assertEquals(Optional.of("hello"), maildrop.headers(1).subject());
        });
    }

    @Test
    void a_second_status_line_before_the_header_is_no_field() throws IOException {
        plays(
                "C: TOP 1 0\nS: +OK\nS: +OK top: of message follows\nS: Subject: hello\nS:\nS: .\n",
                maildrop -> assertEquals(List.of("Subject"), maildrop.headers(1).names()),
                Kind.TOP_FORM);
    }

    @Test
    void a_header_may_lack_the_empty_line_behind_it() throws IOException {
        plays(
                "C: TOP 1 0\nS: +OK\nS: Subject: hello\nS: .\n",
                maildrop ->
                        assertEquals(Optional.of("hello"), maildrop.headers(1).subject()),
                Kind.TOP_FORM);
    }

    @Test
    void a_top_that_brings_more_or_less_than_it_should_is_read_to_its_end() throws IOException {
        plays("""
                C: TOP 1 0
                S: +OK
                S: Subject: hello
                S:
                S: a body that nobody wanted
                S: .
                C: TOP 1 1000
                S: +OK
                S: cut
                S: .
                C: RETR 1
                S: +OK
                S: cut
                S: not cut
                S: .
                """, maildrop -> {
            assertEquals(Optional.of("hello"), maildrop.headers(1).subject());
            assertEquals("cut\n", text(maildrop.top(1, 1000)));
            assertEquals("cut\nnot cut\n", text(maildrop.retrieve(1)));
        });
    }

    @Test
    void headers_by_top_and_by_retr_are_each_as_the_server_has_them() throws IOException {
        plays("C: TOP 1 0\nS: +OK\nS: Subject: a\nS:\nS: .\nC: RETR 1\nS: +OK\nS: Subject: b\nS:\nS: .\n", maildrop -> {
            assertEquals(Optional.of("a"), maildrop.headers(1).subject());
            assertEquals("Subject: b\n\n", text(maildrop.retrieve(1)));
        });
    }

    @Test
    void no_more_lines_are_asked_for_than_any_server_takes() throws IOException {
        plays(
                "C: TOP 1 99999999\nS: +OK\nS: a\nS: .\n",
                maildrop -> assertEquals("a\n", text(maildrop.top(1, Integer.MAX_VALUE))));
    }

    // ---- 11 and 12: what a session does to the next ones

    @Test
    void marks_can_be_taken_away_before_quit_where_retrieving_makes_some() throws IOException {
        plays("C: RETR 1\nS: +OK\nS: a\nS: .\nC: RSET\nS: +OK\nC: QUIT\nS: +OK\n", maildrop -> {
            assertEquals("a\n", text(maildrop.retrieve(1)));
            maildrop.reset();
            assertEquals(0, maildrop.quit().deletions());
        });
    }

    @Test
    void a_message_can_be_looked_at_by_top_where_retrieving_takes_it_for_read() throws IOException {
        plays(
                "C: TOP 1 99999999\nS: +OK\nS: whole\nS: .\n",
                maildrop -> assertEquals("whole\n", text(maildrop.top(1, Integer.MAX_VALUE))));
    }

    @Test
    void a_listing_shows_what_this_session_has_and_numbers_may_be_missing() throws IOException {
        plays("""
                C: LIST
                S: +OK
                S: 2 3
                S: 7 3
                S: .
                C: UIDL
                S: +OK
                S: 7 g
                S: .
                """, maildrop -> {
            assertEquals(List.of(new ScanListing(2, 3), new ScanListing(7, 3)), maildrop.list());
            assertEquals(List.of(new UniqueIdListing(7, "g")), maildrop.uniqueIds());
        });
    }

    // ---- 13 to 15: framing

    @Test
    void a_terminator_whose_last_octet_never_comes_is_waited_for_no_longer_than_for_any_answer() throws Exception {
        try (Peer peer = new Peer(socket -> {
            Transcript.parse(LOGIN + "C: RETR 1\nS: +OK\nS: a\nS: .\\r\\\n").playServer(socket, new Pace.Lines());
            Peer.awaitEnd(socket);
        })) {
            Pop3Client client = Pop3Client.builder("127.0.0.1")
                    .port(peer.port())
                    .tls(Tls.NONE)
                    .allowCleartextLogin()
                    .readTimeout(Duration.ofSeconds(2))
                    .build();
            try (RemoteMaildrop maildrop = client.open(MROSE)) {
                assertThrows(
                        Pop3TimeoutException.class, () -> maildrop.retrieve(1).readAllBytes());
            }
            peer.played();
        }
    }

    @Test
    void a_line_that_was_not_dot_stuffed_keeps_its_dot() throws IOException {
        plays(
                "C: RETR 1\nS: +OK\nS: .hidden\nS: ..two\nS: .\n",
                maildrop -> assertEquals(".hidden\n.two\n", text(maildrop.retrieve(1))));
    }

    @Test
    void a_bare_line_feed_and_a_dot_do_not_end_a_message() throws IOException {
        String conversation = LOGIN + "C: RETR 1\nS: +OK\nS: a\\n\\\nS: .\nS: +OK forged\nS: .\n";
        try (Script script = Script.of(conversation);
                RemoteMaildrop maildrop = script.open()) {
            assertEquals("a\n.\n+OK forged\n", text(maildrop.retrieve(1)));
        }
    }

    @Test
    void lenient_framing_takes_any_line_end() throws IOException {
        try (Script script = Script.of(LOGIN + "C: RETR 1\nS: +OK\nS: a\nS: .\\n\\\nC: NOOP\nS: +OK\n");
                RemoteMaildrop maildrop =
                        script.client().framing(DotFraming.LENIENT).build().open(MROSE)) {
            assertEquals("a\n", text(maildrop.retrieve(1)));
            maildrop.noop();
        }
    }

    @Test
    void a_message_that_ends_early_is_never_whole() throws IOException {
        for (String end : List.of("S: .\\r\\\nS closes", "S: .\\\nS closes", "S closes", "S: par\\\nS closes")) {
            try (Script script = Script.of(LOGIN + "C: RETR 1\nS: +OK\nS: a\n" + end + "\n");
                    RemoteMaildrop maildrop = script.open()) {
                MessageStream message = maildrop.retrieve(1);
                ConnectionLostException lost = assertThrows(ConnectionLostException.class, message::readAllBytes);
                assertEquals(Phase.TRANSACTION, lost.phase());
                message.close();
                assertThrows(ConnectionLostException.class, () -> maildrop.delete(1));
            }
        }
    }

    // ---- 17: an empty line

    @Test
    void an_empty_line_before_a_status_line_is_skipped() throws IOException {
        plays("C: DELE 1\nS:\nS: +OK\n", maildrop -> maildrop.delete(1), Kind.EMPTY_LINE);
    }

    @Test
    void a_connection_that_is_dropped_at_dele_has_deleted_nothing() throws IOException {
        try (Script script = Script.of(LOGIN + "C: RETR 1\nS: +OK\nS: a\nS: .\nC: DELE 1\nS closes\n");
                RemoteMaildrop maildrop = script.open()) {
            assertEquals("a\n", text(maildrop.retrieve(1)));
            assertTrue(assertThrows(ConnectionLostException.class, () -> maildrop.delete(1))
                    .isRetrySafe());
            assertThrows(ConnectionLostException.class, maildrop::quit);
        }
    }

    // ---- 18: errors in words

    @Test
    void a_limit_on_downloads_is_told_from_other_errors() throws IOException {
        plays(
                "C: RETR 1\nS: -ERR Download exceed\n",
                maildrop -> assertThrows(RateLimitedException.class, () -> maildrop.retrieve(1)),
                Kind.ERROR_WITHOUT_CODE);
    }

    @Test
    void login_errors_in_words_are_told_apart() throws IOException {
        assertTrue(refusal("-ERR unable to lock maildrop") instanceof MaildropInUseException);
        assertTrue(refusal("-ERR mailbox locked by another POP3 session") instanceof MaildropInUseException);
        assertTrue(refusal("-ERR Service unavailable, sorry") instanceof ServerTroubleException);
        assertTrue(refusal("-ERR invalid user or password") instanceof CredentialsRefusedException);
        assertTrue(refusal("-ERR this account is blocked") instanceof CredentialsRefusedException);
        assertTrue(refusal("-ERR [SYS/PERM] wait for the postmaster") instanceof ServerTroubleException);
        RateLimitedException often = (RateLimitedException) refusal("-ERR login allowed only every 15 minutes");
        assertEquals(Optional.of(Duration.ofMinutes(15)), often.retryAfter());
    }

    private static Pop3Exception refusal(String answer) throws IOException {
        String login = LOGIN.substring(0, LOGIN.indexOf("C: PASS"));
        try (Script script = Script.of(login + "C: PASS secret\nS: " + answer + "\n")) {
            Pop3Exception refusal = assertThrows(Pop3Exception.class, script::open);
            assertTrue(refusal.isSessionUsable());
            return refusal;
        }
    }

    @Test
    void stat_may_be_where_the_server_limits_the_rate() throws IOException {
        plays(
                "C: STAT\nS: -ERR login allowed only every 15 minutes\n",
                maildrop -> {
                    RateLimitedException often = assertThrows(RateLimitedException.class, maildrop::stat);
                    assertEquals(Optional.of(Duration.ofMinutes(15)), often.retryAfter());
                },
                Kind.ERROR_WITHOUT_CODE);
    }

    // ---- 19: hanging up

    @Test
    void hanging_up_at_the_password_reads_as_a_wrong_password() throws IOException {
        String login = LOGIN.substring(0, LOGIN.indexOf("C: PASS"));
        try (Script script = Script.of(login + "C: PASS secret\nS closes\n")) {
            CredentialsRefusedException refused = assertThrows(CredentialsRefusedException.class, script::open);
            assertFalse(refused.isSessionUsable());
            assertFalse(refused.isRetrySafe());
        }
        // That is no answer.
        try (Script script = Script.of(login + "C: PASS secret\nS cuts\n")) {
            ConnectionLostException lost = assertThrows(ConnectionLostException.class, script::open);
            assertEquals(Phase.AUTHORIZATION, lost.phase());
            assertTrue(lost.isRetrySafe());
        }
    }

    // ---- 20: sizes

    @Test
    void a_message_of_another_size_than_announced_is_whole_all_the_same() throws IOException {
        try (Script script = Script.of(LOGIN + "C: LIST\nS: +OK\nS: 1 3\nS: .\nC: RETR 1\nS: +OK\nS: abc\nS: .\n");
                RemoteMaildrop maildrop = script.open()) {
            maildrop.list();
            assertEquals("abc\n", text(maildrop.retrieve(1)));
            assertEquals(Set.of(Kind.SIZE), kinds(maildrop));
        }
    }

    // ---- beyond the list

    @Test
    void what_was_not_asked_for_is_a_violation() throws IOException {
        try (Script script = Script.of(LOGIN + "C: NOOP\nS: +OK\\r\\n+OK 5 octets\nC closes\n");
                RemoteMaildrop maildrop = script.open()) {
            maildrop.noop();
            assertThrows(ProtocolViolationException.class, () -> maildrop.delete(1));
        }
    }

    @Test
    void a_farewell_that_was_not_asked_for_is_the_end_of_the_session() throws IOException {
        try (Script script = Script.of(LOGIN + "C: NOOP\nS: +OK\\r\\n-ERR autologout; idle too long\nC closes\n");
                RemoteMaildrop maildrop = script.open()) {
            maildrop.noop();
            ConnectionLostException lost = assertThrows(ConnectionLostException.class, maildrop::stat);
            assertTrue(
                    lost.getMessage().endsWith("has ended the session: autologout; idle too long"), lost.getMessage());
        }
    }

    @Test
    void what_a_server_says_is_shown_escaped() throws IOException {
        try (Script script = Script.of(LOGIN + "C: DELE 1\nS: -ERR \\x1B[2J\\x07\n");
                RemoteMaildrop maildrop = script.open()) {
            CommandRejectedException rejected = assertThrows(CommandRejectedException.class, () -> maildrop.delete(1));
            assertTrue(rejected.getMessage().endsWith("rejected DELE 1: \\x1B[2J\\x07"), rejected.getMessage());
            assertEquals("\u001b[2J\u0007", rejected.text());
        }
    }

    @Test
    void endless_lines_and_listings_have_an_end() throws IOException {
        try (Script script = Script.of(LOGIN + "C: NOOP\nS: +OK " + "x".repeat(9000) + "\nC closes\n");
                RemoteMaildrop maildrop = script.open()) {
            assertThrows(ProtocolViolationException.class, maildrop::noop);
        }
        try (Script script = Script.of(LOGIN + "C: LIST\nS: +OK\n" + "S: 1 1\n".repeat(100) + "C closes\n");
                RemoteMaildrop maildrop = script.client()
                        .limits(ClientLimits.defaults().withListingEntries(50))
                        .build()
                        .open(MROSE)) {
            assertThrows(LimitExceededException.class, maildrop::list);
        }
        String longOne = "x".repeat(8000);
        try (Script script = Script.of(LOGIN + "C: UIDL\nS: +OK\n"
                        + IntStream.rangeClosed(1, 10)
                                .mapToObj(number -> "S: " + number + " " + longOne + "\n")
                                .collect(Collectors.joining())
                        + "C closes\n");
                RemoteMaildrop maildrop = script.client()
                        .limits(ClientLimits.defaults().withListingEntries(50))
                        .build()
                        .open(MROSE)) {
            assertThrows(LimitExceededException.class, maildrop::uniqueIds);
        }
    }

    @Test
    void a_greeting_that_refuses_is_trouble_of_the_server() throws IOException {
        try (Script script = Script.of("S: -ERR too many connections\n")) {
            ServerTroubleException trouble = assertThrows(ServerTroubleException.class, script::open);
            assertTrue(trouble.isTemporary());
            assertFalse(trouble.isSessionUsable());
        }
        try (Script script = Script.of("S: 220 mail.example.org ESMTP\n")) {
            assertThrows(ProtocolViolationException.class, script::open);
        }
    }

    @Test
    void deviations_are_told_to_the_listener() throws IOException {
        List<String> told = new ArrayList<>();
        try (Script script = Script.of(LOGIN + "C: UIDL\nS: +OK\nS: 1 a\\x1Bb\nS: .\n");
                RemoteMaildrop maildrop = script.client()
                        .listener(new ClientListener() {
                            @Override
                            public void deviated(String server, Deviation deviation) {
                                told.add(deviation.toString());
                            }
                        })
                        .build()
                        .open(MROSE)) {
            maildrop.uniqueIds();
        }
        assertEquals(List.of("a unique-id in an unusual form: a\\x1Bb"), told);
    }

    @Test
    void capabilities_that_appear_with_the_login_are_used() throws IOException {
        try (Script script = Script.of(FULL_LOGIN);
                RemoteMaildrop maildrop = script.open()) {
            assertTrue(maildrop.capabilities().has("PIPELINING"));
        }
    }
}
