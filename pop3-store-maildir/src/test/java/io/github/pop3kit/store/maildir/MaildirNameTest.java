package io.github.pop3kit.store.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaildirNameTest {

    private static final Comparator<String> ORDER = Comparator.comparing(MaildirName.Arrival::of);

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "1791234567.V801I2a3bM123456.mail.example.org -1 -1",
                "1791234567.M20046P2137.mail,S=4542,W=4642 4542 4642",
                "1791234567.M20046P2137.mail,W=4642,S=4542 4542 4642",
                "1,S= -1 -1",
                "1,S=4,x 4 -1",
                "1,S=4x -1 -1",
                "1,S=-4 -1 -1",
                "1,W=00000000000000000000004 -1 -1",
                "1,U=4,FMD5=7e33429f656f1e6e9d79b29c3f82c57e -1 -1",
            })
    void sizes_stand_in_fields_of_the_base(String base, long size, long octets) {
        assertEquals(size, MaildirName.size(base, 'S'));
        assertEquals(octets, MaildirName.size(base, 'W'));
    }

    @Test
    void the_base_is_the_name_up_to_its_flags() {
        assertEquals("1.a,S=5", MaildirName.base("cur/1.a,S=5:2,S"));
        assertEquals("1.a,S=5", MaildirName.base("new/1.a,S=5"));
        assertEquals(":2,S", MaildirName.flags("cur/1.a,S=5:2,S"));
        assertEquals("", MaildirName.flags("new/1.a,S=5"));
    }

    @Test
    void what_cannot_be_a_unique_id_gives_a_hash() {
        for (String odd : List.of("", "a\nb", "a b", "\u00E4", "\u0001", "x".repeat(71), "x".repeat(255))) {
            String uniqueId = MaildirName.asUniqueId(odd);
            assertTrue(uniqueId.matches("h:[0-9a-f]{64}"), uniqueId);
            assertNotEquals(uniqueId, MaildirName.asUniqueId(odd + "!"));
        }
        assertEquals("x".repeat(70), MaildirName.asUniqueId("x".repeat(70)));
    }

    @Test
    void the_order_is_by_seconds_then_microseconds_then_octets() {
        List<String> ordered = List.of(
                "new/hello",
                "cur/999999999.x:2,S",
                "new/1000000000.A",
                "cur/1000000000.M9P9.b:2,S",
                "new/1000000000.M10P1.b,S=1",
                "cur/1000000000.M10P1.c,S=1:2,",
                "new/1000000000.M200000P1.a",
                "cur/1000000000.Postfix:2,S",
                "new/1000000001.M1P1.a",
                "new/99999999999999999999999.a");
        List<String> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(1939));
        shuffled.sort(ORDER);
        assertEquals(ordered, shuffled);
    }

    @Test
    void the_order_of_any_three_names_is_without_contradiction() {
        Random random = new Random(1939);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            StringBuilder name = new StringBuilder("new/");
            int length = random.nextInt(7);
            while (name.length() < 4 + length) name.append("019.MP:,S=/".charAt(random.nextInt(10)));
            names.add(name.toString());
        }
        for (String a : names) {
            for (String b : names) {
                int ab = Integer.signum(ORDER.compare(a, b));
                assertEquals(-ab, Integer.signum(ORDER.compare(b, a)));
                assertEquals(ab == 0, MaildirName.base(a).equals(MaildirName.base(b)));
                for (String c : names) {
                    if (ab <= 0 && ORDER.compare(b, c) <= 0) {
                        assertTrue(ORDER.compare(a, c) <= 0, () -> String.join(" ", a, b, c));
                    }
                }
            }
        }
    }

    @Test
    void an_unused_name_has_the_form_that_the_specification_gives() {
        String name = MaildirName.unused();
        String pid = Long.toString(ProcessHandle.current().pid());
        assertTrue(name.matches("[0-9]{10}\\.M[0-9]{1,6}P" + pid + "Q[0-9]+R[0-9a-f]{8}\\.[A-Za-z0-9._\\\\-]+"), name);
        assertNotEquals(name, MaildirName.unused());
    }

    @Test
    void a_host_name_does_not_end_the_base() {
        assertEquals("mail.example-1.org", MaildirName.inName("mail.example-1.org"));
        assertEquals("a\\057b\\072c\\054d\\040e", MaildirName.inName("a/b:c,d e"));
    }

    @Test
    void what_is_printed_stays_on_its_line() {
        assertEquals(
                "a\\u000Ab\\u001B[31m\\u0085\\u2028\\u202Eü\\u005C",
                MaildirName.printable("a\nb\u001B[31m\u0085\u2028\u202Eü\\"));
    }
}
