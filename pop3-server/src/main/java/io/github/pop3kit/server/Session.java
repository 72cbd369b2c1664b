package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.protocol.sasl.Utf8;
import io.github.pop3kit.protocol.wire.Connection;
import io.github.pop3kit.protocol.wire.LineTooLongException;
import io.github.pop3kit.protocol.wire.ProxyHeader;
import io.github.pop3kit.protocol.wire.TlsConnection;
import io.github.pop3kit.protocol.wire.Wire;
import io.github.pop3kit.server.bench.Bench;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection, from the greeting to its end. */
final class Session implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Session.class);
    private static final Logger transcript = LoggerFactory.getLogger("io.github.pop3kit.server.transcript");

    /** The first line of a request (RFC 9112 section 3); no command of POP3 begins like that. */
    private static final Pattern HTTP =
            Pattern.compile("(?i)(GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|TRACE|PATCH|PRI) |[A-Z-]+ \\S+ HTTP/\\d");

    private final Sessions sessions;
    private final Service service;
    private final Endpoint endpoint;
    private final Connection socket;
    private final Bench.Fixture fixture;
    private final Admission.Permit permit;
    private final Wire wire;
    private final long begun;

    /** What is read now does not pass the wire: a proxy's header, a handshake. */
    private volatile boolean besideWire;

    private volatile boolean unwelcome;
    private volatile boolean stopping;
    private final CountDownLatch over = new CountDownLatch(1);
    private Optional<SSLSession> tls = Optional.empty();
    private String timestamp = "";
    private Peer peer;
    private volatile Optional<String> account = Optional.empty();
    private SessionState state = Ended.ENDED;

    Session(
            Sessions sessions,
            Service service,
            Endpoint endpoint,
            Connection socket,
            Peer peer,
            Admission.Permit permit) {
        this.sessions = sessions;
        this.service = service;
        this.endpoint = endpoint;
        this.socket = socket;
        this.peer = peer;
        this.permit = permit;
        this.fixture = service.bench().connected();
        this.wire = Wire.server(
                fixture.carry(socket),
                service.limits().commandLines(),
                service.bench()::nanoTime,
                service.limits().stalledWrite());
        this.begun = service.bench().nanoTime();
    }

    @Override
    public void run() {
        if (isIntroduced()) {
            serve();
        } else {
            hangUp();
        }
    }

    /** Hears from a proxy whom it speaks for: from then on that is the peer, for the limits and the log. */
    private boolean isIntroduced() {
        if (!service.isProxy(peer.remote())) return true;
        wire.deadlineIn(timeLeftToShakeHands());
        try {
            besideWire = true;
            if (unwelcome) throw new ClosedChannelException();
            peer = peer.introducedBy(ProxyHeader.read(socket));
            besideWire = false;
        } catch (ProtocolException e) {
            log.warn(
                    "<{}> the proxy {} is not understood: {}",
                    peer.name(),
                    peer.remote().getHostAddress(),
                    e.getMessage());
            return false;
        } catch (IOException gone) {
            log.debug("<{}> {}", peer.name(), LogText.of(gone.toString()));
            return false;
        }
        if (permit.from(peer.remote())) return true;
        if (endpoint.tls() != Endpoint.Tls.IMPLICIT) {
            wire.err(ResponseCode.SYS_TEMP, Refusal.FULL);
            flushLast();
        }
        return false;
    }

    private void serve() {
        tell(SessionListener::opened);
        tell(this::offerTranscript);
        try {
            if (endpoint.tls() == Endpoint.Tls.IMPLICIT) startTls();
            state = authorization(0);
            wire.ok(greeting());
            converse();
            wire.flush();
        } catch (LineTooLongException e) {
            wire.err("line too long");
            flushLast();
        } catch (IOException gone) {
            // The peer left or the reaper hung up; RFC 1939 wants no response here.
            log.debug("<{}> {}", peer.name(), LogText.of(gone.toString()));
        } catch (RuntimeException defect) {
            log.error("<{}> the session ends without a word", peer.name(), defect);
            flushLast(); // What was answered before is the client's; a message that broke off has no closing line.
        } finally {
            try {
                state.abandon(); // The state owns the lock: this is the whole clean-up story.
            } finally {
                hangUp();
                tell(SessionListener::ended);
            }
        }
    }

    /** With APOP's timestamp behind it, where that is served (RFC 1939 section 7). */
    private String greeting() {
        if (!mechanisms(true, false, false).contains("APOP")) return service.greeting();
        timestamp = fixture.timestamp(Md5.challenge());
        return service.greeting() + " " + timestamp;
    }

    /** By which ways a client may log in over such a connection; see {@link Mechanisms#offered}. */
    List<String> mechanisms(boolean secure, boolean binds, boolean certified) {
        return fixture.mechanisms(service.mechanisms(secure, binds, certified));
    }

    /** What APOP's digests are made of. */
    String timestamp() {
        return timestamp;
    }

    private void offerTranscript(SessionListener listener, SessionInfo info) {
        Optional<Consumer<String>> reader = listener.transcript(info);
        boolean traced = transcript.isTraceEnabled();
        if (reader.isEmpty() && !traced) return; // To print each line costs more than to send it.
        wire.tap(line -> {
            if (traced) transcript.trace("<{}> {}", peer.name(), line);
            reader.ifPresent(some -> tell((told, about) -> some.accept(line)));
        });
    }

    /** Tells the listener, whose troubles are not the session's. */
    private void tell(BiConsumer<SessionListener, SessionInfo> event) {
        try {
            event.accept(service.listener(), new SessionInfo(peer.name(), peer.remote(), account, peer.secure()));
        } catch (RuntimeException e) {
            log.error("<{}> the session's listener failed", peer.name(), e);
        }
    }

    private void converse() throws IOException {
        int bad = 0;
        while (state != Ended.ENDED && bad < state.badCommands()) {
            String line = wire.readLine();
            if (line == null) return;
            if (stopping) {
                wire.err(ResponseCode.SYS_TEMP, "the server is shutting down");
                return;
            }
            Command command = Command.parse(line);
            if (service.utf8() && !isUtf8(command, line)) command = new Command.Malformed(line, "not in UTF-8");
            bad++;
            boolean isBad = command instanceof Command.Malformed || command instanceof Command.Unknown;
            if (isBad && HTTP.matcher(line).lookingAt()) {
                wire.err("this is POP3"); // Some browser was led here: not one line more of what it says.
                return;
            }
            if (isBad && bad >= state.badCommands()) {
                wire.err("too many bad commands");
            } else if (command instanceof Command.Malformed malformed) {
                wire.err(malformed.reason());
            } else if (command instanceof Command.Unknown) {
                wire.err("unknown command");
            } else {
                bad = 0;
                state = state.answer(command);
            }
        }
    }

    /** RFC 6856 section 2.2: names and passwords have to be, where the server says that they may. */
    private static boolean isUtf8(Command command, String line) {
        boolean named =
                command instanceof Command.User || command instanceof Command.Pass || command instanceof Command.Apop;
        return !named || Utf8.decode(line.getBytes(StandardCharsets.ISO_8859_1)).isPresent();
    }

    /**
     * The first state, and again the first after STLS: nothing that the client said before is known there.
     *
     * @param failures how many logins were refused: that much stays, or STLS would be worth three guesses more
     */
    Authorization authorization(int failures) {
        wire.deadlineIn(timeLeftToLogIn());
        boolean stls = endpoint.tls() == Endpoint.Tls.STLS && !peer.secure();
        return new Authorization(this, service, wire, peer, stls, tls, failures);
    }

    /** Whether the user, who has shown who he is, may have one session more; {@link #closeToUser} takes that back. */
    boolean openTo(String name) {
        return permit.of(name);
    }

    /** The session is not the user's after all. */
    void closeToUser() {
        permit.release();
    }

    /** Whether the user's other sessions, if there were any, have ended; waits a moment for that. */
    boolean outlivesOthersOf(String name) throws IOException {
        try {
            return sessions.awaitEndOfOthers(this, name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /** Whether it is this user who has logged in. For any thread. */
    boolean isOf(String name) {
        return account.filter(name::equals).isPresent();
    }

    /** Somebody has logged in. */
    void loggedIn(String name) {
        permit.loggedIn();
        account = Optional.of(name);
        tell(SessionListener::loggedIn);
    }

    /**
     * Lets time pass; what was answered before is sent.
     *
     * @throws IOException if the session is to end before
     */
    void pause(Duration time) throws IOException {
        if (time.isZero() || time.isNegative()) return;
        wire.flush();
        try {
            service.bench().pause(time, over);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
        if (over.getCount() == 0) throw new ClosedChannelException();
    }

    private Duration timeLeftToLogIn() {
        return service.limits().login().minusNanos(service.bench().nanoTime() - begun);
    }

    private Duration timeLeftToShakeHands() {
        Duration login = timeLeftToLogIn();
        Duration handshake = service.limits().handshake();
        return handshake.compareTo(login) < 0 ? handshake : login;
    }

    /** Shakes hands, within the limit. */
    void startTls() throws IOException {
        wire.deadlineIn(timeLeftToShakeHands());
        besideWire = true;
        if (unwelcome) throw new ClosedChannelException();
        ServerTls how = fixture.handshake(socket, endpoint.how().orElseThrow());
        TlsConnection secured = how.accept(socket);
        tls = Optional.of(secured.session());
        wire.upgrade(fixture.carry(secured));
        besideWire = false;
        peer = peer.secured(secured.session());
    }

    /** Since the session began, in whole seconds. */
    long age() {
        return Duration.ofNanos(service.bench().nanoTime() - begun).toSeconds();
    }

    /** Ends the session when its deadline is past. Called by the {@link Reaper}. */
    void reap(long now) {
        if (wire.late(now)) end();
    }

    /** For how long the client has not taken anything of what it is sent, in nanoseconds. For any thread. */
    long stuckFor(long now) {
        return wire.stuckFor(now);
    }

    /** Ends the session because others wait for its place, which they can have at once. For any thread. */
    void giveWay() {
        permit.close();
        end();
    }

    /** From now on the next command is refused, and the session ends. For any thread. */
    void stop() {
        stopping = true;
    }

    /** Ends the session as soon as it waits for its client; {@link #stop} came before. For any thread. */
    void endWhenWaiting() {
        unwelcome = true; // Before the other flag is looked at: of the two threads one sees what the other set.
        over.countDown();
        wire.abortWhenWaiting();
        if (besideWire) wire.abort();
    }

    /** Ends the session whatever it is doing. For any thread. */
    void end() {
        over.countDown();
        wire.abort();
    }

    private void flushLast() {
        try {
            wire.flush();
        } catch (IOException gone) {
            log.debug("<{}> {}", peer.name(), LogText.of(gone.toString()));
        }
    }

    private void hangUp() {
        try {
            wire.close();
        } catch (IOException gone) {
            log.debug("<{}> {}", peer.name(), LogText.of(gone.toString()));
        }
    }
}
