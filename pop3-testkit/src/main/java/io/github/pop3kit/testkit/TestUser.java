package io.github.pop3kit.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * A user of a {@link Pop3TestServer}, and the mail in the user's maildrop. Octets go in and out as they are. A delivery returns the
 * message's unique-id, which no other message of the server gets. Safe for use by many threads.
 */
public final class TestUser {

    private static final StackWalker CALLER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private final String name;
    private final TestStore store;
    private final TestLogins logins;

    TestUser(String name, TestStore store, TestLogins logins) {
        this.name = name;
        this.store = store;
        this.logins = logins;
    }

    /** By which the user logs in. */
    public String name() {
        return name;
    }

    /**
     * Lets the user in by this token of OAuth 2.0, too, once {@link Pop3TestServer#mechanisms} offers {@code OAUTHBEARER} or
     * {@code XOAUTH2}. May be said several times.
     */
    public TestUser token(String token) {
        logins.putToken(name, token);
        return this;
    }

    // ---- mail in

    /** Delivers a message, which arrives {@linkplain TestClock#now() now}. */
    public String deliver(byte[] message) {
        return store.deliver(name, message.clone());
    }

    /** Delivers a message given as text, in UTF-8; its line ends stay what they are. */
    public String deliver(String message) {
        return deliver(message.getBytes(StandardCharsets.UTF_8));
    }

    /** Delivers what is read to the end of the stream, which stays open. */
    public String deliver(InputStream message) {
        try {
            return deliver(message.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Delivers a message that has a unique-id and an age.
     *
     * @throws UncheckedIOException if the store cannot keep the unique-id, or another message has or had it
     */
    public void deliver(String uniqueId, Instant received, byte[] message) {
        store.deliver(name, uniqueId, received, message.clone());
    }

    /**
     * Delivers a file of the class path.
     *
     * @param path as {@code mail/x.eml}, from the root of the class path of the class that calls
     */
    public String deliverResource(String path) {
        ClassLoader loader = CALLER.getCallerClass().getClassLoader();
        try (InputStream message = loader.getResourceAsStream(path)) {
            if (message == null) throw new IllegalArgumentException("there is no " + path + " on the class path");
            return deliver(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Delivers a corpus; returns the unique-ids in the order of its messages. */
    public List<String> deliver(Corpus corpus) {
        return corpus.messages().map(this::deliver).toList();
    }

    // ---- mail out

    /** The unique-ids of the messages, in order. Sessions are not disturbed; see {@link Pop3TestServer.Builder#store}. */
    public List<String> uniqueIds() {
        return store.uniqueIds(name);
    }

    /** The octets of the messages as they are stored, in order. */
    public List<byte[]> messages() {
        return store.messages(name);
    }

    /**
     * The octets of a message as they are stored.
     *
     * @throws java.util.NoSuchElementException if it is not there
     */
    public byte[] content(String uniqueId) {
        return store.content(name, uniqueId);
    }

    /**
     * How many octets LIST says that a message has.
     *
     * @throws java.util.NoSuchElementException if it is not there
     */
    public long octets(String uniqueId) {
        return store.octets(name, uniqueId);
    }

    /** The name. */
    @Override
    public String toString() {
        return name;
    }
}
