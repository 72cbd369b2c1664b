package io.github.pop3kit.jakarta;

import io.github.pop3kit.protocol.Capability;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.URLName;
import jakarta.mail.event.ConnectionEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A maildrop as a store with one folder, INBOX; got from {@link Session#getStore}, also by {@code mail.pop3.class}. For any thread.
 *
 * <p>Connecting logs in. The first folder that is opened takes that session over, and its {@code close} ends it, for POP3 deletes
 * at the end of a session and in no other way; another folder opens a session of its own.
 */
public class Pop3Store extends Store {

    private final String protocol;
    private final boolean ssl;
    private final List<Pop3Folder> open = new ArrayList<>();
    private @Nullable MailProperties properties;
    private @Nullable Access access;
    private @Nullable Conversation idle;
    private @Nullable Abandoned idleWatch;

    /** For {@link Session#getStore}. */
    public Pop3Store(Session session, @Nullable URLName urlname) {
        this(session, urlname, "pop3", false);
    }

    Pop3Store(Session session, @Nullable URLName urlname, String protocol, boolean ssl) {
        super(session, urlname == null ? new URLName(protocol, null, -1, null, null, null) : urlname);
        String named = urlname == null ? null : urlname.getProtocol();
        this.protocol = named == null ? protocol : named;
        this.ssl = ssl;
    }

    @Override
    protected boolean protocolConnect(@Nullable String host, int port, @Nullable String user, @Nullable String password)
            throws MessagingException {
        // Service asks the application's Authenticator then.
        if (host == null || user == null || password == null) return false;
        MailProperties current = new MailProperties(session, protocol);
        Access made = Access.of(session, current, ssl, host, port, user, password);
        Conversation opened = made.open();
        synchronized (this) {
            properties = current;
            access = made;
            keep(opened);
        }
        return true;
    }

    private void keep(Conversation opened) throws MessagingException {
        idle = opened;
        idleWatch = Abandoned.watch(this, opened, properties().is(Property.FINALIZE_CLEAN_CLOSE));
    }

    MailProperties properties() {
        MailProperties current = properties;
        if (current == null) throw new IllegalStateException("the store is not connected");
        return current;
    }

    /** Whether the server still answers. If no folder is open and no session under way, a new one shows it. */
    @Override
    public synchronized boolean isConnected() {
        if (!super.isConnected()) return false;
        try {
            Conversation asked = idle;
            if (asked == null) {
                if (!open.isEmpty() && open.get(open.size() - 1).isAlive()) return true;
                if (open.isEmpty()) {
                    keep(access().open());
                    return true;
                }
            } else if (asked.isAlive()) {
                return true;
            }
        } catch (MessagingException e) {
            // It is not connected, then.
        }
        disconnect();
        return false;
    }

    private Access access() {
        Access made = access;
        if (made == null) throw new IllegalStateException("the store is not connected");
        return made;
    }

    /** Whether there is a session that no folder has; it may be dead by now. */
    synchronized boolean hasIdle() {
        return idle != null;
    }

    /** A session for a folder, which has to end it: the idle one, or a new one. */
    synchronized Conversation take(Pop3Folder folder) throws MessagingException {
        checkConnected();
        Conversation taken = idle;
        if (taken == null) taken = access().open();
        forgetIdle();
        open.add(folder);
        return taken;
    }

    private void forgetIdle() {
        idle = null;
        if (idleWatch != null) idleWatch.forget();
        idleWatch = null;
    }

    synchronized void released(Pop3Folder folder) {
        open.remove(folder);
    }

    /** Ends the sessions; folders that are open are closed, and nothing is deleted. */
    @Override
    @SuppressWarnings(
            "UnsynchronizedOverridesSynchronized") // Not while folders are closed, which have monitors of their own.
    public void close() throws MessagingException {
        disconnect();
    }

    private void disconnect() {
        List<Pop3Folder> left;
        Conversation last;
        synchronized (this) {
            if (!super.isConnected()) return;
            left = List.copyOf(open);
            last = idle;
            forgetIdle();
            setConnected(false);
        }
        for (Pop3Folder folder : left) folder.closeQuietly();
        if (last != null) last.leave();
        notifyConnectionListeners(ConnectionEvent.CLOSED);
    }

    @Override
    public Folder getDefaultFolder() throws MessagingException {
        checkConnected();
        return new Pop3DefaultFolder(this);
    }

    /** INBOX, in either letter case; of any other name a folder that does not exist. */
    @Override
    public Folder getFolder(String name) throws MessagingException {
        checkConnected();
        return name.isEmpty() ? new Pop3DefaultFolder(this) : new Pop3Folder(this, name);
    }

    @Override
    public Folder getFolder(URLName url) throws MessagingException {
        String file = url.getFile();
        return getFolder(file == null ? "" : file);
    }

    private void checkConnected() {
        if (!super.isConnected()) throw new IllegalStateException("the store is not connected");
    }

    /** What the server says it can do: the word in upper case, and the whole line. Empty if it does not answer CAPA. */
    public Map<String, String> capabilities() throws MessagingException {
        Map<String, String> all = new TreeMap<>();
        for (Capability each : current().maildrop().capabilities().all()) {
            String line =
                    each.arguments().isEmpty() ? each.name() : each.name() + " " + String.join(" ", each.arguments());
            all.put(each.name().toUpperCase(Locale.ROOT), line);
        }
        return Collections.unmodifiableMap(all);
    }

    /** Whether the session is over TLS, whichever way it came to it. */
    public boolean isSSL() {
        try {
            return current().maildrop().tlsSession().isPresent();
        } catch (MessagingException | IllegalStateException notConnected) {
            return false;
        }
    }

    private synchronized Conversation current() throws MessagingException {
        checkConnected();
        for (Pop3Folder folder : open) {
            Conversation held = folder.held();
            if (held != null) return held;
        }
        Conversation kept = idle;
        if (kept == null) {
            kept = access().open();
            keep(kept);
        }
        return kept;
    }
}
