package io.github.pop3kit.client;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the date-time of RFC 5322 section 3.3 with the obsolete forms of section 4.3. A day of the week is not checked, a leap
 * second is the one before it, a zone that is unknown or missing is UTC, and what follows the zone does not matter.
 */
final class HeaderDate {

    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");

    private final String text;
    private int at;

    private HeaderDate(String text) {
        this.text = text;
    }

    /** The date in an unfolded field body, if that is one. */
    static Optional<OffsetDateTime> parse(String text) {
        try {
            return Optional.of(new HeaderDate(text).date());
        } catch (DateTimeException notDate) {
            return Optional.empty();
        }
    }

    private OffsetDateTime date() {
        word();
        accept(',');
        int day = number(1, 2);
        int month = 1 + MONTHS.indexOf(word());
        int year = year();
        int hour = number(1, 2);
        if (!accept(':')) throw notDate();
        int minute = number(2, 2);
        int second = accept(':') ? number(2, 2) : 0;
        return OffsetDateTime.of(year, month, day, hour, minute, second == 60 ? 59 : second, 0, zone());
    }

    private int year() {
        skipComments();
        int start = at;
        int year = number(2, 4);
        if (at - start == 4) return year;
        return year < 50 && at - start == 2 ? 2000 + year : 1900 + year;
    }

    private ZoneOffset zone() {
        String name = word();
        boolean east = accept('+');
        if (east || accept('-')) {
            int offset = east ? number(4, 4) : -number(4, 4);
            return ZoneOffset.ofHoursMinutes(offset / 100, offset % 100);
        }
        return switch (name) {
            case "EDT" -> ZoneOffset.ofHours(-4);
            case "EST", "CDT" -> ZoneOffset.ofHours(-5);
            case "CST", "MDT" -> ZoneOffset.ofHours(-6);
            case "MST", "PDT" -> ZoneOffset.ofHours(-7);
            case "PST" -> ZoneOffset.ofHours(-8);
            default -> ZoneOffset.UTC; // As RFC 5322 has it for military zones and unknown names, too.
        };
    }

    /** The letters that come next, in upper case; perhaps none. */
    private String word() {
        skipComments();
        int start = at;
        while (at < text.length() && isLetter(text.charAt(at))) at++;
        return text.substring(start, at).toUpperCase(Locale.ROOT);
    }

    private static boolean isLetter(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    private int number(int leastDigits, int mostDigits) {
        skipComments();
        int start = at;
        int number = 0;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            if (at - start == mostDigits) throw notDate();
            number = 10 * number + text.charAt(at++) - '0';
        }
        if (at - start < leastDigits) throw notDate();
        return number;
    }

    private boolean accept(char expected) {
        skipComments();
        boolean there = at < text.length() && text.charAt(at) == expected;
        if (there) at++;
        return there;
    }

    /** Passes blanks and comments, which nest; one that is not closed reaches to the end. */
    private void skipComments() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '(') {
                depth++;
            } else if (c == ')' && depth > 0) {
                depth--;
            } else if (c == '\\' && depth > 0) {
                at++;
            } else if (depth == 0 && c != ' ' && c != '\t') {
                break;
            }
            at++;
        }
        at = Math.min(at, text.length());
    }

    private static DateTimeException notDate() {
        return new DateTimeException("not a date");
    }
}
