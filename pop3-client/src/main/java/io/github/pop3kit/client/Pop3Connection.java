package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Capabilities;
import java.io.Closeable;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection in the AUTHORIZATION state (RFC 1939 section 4): TLS is on if it was asked for, and nobody has logged in. For one thread;
 * {@link #cancel} is for any.
 */
public final class Pop3Connection implements Closeable {

    private final Pop3Client client;
    private final Dialogue dialogue;
    private final String greeting;
    private boolean loggedIn;

    private Pop3Connection(Pop3Client client, Dialogue dialogue, String greeting) {
        this.client = client;
        this.dialogue = dialogue;
        this.greeting = greeting;
    }

    static Pop3Connection establish(Pop3Client client, Settings settings, Memory memory, @Nullable Deadline operation)
            throws Pop3Exception {
        Dialogue dialogue = Dialogue.connect(settings, memory, operation);
        boolean done = false;
        try {
            String greeting = dialogue.greeting();
            begin(settings.tls(), dialogue);
            done = true;
            return new Pop3Connection(client, dialogue, greeting);
        } finally {
            if (!done) dialogue.close();
        }
    }

    private static void begin(Tls tls, Dialogue dialogue) throws Pop3Exception {
        // What a server offers in the clear proves nothing: where TLS is required it is asked for, offered or not.
        if (tls == Tls.STLS) dialogue.startTls();
        dialogue.askCapabilities();
        if (tls == Tls.STLS_IF_OFFERED && dialogue.capabilities().has("STLS")) {
            dialogue.startTls();
            dialogue.askCapabilities();
        }
    }

    /** What the server said behind the {@code +OK} of its greeting, unescaped: not for a terminal. */
    public String greeting() {
        return greeting;
    }

    /** What the server says it can do, as it said it last; empty if it does not answer CAPA. After the login there may be more. */
    public Capabilities capabilities() {
        return dialogue.capabilities();
    }

    /** What was agreed upon about TLS; empty where there is none. */
    public Optional<SSLSession> tlsSession() {
        return dialogue.tlsSession();
    }

    /** In what the server departed from the RFCs until now. */
    public List<Deviation> deviations() {
        return dialogue.deviations();
    }

    /** The server, as {@code host:port}. */
    public String server() {
        return dialogue.server();
    }

    /**
     * Logs in. The connection then belongs to the maildrop, and closing this object does nothing any more. After a
     * {@link CommandRejectedException} that leaves the session usable another login may be tried.
     *
     * @throws CredentialsRefusedException if the server does not accept the login
     * @throws MaildropInUseException if another session holds the maildrop
     * @throws RateLimitedException if it is too soon
     * @throws TlsFailedException if there is no TLS and this login would show a password
     * @throws IllegalStateException if somebody has logged in already
     */
    public RemoteMaildrop login(Login login) throws Pop3Exception {
        return login(login, dialogue.newOperation());
    }

    RemoteMaildrop login(Login login, @Nullable Deadline operation) throws Pop3Exception {
        if (loggedIn) throw new IllegalStateException("somebody has logged in already");
        dialogue.begin(operation);
        new Authentication(dialogue, greeting).perform(login);
        loggedIn = true;
        boolean done = false;
        try {
            dialogue.loggedIn(login.user());
            dialogue.askCapabilities(); // Some servers tell all only to those whom they know.
            done = true;
            return new RemoteMaildrop(client, login, dialogue);
        } finally {
            if (!done) dialogue.close();
        }
    }

    /** Ends the connection at once; a call that waits in another thread ends with {@link CancelledException}. For any thread. */
    public void cancel() {
        dialogue.cancel();
    }

    /** Ends the connection, unless somebody has logged in. Waits for nothing. */
    @Override
    public void close() {
        if (!loggedIn) dialogue.close();
    }
}
