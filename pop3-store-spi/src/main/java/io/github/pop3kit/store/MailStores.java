package io.github.pop3kit.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/** Makes a store from its location: a scheme, a colon and the rest, as in {@code maildir:/srv/mail/{user}/Maildir}. */
public final class MailStores {

    private MailStores() {}

    /**
     * Makes the store of the provider that has the location's scheme.
     *
     * @throws IllegalArgumentException if no such provider is found (the message says which were, and which jar is likely
     *     missing), or if the provider does not understand the location or the options
     */
    public static MailStore create(String location, Map<String, String> options) throws IOException {
        int colon = location.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("A mail store's location is a scheme, a colon and a place, such as "
                    + "maildir:/srv/mail/{user}; \"" + location + "\" has no scheme");
        }
        String scheme = location.substring(0, colon).toLowerCase(Locale.ROOT);
        List<String> found = new ArrayList<>();
        for (MailStoreProvider provider : providers()) {
            if (provider.scheme().equals(scheme)) return provider.create(location.substring(colon + 1), options);
            found.add(provider.scheme());
        }
        throw new IllegalArgumentException("No mail store for \"" + location + "\"; found " + found + ". Is pop3-store-"
                + scheme + " on the class path or the module path?");
    }

    /** The context class loader sees an application's jars; on the module path it sees the providers' modules as well. */
    private static Iterable<MailStoreProvider> providers() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null
                ? ServiceLoader.load(MailStoreProvider.class, MailStores.class.getClassLoader())
                : ServiceLoader.load(MailStoreProvider.class, context);
    }
}
