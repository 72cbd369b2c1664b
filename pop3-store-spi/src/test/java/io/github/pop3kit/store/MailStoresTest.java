package io.github.pop3kit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.memory.MemoryMailStore;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MailStoresTest {

    @Test
    void a_store_is_chosen_by_its_scheme() throws Exception {
        assertInstanceOf(MemoryMailStore.class, MailStores.create("memory:", Map.of()));
    }

    @Test
    void a_scheme_may_be_written_in_upper_case() throws Exception {
        assertInstanceOf(MemoryMailStore.class, MailStores.create("MEMORY:", Map.of()));
    }

    @Test
    void an_unknown_scheme_is_answered_with_those_found_and_the_jar_that_may_be_missing() {
        assertEquals(
                "No mail store for \"mbox:/var/mail\"; found [memory]. "
                        + "Is pop3-store-mbox on the class path or the module path?",
                refused("mbox:/var/mail", Map.of()));
    }

    @Test
    void a_location_needs_a_scheme() {
        assertTrue(refused("/var/mail", Map.of()).endsWith("\"/var/mail\" has no scheme"));
        assertTrue(refused(":/var/mail", Map.of()).endsWith("\":/var/mail\" has no scheme"));
        assertTrue(refused("", Map.of()).endsWith("\"\" has no scheme"));
    }

    @Test
    void a_provider_refuses_what_it_does_not_understand() {
        assertEquals(
                "A store in memory has no place and no options; write memory: alone", refused("memory:here", Map.of()));
        assertEquals(
                "A store in memory has no place and no options; write memory: alone",
                refused("memory:", Map.of("fast", "yes")));
    }

    @Test
    void providers_are_found_without_a_context_class_loader() throws Exception {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(null);
        try {
            assertInstanceOf(MemoryMailStore.class, MailStores.create("memory:", Map.of()));
        } finally {
            Thread.currentThread().setContextClassLoader(context);
        }
    }

    private static String refused(String location, Map<String, String> options) {
        return assertThrows(IllegalArgumentException.class, () -> MailStores.create(location, options))
                .getMessage();
    }
}
