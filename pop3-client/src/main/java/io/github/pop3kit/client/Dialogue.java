package io.github.pop3kit.client;

import io.github.pop3kit.client.Pop3TimeoutException.Limit;
import io.github.pop3kit.client.Watchdog.Watched;
import io.github.pop3kit.protocol.Capabilities;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.LineEnd;
import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.LineTooLongException;
import io.github.pop3kit.protocol.wire.TlsConnection;
import io.github.pop3kit.protocol.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: commands out, replies in, how long each may take, and what becomes of all that when something fails. Whatever fails
 * here but an {@code -ERR} ends the connection, for its replies could not be told apart any more.
 */
final class Dialogue {

    private static final Logger log = LoggerFactory.getLogger(Dialogue.class);
    private static final Logger transcript = LoggerFactory.getLogger("io.github.pop3kit.client.transcript");

    /** While nobody waits nothing is late. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    private static final int MOST_CAPABILITIES = 1000;
    private static final String STARS = "****";

    private static final int BLOCK = 64 * 1024;

    /** A listing or a message that does not bring so much in the time for one line is a way to hold us up. */
    private static final int STEADY = 512;

    /** Before the answer to QUIT the server deletes, which may be much work. */
    private static final int PATIENCE_AT_QUIT = 5;

    private final Settings settings;
    private final Memory memory;
    private final Connection carrier;
    private final Wire wire;
    private final Watched watched;
    private final List<Deviation> deviations = new ArrayList<>();

    /** By what we log in. A server that repeats what it does not understand must not bring it into a log or an exception. */
    private final List<String> secrets = new ArrayList<>();

    private Consumer<String> tap = line -> {};
    private Phase phase = Phase.GREETING;
    private Capabilities capabilities = new Capabilities(List.of());
    private @Nullable SSLSession tls;
    private @Nullable Deadline operation;
    private @Nullable Deadline answer;
    private Limit limit = Limit.READ;
    private Duration patience = NEVER;
    private int timesAsLong = 1;
    private boolean paced;
    private Duration paceLeft = Duration.ZERO;
    private long paceOctets;
    private long armed;
    private String said = "";
    private String status = "";
    private @Nullable MessageStream message;
    private byte[] block = new byte[0];
    private boolean inBatch;
    private @Nullable Pop3Exception end;
    private volatile boolean waiting;
    private volatile boolean cancelled;
    private volatile boolean closed;

    private Dialogue(Settings settings, Memory memory, Connection carrier, @Nullable Deadline operation) {
        this.settings = settings;
        this.memory = memory;
        this.carrier = carrier;
        this.operation = operation;
        this.wire = Wire.client(
                carrier, settings.connect().nanoTime(), settings.times().write());
        wire.deadlineIn(NEVER);
        this.watched = settings.connect().watchdog().watch(wire);
        offerTranscript();
    }

    // ---- the beginning

    /** Connects, and shakes hands where TLS comes first. */
    static Dialogue connect(Settings settings, Memory memory, @Nullable Deadline operation) throws Pop3Exception {
        Connection carrier;
        try {
            carrier = settings.connector()
                    .connect(settings.within(settings.times().connect(), operation));
        } catch (ConnectFailure e) {
            throw unreached(settings, operation, e);
        }
        Dialogue dialogue = new Dialogue(settings, memory, carrier, operation);
        log.debug("{} is connected", dialogue.server());
        if (settings.tls() == Tls.IMPLICIT) dialogue.shakeHands();
        return dialogue;
    }

    private static Pop3Exception unreached(Settings settings, @Nullable Deadline operation, ConnectFailure e) {
        String server = settings.server();
        String message = message(e);
        return switch (e.kind()) {
            case INTERRUPTED -> new CancelledException(server, message, e);
            case TIMED_OUT ->
                timeOut(settings, operation, Limit.CONNECT, settings.times().connect(), Phase.CONNECTING, e);
            case UNKNOWN_HOST, UNREACHABLE, PROXY ->
                new ConnectionLostException(server, Phase.CONNECTING, "", message, false, e);
        };
    }

    /** What connector and TLS say goes on behind the name of the server. */
    private static String message(IOException e) {
        return String.valueOf(e.getMessage());
    }

    private static Pop3TimeoutException timeOut(
            Settings settings,
            @Nullable Deadline operation,
            Limit limit,
            Duration length,
            Phase phase,
            @Nullable Throwable cause) {
        Duration allowed = settings.operation();
        if (allowed != null && operation != null && operation.passed()) {
            return new Pop3TimeoutException(settings.server(), Limit.OPERATION, allowed, phase, cause);
        }
        return new Pop3TimeoutException(settings.server(), limit, length, phase, cause);
    }

    private void offerTranscript() {
        Optional<Consumer<String>> reader = Optional.empty();
        try {
            reader = settings.listener().transcript(server());
        } catch (RuntimeException e) {
            log.error("the listener of {} failed", server(), e);
        }
        boolean traced = transcript.isTraceEnabled();
        if (reader.isEmpty() && !traced) return; // To print each line costs more than to send it.
        Consumer<String> some = reader.orElse(line -> {});
        tap = line -> {
            if (traced) transcript.trace("<{}> {}", server(), line);
            try {
                some.accept(line);
            } catch (RuntimeException e) {
                log.error("the listener of {} failed", server(), e);
            }
        };
        wire.tap(line -> tap.accept(masked(line)));
    }

    /** Reads the greeting; what stands behind its {@code +OK}. */
    String greeting() throws Pop3Exception {
        String line = status();
        Optional<Reply> reply = Reply.parse(line);
        if (reply.isPresent() && reply.get() instanceof Reply.Err refusal) {
            throw ended(Rejection.ofGreeting(server(), refusal));
        }
        if (reply.isEmpty() || !(reply.get() instanceof Reply.Ok ok)) {
            throw violated("has not greeted like a POP3 server", line);
        }
        phase = Phase.AUTHORIZATION;
        return ok.text();
    }

    /** Starts TLS in a connection that has none (RFC 2595 section 4); what was learned before is forgotten. */
    void startTls() throws Pop3Exception {
        Reply reply = reply(new Command.Stls());
        if (reply instanceof Reply.Err refusal) {
            String message = "does not start TLS" + CommandRejectedException.said(refusal);
            throw ended(new TlsFailedException(server(), message, null));
        }
        // What came in the clear behind the reply would pass for something that came over TLS.
        if (hasInput()) throw violated("has sent octets behind its answer to STLS", "");
        capabilities = new Capabilities(List.of());
        shakeHands();
    }

    private void shakeHands() throws Pop3Exception {
        TlsLayer layer = settings.tlsLayer();
        if (layer == null) throw new IllegalStateException("this client has no TLS");
        Phase before = phase;
        phase = Phase.HANDSHAKE;
        waiting = true;
        try {
            TlsConnection secured = layer.handshake(
                    carrier,
                    settings.connect().host(),
                    settings.connect().port(),
                    settings.within(settings.times().handshake(), operation));
            wire.upgrade(secured);
            tls = secured.session();
            tap.accept("# TLS: " + secured.session().getProtocol() + ", "
                    + secured.session().getCipherSuite());
        } catch (TlsFailure e) {
            throw ended(insecure(e));
        } finally {
            waiting = false;
        }
        phase = before;
    }

    private Pop3Exception insecure(TlsFailure e) {
        if (isCancelled()) return new CancelledException(server(), "was left during the TLS handshake", e);
        return switch (e.kind()) {
            case TIMED_OUT ->
                timeOut(settings, operation, Limit.HANDSHAKE, settings.times().handshake(), phase, e);
            case LOST -> new ConnectionLostException(server(), phase, "", message(e), false, e);
            default -> new TlsFailedException(server(), message(e), e);
        };
    }

    /** Asks CAPA; a server that does not know it has no capabilities. */
    void askCapabilities() throws Pop3Exception {
        if (memory.capaUnwanted) return;
        if (memory.withoutCapa) {
            deviates(Deviation.Kind.HANGS_UP_AT_CAPA, "");
            return;
        }
        if (reply(new Command.Capa()) instanceof Reply.Err) return;
        List<String> lines = new ArrayList<>();
        // They are few, and have the time of one line together.
        answer = Deadline.in(settings.times().read(), settings.connect().nanoTime());
        for (String line = line(); !line.equals("."); line = line()) {
            if (lines.size() == MOST_CAPABILITIES) throw violated("has no end of capabilities", line);
            lines.add(line);
        }
        answer = null;
        capabilities = Capabilities.parse(lines);
        if (tls != null && capabilities.has("STLS")) deviates(Deviation.Kind.STLS_UNDER_TLS, "");
    }

    /** The TRANSACTION state begins. */
    void loggedIn(String user) {
        phase = Phase.TRANSACTION;
        secrets.clear();
        log.debug("{} has logged in {}", server(), Transcript.escape(user));
    }

    // ---- commands and replies

    @Nullable
    Deadline newOperation() {
        return settings.newOperation();
    }

    /** An operation begins: nothing may be under way, in neither direction. */
    void begin(@Nullable Deadline whole) throws Pop3Exception {
        checkUsable();
        if (inBatch) throw new IllegalStateException("a batch is under way; ask behind it");
        if (message != null) {
            throw new IllegalStateException("message " + message.number() + " has to be closed first");
        }
        operation = whole;
        said = "";
        paced = false;
        checkNothingUnasked();
    }

    /** What comes before a command is sent is no answer to it, and must not pass for one. */
    private void checkNothingUnasked() throws Pop3Exception {
        if (!hasInput()) return;
        String line = line();
        if (Reply.parse(line).orElse(null) instanceof Reply.Err farewell) {
            String message = "has ended the session" + CommandRejectedException.said(farewell);
            throw ended(new ConnectionLostException(server(), phase, "", message, true, null));
        }
        throw violated("has sent something that was not asked for", line);
    }

    private boolean hasInput() throws Pop3Exception {
        checkUsable();
        try {
            return wire.hasInput();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Sends a command and reads its reply, which is positive. */
    Reply.Ok ask(Command command) throws Pop3Exception {
        Reply reply = reply(command);
        if (reply instanceof Reply.Ok ok) return ok;
        throw rejected(command, (Reply.Err) reply);
    }

    /** Sends a command and reads its reply, {@link Reply.Ok} or {@link Reply.Err}. */
    Reply reply(Command command) throws Pop3Exception {
        say(command);
        flush();
        return hear(command);
    }

    /**
     * Sends QUIT and reads the reply. From the first octet on nobody knows what the server does.
     *
     * @param deletes whether there is work to be waited for
     */
    Reply quit(boolean deletes) throws Pop3Exception {
        phase = Phase.UPDATE;
        if (deletes) timesAsLong = PATIENCE_AT_QUIT;
        Reply reply = reply(new Command.Quit());
        log.debug("{} has answered QUIT with {}", server(), reply instanceof Reply.Ok ? "+OK" : "-ERR");
        return reply;
    }

    /** Takes a command to be sent with the next {@link #flush}. */
    void say(Command command) throws Pop3Exception {
        checkUsable();
        if (!inBatch) checkNothingUnasked();
        wire.command(command);
        said = Command.redact(command.line());
        if (said.endsWith(STARS)) keep(command.line().substring(said.length() - STARS.length()));
    }

    /** Takes the response to a SASL challenge. */
    void respond(String base64) throws Pop3Exception {
        checkUsable();
        checkNothingUnasked();
        keep(base64);
        wire.response(base64);
        said = "the response to its challenge";
    }

    /** Also as a transcript writes it; but not what is so short that it may be part of any word. */
    private void keep(String secret) {
        if (secret.length() >= STARS.length()) secrets.addAll(List.of(secret, Transcript.escape(secret)));
    }

    private String masked(String line) {
        String masked = line;
        if (!line.startsWith("+ ")) {
            for (String secret : secrets) masked = masked.replace(secret, STARS);
        }
        return masked;
    }

    void flush() throws Pop3Exception {
        checkUsable();
        arm(Limit.WRITE, settings.times().write());
        try {
            wire.flush();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            disarm();
        }
    }

    /** Reads the reply to a command that was sent before. */
    Reply hear(Command command) throws Pop3Exception {
        said = Command.redact(command.line());
        Reply reply = hearReplyOrChallenge();
        if (reply instanceof Reply.Challenge) throw violated("has answered " + said + " with a SASL challenge", "");
        return reply;
    }

    Reply hearReplyOrChallenge() throws Pop3Exception {
        String line = status();
        Optional<Reply> reply = Reply.parse(line);
        if (reply.isEmpty()) throw violated("has answered " + said + " with something that is no reply", line);
        return reply.get();
    }

    private String status() throws Pop3Exception {
        String line = line();
        if (line.isEmpty()) {
            deviates(Deviation.Kind.EMPTY_LINE, "");
            line = line();
        }
        if (wire.lineEnd() == LineEnd.LF) deviates(Deviation.Kind.LINE_FEEDS, "");
        status = line;
        return line;
    }

    /** What stood behind the status in the reply that was read last, one character per octet. */
    String statusText() {
        int blank = status.indexOf(' ');
        return blank < 0 ? "" : status.substring(blank + 1);
    }

    /** A line of a reply or listing, one character per octet. */
    String line() throws Pop3Exception {
        checkUsable();
        arm(Limit.READ, settings.times().read().multipliedBy(timesAsLong));
        String line;
        try {
            line = wire.readLine();
        } catch (LineTooLongException e) {
            throw violated("has sent a line without an end", "");
        } catch (IOException e) {
            throw failed(e);
        } finally {
            disarm();
        }
        if (line == null) throw failed(null);
        if (paced) cameOn(line.length() + 2);
        return masked(line);
    }

    /** A reply of many lines begins: each has its time, and so have a number of octets, lest a few hold us up for ever. */
    void begins() {
        paced = true;
        paceLeft = settings.times().read();
        paceOctets = 0;
    }

    /** It has ended. */
    void ends() {
        paced = false;
    }

    /** Counts the time that was waited for, not the caller's own. */
    private void cameOn(int octets) {
        paceLeft = paceLeft.minusNanos(settings.connect().nanoTime().getAsLong() - armed);
        paceOctets += octets;
        if (paceOctets >= STEADY) begins();
    }

    /** From here on, or no longer, replies to several commands may come. */
    void inBatch(boolean now) {
        inBatch = now;
    }

    // ---- messages

    /** The message behind the reply that was read last. */
    MessageStream message(Progress begin, @Nullable String uniqueId, @Nullable Consumer<Progress> progress) {
        begins();
        MessageStream opened = new MessageStream(this, wire.message(settings.framing()), begin, uniqueId, progress);
        message = opened;
        return opened;
    }

    int receive(InputStream body, byte[] into, int offset, int length) throws Pop3Exception {
        checkUsable();
        arm(Limit.READ, settings.times().read());
        try {
            int read = body.read(into, offset, length);
            cameOn(read);
            return read;
        } catch (EOFException e) {
            throw failed(null);
        } catch (IOException e) {
            throw failed(e);
        } finally {
            disarm();
        }
    }

    /** Where a message goes on its way to somewhere else: one for the session, since allocating it costs more than a small message. */
    byte[] block() {
        if (block.length == 0) block = new byte[BLOCK];
        return block;
    }

    void messageEnds(MessageStream ended) {
        message = null;
        ends();
        long announced = ended.announcedOctets();
        if (announced >= 0 && announced != ended.octetsReceived()) {
            deviates(
                    Deviation.Kind.SIZE,
                    "message " + ended.number() + " has " + ended.octetsReceived() + " octets, announced were "
                            + announced);
        }
        tap.accept("# a message, " + ended.octetsReceived() + " octets");
        tap.accept("S: .");
    }

    // ---- what goes wrong

    /** The exception for an {@code -ERR}; the session goes on. */
    CommandRejectedException rejected(Command command, Reply.Err refusal) {
        return Rejection.of(this, Command.redact(command.line()), refusal);
    }

    Pop3Exception tooLarge(int number) {
        return ended(new LimitExceededException(
                server(), "sends more octets of message " + number + " than the limit allows", false));
    }

    Pop3Exception listsMoreThan(String most) {
        return ended(new LimitExceededException(server(), "lists more than " + most + ", the limit", false));
    }

    /** Ends the connection because of something that makes no sense. */
    Pop3Exception violated(String what, String line) {
        return ended(new ProtocolViolationException(server(), what, line));
    }

    /** Ends the connection because a password would go over it in the clear. */
    TlsFailedException cleartext() {
        String message = "is connected without TLS, and a password is not sent like that unless it is allowed";
        return ended(new TlsFailedException(server(), message, null));
    }

    /** Ends the connection because this side does not want to wait. */
    void cut(String why) {
        ended(new ConnectionLostException(server(), phase, "", why, false, null));
    }

    /** @param cause null if the server ended the connection in order */
    private Pop3Exception failed(@Nullable IOException cause) {
        Pop3Exception known = end;
        if (known != null) return known;
        if (isCancelled()) {
            String why = cancelled
                    ? "was left: the connection was closed by another thread"
                    : "was left: the thread was interrupted";
            return ended(new CancelledException(server(), why, cause));
        }
        if (watched.bit()) return ended(timeOut(settings, operation, limit, patience, phase, cause));
        String message = cause == null ? "closed the connection" : "lost the connection";
        if (!said.isEmpty()) message += " instead of the answer to " + Transcript.escape(said);
        return ended(new ConnectionLostException(server(), phase, said, message, cause == null, cause));
    }

    private boolean isCancelled() {
        return cancelled || Thread.currentThread().isInterrupted();
    }

    private <E extends Pop3Exception> E ended(E why) {
        if (end == null) end = why;
        log.debug("{}", why.getMessage());
        wire.abort();
        watched.close();
        return why;
    }

    void checkUsable() throws Pop3Exception {
        Pop3Exception why = end;
        if (why != null) {
            throw new ConnectionLostException(server(), phase, "", "is gone: " + why.getMessage(), false, why);
        }
        if (closed)
            throw new CancelledException(server(), "is not connected: this side has closed the connection", null);
    }

    boolean isUsable() {
        return end == null && !closed;
    }

    private void arm(Limit what, Duration time) {
        limit = what;
        patience = time;
        waiting = true;
        armed = settings.connect().nanoTime().getAsLong();
        Duration left = paced && paceLeft.compareTo(time) < 0 ? paceLeft : time;
        wire.deadlineIn(shorter(shorter(left, operation), answer));
    }

    private static Duration shorter(Duration time, @Nullable Deadline whole) {
        if (whole == null) return time;
        Duration left = whole.left();
        return left.compareTo(time) < 0 ? left : time;
    }

    private void disarm() {
        wire.deadlineIn(NEVER);
        waiting = false;
    }

    // ---- the end

    /** Ends the connection whatever it is doing. For any thread. */
    void cancel() {
        cancelled = true;
        wire.abort();
    }

    /** Ends the connection without a word to the server. For any thread; the second call does nothing. */
    void close() {
        if (closed) return;
        if (waiting) {
            cancel(); // Somebody else's thread: it finds out by itself.
        }
        closed = true;
        try {
            // An end in order would first take the rest of a message off the line.
            if (cancelled || end != null || message != null || wire.hasInput()) wire.abort();
            if (!cancelled) wire.close();
        } catch (IOException gone) {
            wire.abort();
            log.debug("{} was gone before it was left", server(), gone);
        } finally {
            watched.close();
        }
    }

    // ---- about it

    String server() {
        return settings.server();
    }

    ClientLimits limits() {
        return settings.limits();
    }

    Memory memory() {
        return memory;
    }

    boolean allowsPasswords() {
        return tls != null || settings.cleartextLogin();
    }

    Capabilities capabilities() {
        return capabilities;
    }

    Optional<SSLSession> tlsSession() {
        return Optional.ofNullable(tls);
    }

    /** Whether several commands may be under way. */
    boolean pipelines() {
        return !memory.withoutPipelining && (memory.pipeliningAssumed || capabilities.has("PIPELINING"));
    }

    void pipeliningBroke() {
        memory.withoutPipelining = true;
        deviates(Deviation.Kind.PIPELINING_BROKEN, "");
    }

    /** Notes a deviation, once for each kind. */
    void deviates(Deviation.Kind kind, String detail) {
        if (deviations.stream().anyMatch(deviation -> deviation.kind() == kind)) return;
        Deviation deviation = new Deviation(kind, Transcript.escape(detail));
        deviations.add(deviation);
        log.debug("{} deviates: {}", server(), deviation);
        try {
            settings.listener().deviated(server(), deviation);
        } catch (RuntimeException e) {
            log.error("the listener of {} failed", server(), e);
        }
    }

    List<Deviation> deviations() {
        return List.copyOf(deviations);
    }
}
