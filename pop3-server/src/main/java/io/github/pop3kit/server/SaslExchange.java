package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.sasl.Bearer;
import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.protocol.sasl.Plain;
import io.github.pop3kit.protocol.sasl.SaslBase64;
import io.github.pop3kit.protocol.sasl.ScramHash;
import io.github.pop3kit.protocol.sasl.ScramServer;
import io.github.pop3kit.protocol.sasl.Utf8;
import io.github.pop3kit.protocol.wire.Wire;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.server.auth.DigestResponse;
import io.github.pop3kit.server.auth.ScramKeys;
import io.github.pop3kit.store.Account;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * One AUTH command (RFC 5034 section 4): what is asked and answered until the client has brought forward its proof, or given up. What
 * the proof is worth is decided behind it.
 */
final class SaslExchange {

    /** RFC 7628 section 3.2.2; the same whatever is wrong. */
    private static final String TOKEN_REFUSED = "{\"status\":\"invalid_token\",\"scope\":\"\",\"schemes\":\"bearer\"}";

    /** The exchange ends without a proof. */
    static final class BrokenOff extends Exception {

        private static final long serialVersionUID = 1L;

        /** With a fixed sentence for the client. */
        BrokenOff(String sentence) {
            super(sentence, null, false, false);
        }

        String sentence() {
            return String.valueOf(getMessage());
        }
    }

    private final Wire wire;
    private final Authenticator authenticator;
    private final List<ChannelBinding> bindings;
    private final List<X509Certificate> certificates;
    private Optional<String> initial = Optional.empty();

    /**
     * An exchange.
     *
     * @param bindings what the server can bind to, where it offers that
     */
    SaslExchange(
            Wire wire, Authenticator authenticator, List<ChannelBinding> bindings, List<X509Certificate> certificates) {
        this.wire = wire;
        this.authenticator = authenticator;
        this.bindings = bindings;
        this.certificates = certificates;
    }

    /**
     * Hears the client out.
     *
     * @throws IOException if the connection is gone
     */
    Proof hear(Command.Auth command) throws IOException, BrokenOff {
        initial = command.initialResponse();
        String mechanism = command.mechanism();
        Optional<ScramHash> scram = ScramHash.of(mechanism);
        if (scram.isPresent()) return scram(scram.get(), mechanism);
        return switch (mechanism) {
            case "PLAIN" -> plain();
            case "LOGIN" -> login();
            case "OAUTHBEARER", "XOAUTH2" -> bearer(mechanism);
            case "EXTERNAL" -> external();
            default -> cramMd5();
        };
    }

    private Proof plain() throws IOException, BrokenOff {
        Plain plain = Plain.parse(first()).orElseThrow(() -> new BrokenOff("not a message of PLAIN"));
        return Proof.of(
                plain.user(),
                plain.authorizationId(),
                user -> Secrets.allowed(plain.password())
                        ? authenticator.password(user, plain.password())
                        : Optional.empty());
    }

    /** draft-murchison-sasl-login: two questions, of which the first may be answered before it is asked. */
    private Proof login() throws IOException, BrokenOff {
        String user = text(initial.isPresent() ? first() : ask("Username:"));
        String password = text(ask("Password:"));
        if (user.isEmpty() || password.isEmpty()) throw new BrokenOff("not a response of LOGIN");
        return Proof.of(
                user,
                "",
                name -> Secrets.allowed(password) ? authenticator.password(name, password) : Optional.empty());
    }

    private Proof bearer(String mechanism) throws IOException, BrokenOff {
        byte[] message = first();
        Bearer bearer = (mechanism.equals("XOAUTH2") ? Bearer.parseXOAuth2(message) : Bearer.parseOAuthBearer(message))
                .orElseThrow(() -> new BrokenOff("not a message of " + mechanism));
        return Proof.of(bearer.user(), "", user -> authenticator.token(user, bearer.token()))
                .refusedWith(TOKEN_REFUSED.getBytes(StandardCharsets.US_ASCII));
    }

    private Proof external() throws IOException, BrokenOff {
        String actAs = text(first());
        return Proof.of("", actAs, nameless -> authenticator.certificate(certificates));
    }

    private Proof cramMd5() throws IOException, BrokenOff {
        if (initial.isPresent()) throw new BrokenOff("CRAM-MD5 begins with the server's challenge");
        String challenge = Md5.challenge();
        Md5.Response response =
                Md5.Response.parse(ask(challenge)).orElseThrow(() -> new BrokenOff("not a response of CRAM-MD5"));
        return Proof.of(
                response.user(),
                "",
                user -> authenticator.digest(new DigestResponse("CRAM-MD5", user, challenge, response.digest())));
    }

    private Proof scram(ScramHash hash, String mechanism) throws IOException, BrokenOff {
        ScramServer scram = ScramServer.start(hash, ScramHash.isPlus(mechanism), bindings, first())
                .orElseThrow(() -> new BrokenOff("not a message of SCRAM, or its channel binding does not fit"));
        String name = Secrets.prepared(scram.user());
        ScramKeys keys;
        try {
            keys = authenticator
                    .scram(hash.mechanism(), name)
                    .orElseGet(() -> ScramKeys.nobody(hash.mechanism(), name));
        } catch (IOException undecided) {
            return Proof.of(scram.user(), "", user -> {
                throw undecided;
            });
        }
        byte[] last = ask(scram.challenge(keys.salt(), keys.iterations()));
        return Proof.ofVerdict(scram.user(), scram.authorizationId(), user -> {
            Optional<byte[]> signature = scram.finish(last, keys.storedKey(), keys.serverKey());
            Optional<Account> account = keys.account();
            return signature.isPresent() && account.isPresent()
                    ? Optional.of(new Proof.Verdict(account.get(), signature))
                    : Optional.empty();
        });
    }

    /** The client's first message, which may stand in the command. */
    private byte[] first() throws IOException, BrokenOff {
        if (initial.isEmpty()) return ask("");
        return SaslBase64.decodeInitial(initial.get()).orElseThrow(SaslExchange::notBase64);
    }

    private byte[] ask(String challenge) throws IOException, BrokenOff {
        return ask(challenge.getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends a challenge and reads the response. */
    byte[] ask(byte[] challenge) throws IOException, BrokenOff {
        wire.challenge(SaslBase64.encode(challenge));
        String response = wire.readResponse();
        if (response == null) throw new EOFException("gone in the middle of a SASL exchange");
        if (response.equals("*")) throw new BrokenOff("authentication cancelled");
        return SaslBase64.decode(response).orElseThrow(SaslExchange::notBase64);
    }

    private static BrokenOff notBase64() {
        return new BrokenOff("not in base64");
    }

    private static String text(byte[] octets) throws BrokenOff {
        return Utf8.decode(octets)
                .filter(text -> text.indexOf('\0') < 0)
                .orElseThrow(() -> new BrokenOff("not in UTF-8"));
    }
}
