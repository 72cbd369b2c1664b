package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Capabilities;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.sasl.Bearer;
import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.protocol.sasl.Plain;
import io.github.pop3kit.protocol.sasl.SaslBase64;
import io.github.pop3kit.protocol.sasl.SaslPrep;
import io.github.pop3kit.protocol.sasl.ScramClient;
import io.github.pop3kit.protocol.sasl.ScramHash;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One attempt to log in. */
final class Authentication {

    /** RFC 2449 section 4: a command, its line end included. */
    private static final int LONGEST_COMMAND = 255;

    private static final int MOST_CHALLENGES = 20;

    /** Those by which the password is proved and not shown, the best first. */
    private static final List<String> PASSWORD_MECHANISMS = List.of(
            "SCRAM-SHA-512-PLUS",
            "SCRAM-SHA-256-PLUS",
            "SCRAM-SHA-1-PLUS",
            "SCRAM-SHA-512",
            "SCRAM-SHA-256",
            "SCRAM-SHA-1",
            "CRAM-MD5");

    /**
     * A msg-id of RFC 822, as far as it matters (CVE-2007-1558): who forges a greeting needs octets here that no msg-id has.
     */
    private static final Pattern TIMESTAMP = Pattern.compile("<[\\x21-\\x7E&&[^<>@]]+@[\\x21-\\x7E&&[^<>@]]+>");

    private static final int LONGEST_TIMESTAMP = 255;

    private final Dialogue dialogue;
    private final String greeting;

    /** Whether something was sent that the server may dislike so much that it hangs up. */
    private boolean credentialsSent;

    /** Whether the server has asked for more than the first message of the exchange. */
    private boolean challenged;

    Authentication(Dialogue dialogue, String greeting) {
        this.dialogue = dialogue;
        this.greeting = greeting;
    }

    void perform(Login login) throws Pop3Exception {
        try {
            Reply reply = exchange(login);
            if (reply instanceof Reply.Err refusal) throw Rejection.ofLogin(dialogue, refusal);
        } catch (ConnectionLostException e) {
            // A reset is nobody's answer, but the network's, or of a server that has crashed.
            throw credentialsSent && e.byServer() ? CredentialsRefusedException.closed(dialogue.server(), e) : e;
        }
    }

    private Reply exchange(Login login) throws Pop3Exception {
        if (login instanceof Login.Apop apop) return apop(apop.user(), apop.password());
        if (login instanceof Login.External external) return external(external.user());
        if (login instanceof Login.Password password) return password(password);
        if (!dialogue.allowsPasswords()) throw dialogue.cleartext();
        if (login instanceof Login.Plain plain) return plain(plain.actAs(), plain.user(), plain.password());
        if (login instanceof Login.UserPass userPass) return userPass(userPass.user(), userPass.password());
        return oauth2((Login.OAuth2) login);
    }

    /** In the best way that both sides and the caller allow; what shows the password last, and over TLS only. */
    private Reply password(Login.Password login) throws Pop3Exception {
        Capabilities offered = dialogue.capabilities();
        for (String name : PASSWORD_MECHANISMS) {
            if (!login.mechanisms().contains(name) || !offered.has("SASL", name)) continue;
            Optional<ScramHash> scram = ScramHash.of(name);
            if (scram.isPresent() && !isPrepared(login.user(), login.password())) continue;
            if (scram.isPresent() && !ScramHash.isPlus(name)) return sasl(scram(scram.get(), null, login), false);
            if (scram.isPresent() && !bindings().isEmpty()) return bound(scram.get(), login);
            if (name.equals("CRAM-MD5")) {
                return sasl(new Mechanism.CramMd5Mechanism(login.user(), login.password()), false);
            }
        }
        if (login.mechanisms().contains("APOP") && timestamp().isPresent()) {
            return apop(login.user(), login.password());
        }
        if (Collections.disjoint(login.mechanisms(), List.of("PLAIN", "LOGIN", "USER"))) throw noPassword();
        if (!dialogue.allowsPasswords()) throw dialogue.cleartext();
        if (login.mechanisms().contains("PLAIN") && offered.has("SASL", "PLAIN")) {
            return plain("", login.user(), login.password());
        }
        if (login.mechanisms().contains("LOGIN") && offered.has("SASL", "LOGIN")) {
            return sasl(new Mechanism.LoginMechanism(login.user(), login.password()), false);
        }
        // Servers without any word about logins have USER; those with other mechanisms alone do not want passwords.
        boolean user = offered.has("USER") || !offered.has("SASL");
        if (login.mechanisms().contains("USER") && user) return userPass(login.user(), login.password());
        throw noPassword();
    }

    /** Whether SCRAM can be tried: what SASLprep refuses has no salted form, and yet a server may know it (RFC 5802 section 5.1). */
    private static boolean isPrepared(String... texts) {
        return Arrays.stream(texts)
                .allMatch(text ->
                        SaslPrep.prepare(text).filter(some -> !some.isEmpty()).isPresent());
    }

    /**
     * By the best binding that the server knows. What it knows it does not say; one whose Java cannot export keys refuses
     * tls-exporter in the first message, before anything was proved.
     */
    private Reply bound(ScramHash hash, Login.Password login) throws Pop3Exception {
        List<ChannelBinding> bindings = bindings();
        Reply reply = sasl(scram(hash, bindings.get(0), login), false);
        for (ChannelBinding other : bindings.subList(1, bindings.size())) {
            boolean refusedAtOnce = reply instanceof Reply.Err refusal
                    && !challenged
                    && Rejection.ofLogin(dialogue, refusal) instanceof CredentialsRefusedException;
            if (!refusedAtOnce) break;
            reply = sasl(scram(hash, other, login), false);
        }
        return reply;
    }

    private NotOfferedException noPassword() {
        return new NotOfferedException(
                dialogue.server(), "offers no login by password, of those that are allowed here", null);
    }

    private Mechanism scram(ScramHash hash, @Nullable ChannelBinding binding, Login.Password login) {
        String name = binding == null ? hash.mechanism() : hash.plus();
        // A server that does offer it learns by this that somebody has taken its offer away.
        boolean couldBind = !bindings().isEmpty() && login.mechanisms().stream().anyMatch(ScramHash::isPlus);
        boolean offersBinding = dialogue.capabilities().find("SASL").stream()
                .flatMap(sasl -> sasl.arguments().stream())
                .anyMatch(other -> ScramHash.isPlus(other.toUpperCase(Locale.ROOT)));
        return new Mechanism.ScramMechanism(
                name, new ScramClient(hash, binding, couldBind && !offersBinding, "", login.user(), login.password()));
    }

    private List<ChannelBinding> bindings() {
        return dialogue.tlsSession()
                .map(session -> ChannelBinding.of(session, false))
                .orElse(List.of());
    }

    private Reply external(String actAs) throws Pop3Exception {
        if (dialogue.tlsSession().isEmpty() || !dialogue.capabilities().has("SASL", "EXTERNAL")) {
            throw new NotOfferedException(dialogue.server(), "offers no login by certificate", null);
        }
        return sasl(new Mechanism.ExternalMechanism(actAs), false);
    }

    /** With a second token, if the first one is refused; that time in two lines, for servers that understand no other form. */
    private Reply oauth2(Login.OAuth2 login) throws Pop3Exception {
        Reply reply = sasl(bearer(login, Optional.empty()), false);
        if (!(reply instanceof Reply.Err refusal)) return reply;
        if (!(Rejection.ofLogin(dialogue, refusal) instanceof CredentialsRefusedException refused)) return reply;
        return sasl(bearer(login, Optional.of(refused)), true);
    }

    private Mechanism bearer(Login.OAuth2 login, Optional<CredentialsRefusedException> refusal) throws Pop3Exception {
        boolean standard = dialogue.capabilities().has("SASL", "OAUTHBEARER");
        if (!standard && !dialogue.capabilities().has("SASL", "XOAUTH2")) {
            throw new NotOfferedException(dialogue.server(), "offers no login by a token", null);
        }
        String token;
        try {
            token = login.tokens().token(refusal);
            if (!Bearer.isToken(token)) throw new IOException("what was given for one is none");
        } catch (IOException e) {
            throw CredentialsRefusedException.withoutToken(dialogue.server(), e);
        }
        Bearer bearer = new Bearer(login.user(), token);
        String server = dialogue.server();
        int colon = server.lastIndexOf(':');
        return standard
                ? Mechanism.BearerMechanism.oauthBearer(
                        bearer, server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)))
                : Mechanism.BearerMechanism.xoauth2(bearer);
    }

    private Reply userPass(String user, String password) throws Pop3Exception {
        Reply reply = dialogue.reply(new Command.User(user));
        if (reply instanceof Reply.Err) return reply;
        return sendCredentials(new Command.Pass(password));
    }

    private Reply plain(String actAs, String user, String password) throws Pop3Exception {
        return sasl(new Mechanism.PlainMechanism(new Plain(actAs, user, password)), false);
    }

    private Reply apop(String user, String password) throws Pop3Exception {
        String timestamp = timestamp()
                .orElseThrow(() -> new NotOfferedException(
                        dialogue.server(), "offers no APOP: its greeting has no timestamp", null));
        String name =
                SaslPrep.prepare(user).orElse(user); // RFC 6856 section 2.2; what it does not allow the server refuses.
        return sendCredentials(new Command.Apop(name, Md5.apop(timestamp, password)));
    }

    private Reply sendCredentials(Command command) throws Pop3Exception {
        dialogue.say(command);
        credentialsSent = true;
        dialogue.flush();
        return dialogue.hear(command);
    }

    private Optional<String> timestamp() {
        Matcher timestamp = TIMESTAMP.matcher(greeting);
        return timestamp.find() && timestamp.group().length() <= LONGEST_TIMESTAMP
                ? Optional.of(timestamp.group())
                : Optional.empty();
    }

    /**
     * RFC 5034 section 4.
     *
     * @param twoLines whether the first response waits for the server to ask for it, though it may fit
     */
    private Reply sasl(Mechanism mechanism, boolean twoLines) throws Pop3Exception {
        Optional<byte[]> first = mechanism.first();
        Optional<String> initial = first.map(octets -> octets.length == 0 ? "=" : SaslBase64.encode(octets));
        Command oneLine = new Command.Auth(mechanism.name(), initial);
        // A longer response waits for the server to ask for it.
        boolean tooLong = ((Command.Auth) oneLine).line().length() + 2 > LONGEST_COMMAND;
        boolean pending = first.isPresent() && (tooLong || twoLines);
        dialogue.say(pending ? new Command.Auth(mechanism.name(), Optional.empty()) : oneLine);
        credentialsSent = !pending;
        challenged = false;
        for (int challenges = 0; challenges < MOST_CHALLENGES; challenges++) {
            dialogue.flush();
            Reply reply = dialogue.hearReplyOrChallenge();
            if (reply instanceof Reply.Err) return reply;
            if (reply instanceof Reply.Ok ok) {
                if (!pending && mechanism.trustsServer()) return ok;
                if (!pending) throw dialogue.violated("has let us in without proving that it knows the password", "");
                dialogue.deviates(Deviation.Kind.OK_FOR_CHALLENGE, ok.text());
            }
            byte[] challenge = octets(reply); // Also where it says nothing that matters, it may deviate.
            challenged = !pending;
            Optional<byte[]> answer = pending ? first : mechanism.answer(challenge);
            pending = false;
            credentialsSent = true;
            dialogue.respond(answer.map(SaslBase64::encode).orElse("*"));
        }
        throw dialogue.violated("asks for ever in a SASL exchange", "");
    }

    /** What a challenge says; nothing if it is only words, as some servers send with the first, empty one. */
    private byte[] octets(Reply reply) {
        if (!(reply instanceof Reply.Challenge challenge)) return new byte[0];
        Optional<byte[]> strict = SaslBase64.decode(challenge.base64());
        if (strict.isPresent()) return strict.get();
        dialogue.deviates(Deviation.Kind.CHALLENGE_NOT_BASE64, "");
        String unpadded = challenge.base64().strip().replaceAll("=+$", "");
        try {
            return Base64.getDecoder().decode(unpadded);
        } catch (IllegalArgumentException words) {
            return new byte[0];
        }
    }
}
