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
 *
 * <p>Options: {@code uidl-format}, Dovecot's {@code pop3_uidl_format}, {@code %08Xu%08Xv} unless given; {@code reuse-xuidl},
 * {@code yes} or {@code no}, as {@code pop3_reuse_xuidl}; {@code lock}, {@code exclusive}, {@code snapshot} or {@code takeover};
 * {@code dovecot-session-lock}, {@code yes} where Dovecot has {@code pop3_lock_session}; {@code control} and {@code index}, locations
 * as above, where Dovecot's are not the maildir.
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
        MaildirOptions chosen = MaildirOptions.of(options);
        MaildirLocation place = MaildirLocation.parse(location);
        place.check();
        return new MaildirStore(place, chosen, new MaildirIo());
    }
}
