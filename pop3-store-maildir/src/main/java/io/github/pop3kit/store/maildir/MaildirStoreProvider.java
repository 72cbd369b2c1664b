package io.github.pop3kit.store.maildir;

import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.MailStoreProvider;
import java.io.IOException;
import java.util.Map;

/**
 * {@code maildir:/srv/mail/{user}/Maildir} — a template of each account's maildir. {@code {user}} is the account's name,
 * {@code {local}} and {@code {domain}} what stands before and after its first {@code @}, {@code {home}} its attribute of that name;
 * where there is none of them, {@code /{user}} is appended. A relative location starts at the working directory. What
 * stands before the first template must be there.
 */
public final class MaildirStoreProvider implements MailStoreProvider {

    /** For the {@link java.util.ServiceLoader}. */
    public MaildirStoreProvider() {}

    @Override
    public String scheme() {
        return "maildir";
    }

    @Override
    public MailStore create(String location, Map<String, String> options) throws IOException {
        for (String option : options.keySet()) {
            throw new IllegalArgumentException(
                    "A maildir: store has no option \"" + option + "\", nor any other so far");
        }
        MaildirLocation place = MaildirLocation.parse(location);
        place.check();
        return new MaildirStore(place, new MaildirIo());
    }
}
