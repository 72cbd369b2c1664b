package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageHeadersTest {

    private static final int MIB = 1 << 20;

    @Test
    void a_lister_reads_subject_from_date_and_message_id() {
        MessageHeaders headers = parse("""
                Received: from a.example by b.example; Tue, 1 Jul 2003 10:52:40 +0200
                Received: from c.example by a.example; Tue, 1 Jul 2003 10:52:38 +0200
                From: =?iso-8859-1?Q?J=F8rn?= <joern@example.org>
                Date: Tue, 1 Jul 2003 10:52:37 +0200
                Message-ID: <5678.21-Nov-1997@example.com>
                Subject: =?utf-8?B?R3LDvMOfZQ==?= from
                  Bergen

                Subject: not this one
                """);
        assertEquals(Optional.of("Jørn <joern@example.org>"), headers.from());
        assertEquals(Optional.of("Grüße from  Bergen"), headers.subject());
        assertEquals(Optional.of(OffsetDateTime.parse("2003-07-01T10:52:37+02:00")), headers.date());
        assertEquals(Optional.of("<5678.21-Nov-1997@example.com>"), headers.messageId());
        assertEquals(List.of("Received", "Received", "From", "Date", "Message-ID", "Subject"), headers.names());
        assertEquals(2, headers.all("received").size());
        assertFalse(headers.truncated());
    }

    @Test
    void what_is_not_there_is_empty() {
        MessageHeaders headers = parse("");
        assertEquals(Optional.empty(), headers.subject());
        assertEquals(Optional.empty(), headers.from());
        assertEquals(Optional.empty(), headers.date());
        assertEquals(Optional.empty(), headers.messageId());
        assertEquals(Optional.empty(), headers.raw("Subject"));
        assertEquals(List.of(), headers.all("Subject"));
        assertEquals(List.of(), headers.names());
        assertEquals(Optional.of(""), parse("Subject: \r\n").subject());
    }

    @Test
    void the_first_field_of_a_name_counts_in_either_letter_case() {
        MessageHeaders headers = parse("SUBJECT: one\nsubject: two\nX-Subject: three\nSubject: =?utf-8?q?f=6Fur?=\n");
        assertEquals(Optional.of("one"), headers.first("Subject"));
        assertEquals(List.of("one", "two", "four"), headers.all("sUbJeCt"));
        assertEquals(List.of("SUBJECT", "subject", "X-Subject", "Subject"), headers.names());
    }

    @Test
    void raw_is_unfolded_and_nothing_more() {
        MessageHeaders headers = parse("Subject:\t =?utf-8?q?a?=\r\n\t =?utf-8?q?b?= \u00FC\0\u001B \r\n");
        assertEquals(Optional.of("=?utf-8?q?a?=\t =?utf-8?q?b?= \u00FC\0\u001B"), headers.raw("subject"));
        assertEquals(Optional.of("ab ü  "), headers.first("subject"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n", "\r\r\n"})
    void lines_end_in_lf_with_or_without_cr(String lineEnd) {
        MessageHeaders headers =
                parse("A: one\n two\n\t=?utf-8?q?three?=\n \t\nB: four\n\nC: body\n".replace("\n", lineEnd));
        assertEquals(Optional.of("one two three"), headers.first("A"));
        assertEquals(Optional.of("four"), headers.first("B"));
        assertEquals(List.of("A", "B"), headers.names());
    }

    @Test
    void a_cr_elsewhere_is_a_blank() {
        MessageHeaders headers = parse("A: one\rB: two\r \r three\r\n\r");
        assertEquals(List.of("A"), headers.names());
        assertEquals(Optional.of("one B: two    three"), headers.raw("A"));
        assertEquals(
                Optional.of("ab"), parse("A: =?utf-8?q?a?=\r =?utf-8?q?b?=\n").first("A"));
    }

    @Test
    void a_character_may_be_split_where_a_subject_is_folded() {
        assertEquals(
                Optional.of("grün"),
                parse("Subject: =?utf-8?Q?gr=C3?=\r\n =?utf-8?Q?=BCn?=\r\n").subject());
        assertEquals(
                Optional.of("会議"),
                parse("Subject: =?ISO-2022-JP?B?GyRCMnE=?=\r\n\t=?ISO-2022-JP?B?NUQbKEI=?=\r\n")
                        .subject());
    }

    @Test
    void a_line_that_is_no_field_is_skipped_with_its_continuation() {
        MessageHeaders headers = parse("""
                From mrose@dbc.mtview.ca.us Thu Nov 26 10:11:12 1988
                >From mrose@dbc.mtview.ca.us Thu Nov 26 10:11:12 1988
                A: one
                no field
                  at: all
                two words: no
                : no name
                n\u00E4me: no
                B: two
                C:three
                """);
        assertEquals(List.of("A", "B", "C"), headers.names());
        assertEquals(Optional.of("one"), headers.first("A"));
        assertEquals(Optional.of("three"), headers.first("C"));
        assertEquals(List.of("B"), parse(" A: continues nothing\nB: two\n").names());
    }

    @Test
    void blanks_may_stand_before_the_colon() {
        MessageHeaders headers = parse("From : mrose@dbc.mtview.ca.us\nSubject \t : hello\n");
        assertEquals(Optional.of("mrose@dbc.mtview.ca.us"), headers.from());
        assertEquals(Optional.of("hello"), headers.subject());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    <a@b>                              | <a@b>
                    <a@b> (added by postmaster@b)      | <a@b>
                    (x) <=?utf-8?q?a?=@b>              | <=?utf-8?q?a?=@b>
                    a@b                                | a@b
                    >a@b<                              | >a@b<
                    <a@b                               | <a@b
                    """)
    void a_message_id_goes_from_bracket_to_bracket_and_is_not_decoded(String body, String id) {
        assertEquals(Optional.of(id), parse("Message-ID:\r\n " + body + "\r\n").messageId());
    }

    @Test
    void a_message_id_is_safe_to_print_and_not_empty() {
        assertEquals(
                Optional.of("<a [2J@b>"), parse("Message-ID: <a\u001B[2J@b>\n").messageId());
        assertEquals(Optional.empty(), parse("Message-ID:\n").messageId());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Fri, 21 Nov 1997 09:55:06 -0600         | 1997-11-21T09:55:06-06:00
                    Tue, 1 Jul 2003 10:52:37 +0200          | 2003-07-01T10:52:37+02:00
                    Thu, 13 Feb 1969 23:32 -0330            | 1969-02-13T23:32:00-03:30
                    Thu,      13        Feb    1969      23:32               -0330 (Newfoundland Time) | 1969-02-13T23:32:00-03:30
                    21 Nov 97 09:55:06 GMT                  | 1997-11-21T09:55:06Z
                    Fri, 21 Nov 1997 09(comment):   55  :  06 -0600 | 1997-11-21T09:55:06-06:00
                    (a (nested \\) one)) Fri (x) , 21 Nov 1997 09:55 (y) +0000 | 1997-11-21T09:55Z
                    Fri,21Nov1997 09:55:06+0530             | 1997-11-21T09:55:06+05:30
                    fri 21 NOV 1997 9:55:06 -0000           | 1997-11-21T09:55:06Z
                    1 Jan 00 00:00 UT                       | 2000-01-01T00:00Z
                    1 Jan 49 00:00 Z                        | 2049-01-01T00:00Z
                    1 Jan 50 00:00 A                        | 1950-01-01T00:00Z
                    1 Jan 049 00:00 Z                       | 1949-01-01T00:00Z
                    1 Jan 105 00:00 m                       | 2005-01-01T00:00Z
                    29 Feb 2024 23:59:60 +0000              | 2024-02-29T23:59:59Z
                    1 Jan 2026 12:00:00 EST                 | 2026-01-01T12:00-05:00
                    1 Jan 2026 12:00:00 EDT                 | 2026-01-01T12:00-04:00
                    1 Jan 2026 12:00:00 CST                 | 2026-01-01T12:00-06:00
                    1 Jan 2026 12:00:00 CDT                 | 2026-01-01T12:00-05:00
                    1 Jan 2026 12:00:00 MST                 | 2026-01-01T12:00-07:00
                    1 Jan 2026 12:00:00 MDT                 | 2026-01-01T12:00-06:00
                    1 Jan 2026 12:00:00 PST                 | 2026-01-01T12:00-08:00
                    1 Jan 2026 12:00:00 pdt                 | 2026-01-01T12:00-07:00
                    1 Jan 2026 12:00:00 CEST                | 2026-01-01T12:00Z
                    1 Jan 2026 12:00:00                     | 2026-01-01T12:00Z
                    1 Jan 2026 12:00:00 (no zone            | 2026-01-01T12:00Z
                    1 Jan 2026 12:00:00 GMT+0100            | 2026-01-01T12:00+01:00
                    1 Jan 2026 12:00:00 +0100 CET           | 2026-01-01T12:00+01:00
                    1 Jan 2026 12:00:00 +1800               | 2026-01-01T12:00+18:00
                    """)
    void a_date_may_have_any_form_of_rfc_5322(String body, OffsetDateTime date) {
        assertEquals(Optional.of(date), parse("Date: " + body + "\r\n").date());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "Fri, 21 Nov 1997",
                "31 Feb 2026 12:00:00 +0000",
                "0 Jan 2026 12:00:00 +0000",
                "1 Foo 2026 12:00:00 +0000",
                "1 Jan 2026 24:00:00 +0000",
                "1 Jan 2026 12:60:00 +0000",
                "1 Jan 2026 12:00:61 +0000",
                "1 Jan 2026 12:00: +0000",
                "1 Jan 2026 12 +0000",
                "1 Jan 2026 12:00:00 +000",
                "1 Jan 2026 12:00:00 +00000",
                "1 Jan 2026 12:00:00 +0160",
                "1 Jan 2026 12:00:00 +1801",
                "1 Jan 2026 12:00:00 -9959",
                "1 Jan 99999999999999999999 12:00:00 +0000",
                "111 Jan 2026 12:00:00 +0000",
                "1 Jan 6 12:00:00 +0000",
                "(1 Jan 2026 12:00:00 +0000",
                "(1 Jan 2026 12:00:00 +0000\\",
                "\u00B2 Jan 2026 12:00:00 +0000",
                "2026-01-01T12:00:00Z"
            })
    void a_date_that_cannot_be_read_is_empty(String body) {
        assertEquals(Optional.empty(), parse("Date: " + body + "\r\n").date());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n", "\r\r\n"})
    void reading_stops_behind_the_empty_line(String lineEnd) throws IOException {
        String header = "A: one" + lineEnd + "B: two" + lineEnd;
        InputStream in = stream(header + lineEnd + "body" + lineEnd);
        MessageHeaders headers = MessageHeaders.read(in, 1_000);
        assertEquals(List.of("A", "B"), headers.names());
        assertFalse(headers.truncated());
        assertEquals("body" + lineEnd, rest(in));
    }

    @Test
    void reading_stops_at_the_end_of_a_stream_without_empty_line() throws IOException {
        MessageHeaders headers = MessageHeaders.read(stream("A: one\r\nB: two"), 1_000);
        assertEquals(Optional.of("two"), headers.first("B"));
        assertFalse(headers.truncated());
        assertEquals(
                List.of(), MessageHeaders.read(stream("\r\nA: body\r\n"), 1_000).names());
    }

    @Test
    void only_fields_wholly_within_the_limit_are_kept() throws IOException {
        String header = "A: one\r\nB: two\r\n three\r\nC: four\r\n";
        for (int limit = 0; limit < header.length() + 5; limit++) {
            InputStream in = stream(header + "\r\nbody");
            MessageHeaders headers = MessageHeaders.read(in, limit);
            // Whether a line end is within the limit does not matter.
            boolean a = limit >= header.indexOf("\r\nB:");
            boolean b = limit >= header.indexOf("\r\nC:");
            boolean c = limit >= header.length() - 2;
            assertEquals(
                    c ? List.of("A", "B", "C") : b ? List.of("A", "B") : a ? List.of("A") : List.of(), headers.names());
            assertEquals(!c, headers.truncated());
            if (a) assertEquals(Optional.of("one"), headers.first("A"));
            if (b) assertEquals(Optional.of("two three"), headers.first("B"));
            assertEquals("body", rest(in), "the header is read to its end");
        }
    }

    @Test
    void no_more_is_kept_of_an_endless_field_than_the_limit() throws IOException {
        InputStream in = stream("A: one\r\nB: " + "x".repeat(MIB) + "\r\nC: three\r\n\r\nbody");
        MessageHeaders headers = MessageHeaders.read(in, 100);
        assertEquals(List.of("A"), headers.names());
        assertTrue(headers.truncated());
        assertEquals("body", rest(in));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a:\n",
                " \n",
                "a:\n b\n",
                "\r",
                "\r ",
                ":",
                "(",
                "\\",
                "(\\",
                "=?",
                "Date:(\n ",
                "Date: 1 Jan ("
            })
    void a_mebibyte_of_anything_is_read(String fragment) {
        int times = MIB / fragment.length();
        MessageHeaders headers = parse("X:" + fragment.repeat(times) + "x\nSubject: end\n");
        assertEquals(Optional.of("end"), headers.subject());
        MessageHeaders date = parse("Date: 1 Jan " + fragment.replace("\n", "").repeat(times) + "\nSubject: end\n");
        assertEquals(Optional.of("end"), date.subject());
        assertEquals(Optional.empty(), date.date());
    }

    @Test
    void no_octets_are_refused_and_every_text_is_safe_to_print() throws IOException {
        String[] fragments = {
            "Subject",
            "From",
            "Date",
            "Message-ID",
            ":",
            " ",
            "\t",
            "\r",
            "\n",
            "\r\n",
            "\r\n ",
            "=?utf-8?Q?",
            "=?iso-2022-jp?B?",
            "GyRC",
            "?=",
            "=1B=5B",
            "<",
            ">",
            "(",
            ")",
            "1 Jan 26 12:00",
            "-0",
            "\u00C2\u009B",
            "\u00E2\u0080\u00AE",
            "\u0000"
        };
        Random random = new Random(5322);
        int found = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder octets = new StringBuilder("Subject:");
            for (int length = random.nextInt(40); length > 0; length--) {
                octets.append(
                        random.nextInt(6) == 0
                                ? String.valueOf((char) random.nextInt(256))
                                : fragments[random.nextInt(fragments.length)]);
            }
            MessageHeaders headers = parse(octets.toString());
            for (String name : headers.names()) {
                EncodedWordsTest.assertPrintable(name);
                assertEquals(
                        headers.first(name),
                        headers.all(name.toUpperCase(Locale.ROOT)).stream().findFirst());
                for (String text : headers.all(name)) EncodedWordsTest.assertPrintable(text);
                found++;
            }
            headers.messageId().ifPresent(EncodedWordsTest::assertPrintable);
            headers.date().ifPresent(date -> assertTrue(date.getYear() <= 9999));

            MessageHeaders read = MessageHeaders.read(stream(octets.toString()), octets.length());
            assertEquals(headers.names(), read.names());
            assertFalse(read.truncated());
        }
        assertTrue(found > 20_000, "fields were found");
    }

    private static MessageHeaders parse(String octets) {
        return MessageHeaders.parse(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static InputStream stream(String octets) {
        return new ByteArrayInputStream(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String rest(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
