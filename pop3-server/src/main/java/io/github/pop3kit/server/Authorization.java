package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Capability;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.sasl.Plain;
import io.github.pop3kit.protocol.sasl.SaslBase64;
import io.github.pop3kit.protocol.wire.Wire;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.util.Optional;
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
    private @Nullable String user;
    private int failures;
    private String lastAttempt = "";

    Authorization(Session session, Service service, Wire wire, Peer peer, boolean stls) {
        this.session = session;
        this.service = service;
        this.wire = wire;
        this.peer = peer;
        this.stls = stls;
    }

    @Override
    public SessionState user(Command.User command) {
        if (!service.acceptsPasswords(peer.secure())) return refuseCleartext();
        user = command.name();
        wire.ok("password required"); // Whether there is such a user is not for strangers to know.
        return this;
    }

    @Override
    public SessionState pass(Command.Pass command) {
        if (!service.acceptsPasswords(peer.secure())) return refuseCleartext();
        if (user == null) {
            wire.err("USER comes first");
            return this;
        }
        String name = user;
        user = null;
        return login(name, command.password());
    }

    /** PLAIN, with its message on the same line or on the next (RFC 5034 section 4). */
    @Override
    public SessionState auth(Command.Auth command) throws IOException {
        if (!service.acceptsPasswords(peer.secure())) return refuseCleartext();
        if (command.mechanism().isEmpty()) return listMechanisms();
        if (!command.mechanism().equals("PLAIN")) {
            wire.err("no such SASL mechanism here");
            return this;
        }
        Optional<byte[]> message;
        if (command.initialResponse().isPresent()) {
            message = SaslBase64.decodeInitial(command.initialResponse().get());
        } else {
            wire.challenge("");
            String response = wire.readResponse();
            if (response == null) return end("Connection closed");
            if (response.equals("*")) {
                wire.err("authentication cancelled");
                return this;
            }
            message = SaslBase64.decode(response);
        }
        Optional<Plain> plain = message.flatMap(Plain::parse);
        if (plain.isEmpty()) {
            wire.err("not a message of PLAIN in base64");
            return this;
        }
        String actAs = plain.get().authorizationId();
        if (!actAs.isEmpty() && !actAs.equals(plain.get().user()))
            return refuseLogin(plain.get().user());
        return login(plain.get().user(), plain.get().password());
    }

    @Override
    public SessionState capa(Command.Capa command) throws IOException {
        wire.ok("capability list follows");
        for (Capability capability : service.capabilities(peer.secure(), stls)) wire.listing(capability.toString());
        wire.endListing();
        return this;
    }

    @Override
    public SessionState stls(Command.Stls command) throws IOException {
        if (!stls) {
            wire.err(peer.secure() ? "TLS is active already" : "there is no TLS here");
            return this;
        }
        // What was sent in the clear behind STLS may be somebody else's: it must neither be obeyed nor pass for TLS.
        if (wire.hasInput()) return end("Octets behind STLS");
        wire.ok("begin TLS negotiation");
        wire.flush();
        session.startTls();
        return session.authorization();
    }

    @Override
    public SessionState quit(Command.Quit command) {
        wire.ok("pop3kit signing off");
        return end("Aborted login by logging out");
    }

    @Override
    public SessionState otherwise(Command command) {
        wire.err(SessionState.isUnserved(command) ? "not supported" : "not available before login");
        return this;
    }

    private SessionState login(String name, String password) {
        lastAttempt = name;
        try {
            Optional<Account> account = service.authenticator().password(name, password);
            return account.isPresent() ? open(account.get().from(peer.remote())) : refuseLogin(name);
        } catch (IOException | RuntimeException e) {
            log.error("<{}> login of {} cannot be decided", peer.name(), LogText.of(name), e);
            Refusal.send(wire, e);
            return this;
        }
    }

    private SessionState open(Account account) {
        if (service.loginDelay().tooSoon(account.name())) {
            wire.err(ResponseCode.LOGIN_DELAY, "logged in too recently; try again later");
            return this;
        }
        if (!session.openTo(account.name())) {
            wire.err(ResponseCode.IN_USE, "too many sessions of this user");
            return this;
        }
        try {
            Transaction transaction = Transaction.open(service, account, wire, peer);
            service.loginDelay().loggedIn(account.name());
            session.loggedIn(account.name());
            log.info("pop3-login: Login: user=<{}>, method=PLAIN, {}", LogText.of(account.name()), peer.fields());
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

    private SessionState refuseLogin(String name) {
        lastAttempt = name;
        failures++;
        wire.err(ResponseCode.AUTH, "authentication failed");
        return failures < service.limits().loginFailures() ? this : end("Too many refused logins");
    }

    private SessionState refuseCleartext() {
        wire.err("passwords are accepted over TLS only");
        return this;
    }

    private SessionState listMechanisms() throws IOException {
        wire.ok("SASL mechanisms follow");
        wire.listing("PLAIN");
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
                failures == 0 ? "" : "method=PLAIN, ",
                peer.fields());
        return Ended.ENDED;
    }
}
