package io.github.pop3kit.store.maildir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaildirNameTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                // Postfix
                "new/1791234567.V801I2a3bM123456.mail.example.org 1791234567.V801I2a3bM123456.mail.example.org",
                // Exim
                "cur/1791234567.H5791P864.mail:2,S 1791234567.H5791P864.mail",
                // Dovecot
                "cur/1791234567.M20046P2137.mail,S=4542,W=4642:2,Sa 1791234567.M20046P2137.mail",
                "cur/1791234567.M20046P2137.mail,W=4642,S=4542:2,RS 1791234567.M20046P2137.mail",
                // Courier
                "cur/1791234567.M20046P2137V0000000000000801I0002A3B4_0.mail,S=4542:2,S"
                        + " 1791234567.M20046P2137V0000000000000801I0002A3B4_0.mail",
                // a host name with a colon and a slash in it, as the specification writes them
                "new/1791234567.864.mail\\057b\\072c 1791234567.864.mail\\057b\\072c",
                // Nobody's
                "new/hello hello",
                "new/S=5 S=5",
                "new/1,S= 1,S=",
                "new/1,S=4,x 1,S=4,x",
                "new/1,U=4,FMD5=7e33429f656f1e6e9d79b29c3f82c57e:2, 1,U=4,FMD5=7e33429f656f1e6e9d79b29c3f82c57e",
            })
    void the_unique_id_is_the_name_without_sizes_and_flags(String place, String uniqueId) {
        assertEquals(uniqueId, MaildirName.uniqueId(place));
    }

    @Test
    void a_name_that_cannot_be_a_unique_id_gives_a_hash_that_flags_and_folder_do_not_change() {
        for (String odd : List.of("", "a\nb", "a b", "\u00E4", "\u0001", "x".repeat(71), "x".repeat(255))) {
            String uniqueId = MaildirName.uniqueId("new/" + odd);
            assertTrue(uniqueId.matches("h:[0-9a-f]{64}"), uniqueId);
            assertEquals(uniqueId, MaildirName.uniqueId("cur/" + odd + ",S=5:2,RS"));
            assertNotEquals(uniqueId, MaildirName.uniqueId("cur/" + odd + "!"));
        }
        assertEquals("x".repeat(70), MaildirName.uniqueId("new/" + "x".repeat(70)));
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
        shuffled.sort(MaildirName.ORDER);
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
                int ab = Integer.signum(MaildirName.ORDER.compare(a, b));
                assertEquals(-ab, Integer.signum(MaildirName.ORDER.compare(b, a)));
                assertEquals(ab == 0, MaildirName.base(a).equals(MaildirName.base(b)));
                for (String c : names) {
                    if (ab <= 0 && MaildirName.ORDER.compare(b, c) <= 0) {
                        assertTrue(MaildirName.ORDER.compare(a, c) <= 0, () -> String.join(" ", a, b, c));
                    }
                }
            }
        }
    }

    @Test
    void an_unused_name_has_the_form_that_the_specification_gives() {
        String name = MaildirName.unused();
        String pid = Long.toString(ProcessHandle.current().pid());
        assertTrue(name.matches("[0-9]{10}\\.M[0-9]{1,6}P" + pid + "Q[0-9]+\\.[A-Za-z0-9._\\\\-]+"), name);
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
