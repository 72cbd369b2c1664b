package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Capability;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.ScramHash;
import io.github.pop3kit.protocol.wire.Wire;
import io.github.pop3kit.server.auth.DigestResponse;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The AUTHORIZATION state (RFC 1939 section 4): nobody has logged in. */
final class Authorization implements SessionState {

    private static final Logger log = LoggerFactory.getLogger(Authorization.class);

    private final Session session;
    private final Service service;
    private final Wire wire;
    private final Peer peer;
    private final boolean stls;
    private final List<ChannelBinding> bindings;
    private final List<X509Certificate> certificates;
    private @Nullable String user;
    private boolean utf8;
    private int failures;
    private String lastAttempt = "";
    private String lastMethod = "PLAIN";

    /** The state; TLS, where there is any, is on already. */
    Authorization(
            Session session,
            Service service,
            Wire wire,
            Peer peer,
            boolean stls,
            Optional<SSLSession> tls,
            int failures) {
        this.session = session;
        this.service = service;
        this.wire = wire;
        this.peer = peer;
        this.stls = stls;
        this.failures = failures;
        this.bindings = tls.map(known -> ChannelBinding.of(known, true)).orElse(List.of());
        this.certificates = tls.map(Authorization::certificates).orElse(List.of());
    }

    /** What the client has shown, and TLS has verified. */
    private static List<X509Certificate> certificates(SSLSession tls) {
        try {
            return Arrays.stream(tls.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    private List<String> offered() {
        return session.mechanisms(peer.secure(), !bindings.isEmpty(), !certificates.isEmpty());
    }

    // ---- logging in

    @Override
    public SessionState user(Command.User command) {
        if (!offered().contains("USER")) return refuse("USER");
        user = command.name();
        wire.ok("password required"); // Whether there is such a user is not for strangers to know.
        return this;
    }

    @Override
    public SessionState pass(Command.Pass command) throws IOException {
        if (!offered().contains("USER")) return refuse("USER");
        if (user == null) {
            wire.err("USER comes first");
            return this;
        }
        Proof proof = Proof.of(
                user,
                "",
                name -> Secrets.allowed(command.password())
                        ? service.authenticator().password(name, command.password())
                        : Optional.empty());
        user = null;
        return login("PLAIN", proof, Optional.empty());
    }

    @Override
    public SessionState apop(Command.Apop command) throws IOException {
        if (!offered().contains("APOP")) return refuse("APOP");
        String timestamp = session.timestamp();
        Proof proof = Proof.of(
                command.name(),
                "",
                name -> service.authenticator().digest(new DigestResponse("APOP", name, timestamp, command.digest())));
        return login("APOP", proof, Optional.empty());
    }

    /** RFC 5034 section 4. */
    @Override
    public SessionState auth(Command.Auth command) throws IOException {
        List<String> offered = Mechanisms.sasl(offered());
        if (command.mechanism().isEmpty()) return listMechanisms(offered);
        if (!offered.contains(command.mechanism())) return refuse(command.mechanism());
        boolean offersBinding = offered.stream().anyMatch(ScramHash::isPlus);
        SaslExchange exchange =
                new SaslExchange(wire, service.authenticator(), offersBinding ? bindings : List.of(), certificates);
        Proof proof;
        try {
            proof = exchange.hear(command);
        } catch (SaslExchange.BrokenOff e) {
            wire.err(e.sentence());
            return this;
        }
        return login(command.mechanism(), proof, Optional.of(exchange));
    }

    @Override
    public SessionState capa(Command.Capa command) throws IOException {
        wire.ok("capability list follows");
        for (Capability capability : service.capabilities(offered(), stls)) wire.listing(capability.toString());
        wire.endListing();
        return this;
    }

    /** RFC 6856 section 2.1. */
    @Override
    public SessionState utf8(Command.Utf8 command) {
        if (!service.utf8()) return otherwise(command);
        utf8 = true;
        wire.ok("UTF8 enabled");
        return this;
    }

    @Override
    public SessionState lang(Command.Lang command) throws IOException {
        return service.utf8() ? Language.answer(command, wire, this) : otherwise(command);
    }

    @Override
    public SessionState stls(Command.Stls command) throws IOException {
        if (!stls) {
            wire.err(peer.secure() ? "TLS is active already" : "there is no TLS here");
            return this;
        }
        if (utf8) { // RFC 6856 section 2.1: and what was agreed upon in the clear would be worth nothing.
            wire.err("STLS comes before UTF8");
            return this;
        }
        // What was sent in the clear behind STLS may be somebody else's: it must neither be obeyed nor pass for TLS.
        if (wire.hasInput()) return end("Octets behind STLS");
        wire.ok("begin TLS negotiation");
        wire.flush();
        session.startTls();
        return session.authorization(failures);
    }

    @Override
    public SessionState quit(Command.Quit command) {
        wire.ok("pop3kit signing off");
        return end("Aborted login by logging out");
    }

    @Override
    public SessionState otherwise(Command command) {
        wire.err(service.serves(command) ? "not available before login" : "not supported");
        return this;
    }

    /** Judges a proof: after the address's penalty, with others of the same address waiting, and refuses late. */
    private SessionState login(String method, Proof proof, Optional<SaslExchange> exchange) throws IOException {
        lastAttempt = named(proof.user().isEmpty() ? proof.actAs() : proof.user());
        lastMethod = method;
        LoginPenalty.Attempt attempt = service.penalty().attempt(peer.remote());
        begin(attempt);
        Optional<Proof.Verdict> verdict;
        try {
            verdict = decide(attempt, proof);
        } catch (IOException | RuntimeException e) {
            String name = LogText.of(lastAttempt);
            if (e instanceof IOException) {
                log.warn("<{}> login of {} cannot be decided now: {}", peer.name(), name, e.toString());
                log.debug("<{}> login of {} cannot be decided now", peer.name(), name, e);
            } else {
                log.error("<{}> login of {} cannot be decided", peer.name(), name, e);
            }
            Refusal.send(wire, e);
            return this;
        }
        if (verdict.isEmpty()) {
            session.pause(attempt.refused());
            return refuseLogin(proof, exchange);
        }
        if (verdict.get().lastChallenge().isPresent() && exchange.isPresent()) {
            try {
                exchange.get().ask(verdict.get().lastChallenge().get());
            } catch (SaslExchange.BrokenOff e) {
                wire.err(e.sentence());
                return this;
            }
        }
        return open(verdict.get().account().from(peer.remote()), method);
    }

    /** For the log. Behind a blank there may be a password, of somebody who took USER for IMAP's LOGIN. */
    private static String named(String typed) {
        int blank = typed.indexOf(' ');
        return blank < 0 ? typed : typed.substring(0, blank) + " ****";
    }

    private Optional<Proof.Verdict> decide(LoginPenalty.Attempt attempt, Proof proof) throws IOException {
        try {
            Optional<Proof.Verdict> verdict = proof.judge();
            return verdict.isEmpty() ? verdict : asWanted(verdict.get(), proof);
        } finally {
            attempt.decided();
        }
    }

    /** Of many attempts that come at once only the first few are not penalized for each other. */
    private void begin(LoginPenalty.Attempt attempt) throws IOException {
        try {
            Duration wait = attempt.penalty();
            while (true) {
                for (; !wait.isZero(); wait = attempt.penalty()) session.pause(wait);
                attempt.begin();
                wait = attempt.penalty();
                if (wait.isZero()) return;
                attempt.decided();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    /** Whom to act as must be the user himself, unless the authenticator knows him as one who may (RFC 4422 section 3.4.1). */
    private Optional<Proof.Verdict> asWanted(Proof.Verdict verdict, Proof proof) throws IOException {
        if (proof.actAs().isEmpty()) return Optional.of(verdict);
        if (!Secrets.allowed(proof.actAs())) return Optional.empty();
        String wanted = Secrets.prepared(proof.actAs());
        boolean himself = wanted.equals(verdict.account().name()) || wanted.equals(Secrets.prepared(proof.user()));
        if (himself) return Optional.of(verdict);
        return service.authenticator()
                .actAs(verdict.account(), wanted)
                .map(other -> new Proof.Verdict(other, verdict.lastChallenge()));
    }

    private SessionState open(Account account, String method) {
        if (service.loginDelay().tooSoon(account.name())) {
            wire.err(ResponseCode.LOGIN_DELAY, "logged in too recently; try again later");
            return this;
        }
        if (!session.openTo(account.name())) {
            wire.err(ResponseCode.IN_USE, "too many sessions of this user");
            return this;
        }
        try {
            Transaction transaction = transaction(account);
            service.loginDelay().loggedIn(account.name());
            session.loggedIn(account.name());
            log.info("pop3-login: Login: user=<{}>, method={}, {}", LogText.of(account.name()), method, peer.fields());
            return transaction;
        } catch (IOException | RuntimeException e) {
            session.closeToUser();
            String user = LogText.of(account.name());
            if (e instanceof StoreException refused && refused.reason() == Reason.IN_USE) {
                log.info("<{}> the maildrop of {} is in use by another session", peer.name(), user);
            } else {
                log.warn("<{}> the maildrop of {} cannot be opened", peer.name(), user, e);
            }
            Refusal.send(wire, e);
            return this;
        }
    }

    /** A client that broke off without QUIT and is back already finds its own former session in the way, for a moment. */
    private Transaction transaction(Account account) throws IOException {
        try {
            return Transaction.open(service, account, wire, peer, offered(), utf8, session::closeToUser);
        } catch (StoreException e) {
            if (e.reason() != Reason.IN_USE || !session.outlivesOthersOf(account.name())) throw e;
            return Transaction.open(service, account, wire, peer, offered(), utf8, session::closeToUser);
        }
    }

    private SessionState refuseLogin(Proof proof, Optional<SaslExchange> exchange) throws IOException {
        failures++;
        if (proof.refusal().isPresent() && exchange.isPresent()) {
            try {
                exchange.get().ask(proof.refusal().get());
            } catch (SaslExchange.BrokenOff whateverItSays) {
                // It was to say that it has heard, and no more.
            }
        }
        wire.err(ResponseCode.AUTH, "authentication failed");
        return failures < service.limits().loginFailures() ? this : end("Too many refused logins");
    }

    /** Says why a way to log in is not open; the same whatever the secret. */
    private SessionState refuse(String mechanism) {
        user = null;
        boolean overTls = !peer.secure() && session.mechanisms(true, true, true).contains(mechanism);
        if (overTls) {
            wire.err("passwords are accepted over TLS only");
        } else if (mechanism.equals("APOP") || mechanism.equals("USER")) {
            wire.err("not supported");
        } else {
            wire.err("no such SASL mechanism here");
        }
        return this;
    }

    private SessionState listMechanisms(List<String> offered) throws IOException {
        wire.ok("SASL mechanisms follow");
        for (String mechanism : offered) wire.listing(mechanism);
        wire.endListing();
        return this;
    }

    @Override
    public int badCommands() {
        return service.limits().badCommandsBeforeLogin();
    }

    @Override
    public void abandon() {
        end("Connection closed");
    }

    /** Says in the log why nobody logged in, in the words that fail2ban's filter for Dovecot looks for. */
    private SessionState end(String reason) {
        String attempts = failures == 0 ? "no auth attempts" : "auth failed, " + failures + " attempts";
        log.info(
                "pop3-login: Disconnected: {} ({} in {} secs): user=<{}>, {}{}",
                reason,
                attempts,
                session.age(),
                LogText.of(lastAttempt),
                failures == 0 ? "" : "method=" + lastMethod + ", ",
                peer.fields());
        return Ended.ENDED;
    }
}
