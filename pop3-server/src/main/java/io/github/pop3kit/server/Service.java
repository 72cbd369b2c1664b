package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Capability;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.bench.Bench;
import io.github.pop3kit.store.MailStore;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What all sessions of a server share. */
record Service(
        MailStore store,
        Authenticator authenticator,
        ServerLimits limits,
        String greeting,
        boolean cleartextLogin,
        Mechanisms mechanisms,
        boolean utf8,
        boolean last,
        LoginPenalty penalty,
        LoginDelay loginDelay,
        List<Network> proxies,
        SessionListener listener,
        Bench bench) {

    /** Whether a connection from there begins with what a proxy says of its client. */
    boolean isProxy(InetAddress remote) {
        return proxies.stream().anyMatch(network -> network.contains(remote));
    }

    /** By which ways a client may log in over such a connection, the best first; see {@link Mechanisms#offered}. */
    List<String> mechanisms(boolean secure, boolean binds, boolean certified) {
        return mechanisms.offered(authenticator.mechanisms(), secure || cleartextLogin, binds, certified);
    }

    /** Whether the command is served in any state. */
    boolean serves(Command command) {
        if (command instanceof Command.Apop) return mechanisms.enabled().contains("APOP");
        if (command instanceof Command.Utf8 || command instanceof Command.Lang) return utf8;
        return !(command instanceof Command.Last) || last;
    }

    /**
     * The lines of CAPA. What AUTHORIZATION offers stays listed after login (RFC 2449 section 5), but for STLS, which RFC 2595
     * section 4 allows before it alone.
     *
     * @param offered the ways to log in
     */
    List<Capability> capabilities(List<String> offered, boolean stls) {
        List<Capability> capabilities = new ArrayList<>();
        capabilities.add(Capability.of("TOP"));
        capabilities.add(Capability.of("UIDL"));
        capabilities.add(Capability.of("RESP-CODES"));
        capabilities.add(Capability.of("AUTH-RESP-CODE"));
        capabilities.add(Capability.of("PIPELINING"));
        if (stls) capabilities.add(Capability.of("STLS"));
        if (offered.contains("USER")) capabilities.add(Capability.of("USER"));
        List<String> sasl = Mechanisms.sasl(offered);
        if (!sasl.isEmpty()) capabilities.add(Capability.of("SASL", sasl.toArray(String[]::new)));
        if (utf8) {
            capabilities.add(Capability.of("UTF8", "USER"));
            capabilities.add(Capability.of("LANG"));
        }
        if (limits.expireDays() == ServerLimits.EXPIRE_NEVER) {
            capabilities.add(Capability.of("EXPIRE", "NEVER"));
        } else if (limits.expireDays() >= 0) {
            capabilities.add(Capability.of("EXPIRE", Integer.toString(limits.expireDays())));
        }
        // Announced in whole seconds, and never less than what is kept.
        long delay = TimeUnit.MILLISECONDS.toSeconds(limits.loginDelay().toMillis() + 999);
        if (delay > 0) capabilities.add(Capability.of("LOGIN-DELAY", Long.toString(delay)));
        capabilities.add(Capability.of("IMPLEMENTATION", "pop3kit"));
        return capabilities;
    }
}
