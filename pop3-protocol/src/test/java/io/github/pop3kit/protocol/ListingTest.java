package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {

    @ParameterizedTest
    @CsvSource({
        "1 120, 1, 120",
        "0 0, 0, 0",
        "999999999 1, 999999999, 1",
        "2 4294967296, 2, 4294967296",
        "2 999999999999999999, 2, 999999999999999999",
        "3 1 octets, 3, 1",
        "3 1 ., 3, 1",
        "'3 1 ', 3, 1"
    })
    void a_listing_is_two_numbers_and_whatever_a_server_thinks_fit_behind_them(String line, int number, long octets) {
        assertEquals(Optional.of(new ScanListing(number, octets)), ScanListing.parse(line));
        assertEquals(Optional.of(new DropListing(number, octets)), DropListing.parse(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "1 ",
                " 1 2",
                "1  2",
                "-1 2",
                "1 -2",
                "+1 2",
                "1 +2",
                "one two",
                "1000000000 1",
                "4294967297 1",
                "1 1000000000000000000",
                "1 9223372036854775808",
                "1 99999999999999999999",
                "1\t2",
                "1,2",
                "1 2x",
                "\u0661 2",
                "1 \u00b2"
            })
    void nothing_else_is_a_listing(String line) {
        assertEquals(Optional.empty(), ScanListing.parse(line));
        assertEquals(Optional.empty(), DropListing.parse(line));
    }

    @ParameterizedTest
    @CsvSource({
        "1 whqtswO00WBw418f9t5JxYwZ, 1, whqtswO00WBw418f9t5JxYwZ",
        "2 1, 2, 1",
        "3 a b, 3, a b",
        "4 \u00e9, 4, \u00e9"
    })
    void a_unique_id_is_everything_behind_the_blank(String line, int number, String uniqueId) {
        assertEquals(Optional.of(new UniqueIdListing(number, uniqueId)), UniqueIdListing.parse(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1", "1 ", " 1 a", "a 1", "-1 a", "1000000000 a", "whqtswO00WBw418f9t5JxYwZ"})
    void a_line_without_a_number_or_without_a_unique_id_is_none(String line) {
        assertEquals(Optional.empty(), UniqueIdListing.parse(line));
    }

    @Test
    void a_listing_prints_the_line_that_it_is_read_from() {
        assertEquals("1 4294967296", new ScanListing(1, 4_294_967_296L).toString());
        assertEquals("2 320", new DropListing(2, 320).toString());
        assertEquals("1 abc", new UniqueIdListing(1, "abc").toString());
    }
}
