package io.github.pop3kit.store;

import java.io.IOException;
import java.util.Map;

/** Makes stores of one scheme; found by {@link java.util.ServiceLoader}, so that a store is chosen by its location alone. */
public interface MailStoreProvider {

    /** What stands before the first colon of a location, in lower case: {@code maildir}, {@code jdbc}, {@code memory}. */
    String scheme();

    /**
     * Makes a store.
     *
     * @param location what follows the scheme and its colon; not a URI, nothing in it is decoded
     * @param options settings by name; an unknown name is refused
     * @throws IllegalArgumentException if location or options make no sense, with a sentence for the operator
     * @throws IOException if the place cannot be used
     */
    MailStore create(String location, Map<String, String> options) throws IOException;
}
