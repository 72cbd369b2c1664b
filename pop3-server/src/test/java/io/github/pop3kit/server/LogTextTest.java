package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LogTextTest {

    @Test
    void what_a_terminal_or_a_reader_of_logs_might_obey_is_escaped() {
        assertEquals("\\u000D\\u000A\\u0000\\u001B[2J", LogText.of("\r\n\0\33[2J"));
        assertEquals("\\u007F\\u0085\\u009B", LogText.of("\u007F\u0085\u009B"));
        assertEquals("\\u2028\\u2029\\u202E\\uFEFF", LogText.of("\u2028\u2029\u202E\uFEFF"));
        assertEquals("\\u003Ca\\u003E\\u005Cu0041", LogText.of("<a>\\u0041"));
        assertEquals("${jndi:ldap://x} %s {}", LogText.of("${jndi:ldap://x} %s {}"));
        assertEquals("j\u00FCrgen@example.org", LogText.of("j\u00FCrgen@example.org"));
    }

    @Test
    void no_field_is_longer_than_256_characters() {
        assertEquals("x".repeat(256), LogText.of("x".repeat(1000)));
        assertEquals(255, LogText.of("x".repeat(255) + "\7").length());
        assertEquals(252, LogText.of("\7".repeat(1000)).length());
    }
}
