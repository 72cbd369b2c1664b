package io.github.pop3kit.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {

    private final Capabilities capabilities = Capabilities.parse(List.of("""
            TOP
            uidl
            SASL PLAIN SCRAM-SHA-256
            EXPIRE 60 USER
            LOGIN-DELAY  900

            \s
            X-Moon Full
            IMPLEMENTATION Shlemazle-Plotz-v302
            """.split("\n")));

    @Test
    void a_capability_is_a_name_and_its_arguments_as_they_came() {
        assertEquals(Optional.of(Capability.of("EXPIRE", "60", "USER")), capabilities.find("EXPIRE"));
        assertEquals(List.of("Shlemazle-Plotz-v302"), find("IMPLEMENTATION").arguments());
    }

    @Test
    void a_name_counts_in_either_letter_case() {
        assertTrue(capabilities.has("UIDL"));
        assertTrue(capabilities.has("top"));
        assertEquals("UIDL", find("uidl").name());
        assertFalse(capabilities.has("STLS"));
        assertFalse(capabilities.has(""));
    }

    @Test
    void an_argument_counts_in_either_letter_case() {
        assertTrue(capabilities.has("SASL", "plain"));
        assertTrue(capabilities.has("sasl", "SCRAM-SHA-256"));
        assertFalse(capabilities.has("SASL", "SCRAM-SHA-1"));
        assertFalse(capabilities.has("STLS", "PLAIN"));
    }

    @Test
    void several_blanks_count_as_one_and_a_blank_line_is_none() {
        assertEquals(Optional.of(Capability.of("LOGIN-DELAY", "900")), capabilities.find("LOGIN-DELAY"));
        assertEquals(7, capabilities.all().size());
    }

    @Test
    void what_nobody_knows_is_kept_in_its_place() {
        assertEquals(Capability.of("X-MOON", "Full"), capabilities.all().get(5));
    }

    @Test
    void a_capability_prints_the_line_that_it_is_read_from() {
        for (Capability capability : capabilities.all()) {
            assertEquals(capability, Capability.parse(capability.toString()));
        }
        assertEquals("SASL PLAIN SCRAM-SHA-256", find("SASL").toString());
        assertEquals("TOP", Capability.of("top").toString());
    }

    private Capability find(String name) {
        return capabilities.find(name).orElseThrow();
    }
}
