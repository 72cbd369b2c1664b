package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Capabilities;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.sasl.Plain;
import io.github.pop3kit.protocol.sasl.SaslBase64;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One attempt to log in. */
final class Authentication {

    /** RFC 2449 section 4: a command, its line end included. */
    private static final int LONGEST_COMMAND = 255;

    private static final int MOST_CHALLENGES = 20;

    /**
     * A msg-id of RFC 822, as far as it matters (CVE-2007-1558): who forges a greeting needs octets here that no msg-id has.
     */
    private static final Pattern TIMESTAMP = Pattern.compile("<[\\x21-\\x7E&&[^<>@]]+@[\\x21-\\x7E&&[^<>@]]+>");

    private static final int LONGEST_TIMESTAMP = 255;

    private final Dialogue dialogue;
    private final String greeting;

    /** Whether something was sent that the server may dislike so much that it hangs up. */
    private boolean credentialsSent;

    Authentication(Dialogue dialogue, String greeting) {
        this.dialogue = dialogue;
        this.greeting = greeting;
    }

    void perform(Login login) throws Pop3Exception {
        try {
            Reply reply = exchange(login);
            if (reply instanceof Reply.Err refusal) throw Rejection.ofLogin(dialogue, refusal);
        } catch (ConnectionLostException e) {
            throw credentialsSent ? CredentialsRefusedException.closed(dialogue.server(), e) : e;
        }
    }

    private Reply exchange(Login login) throws Pop3Exception {
        if (login instanceof Login.Apop apop) return apop(apop);
        if (!dialogue.allowsPasswords()) throw dialogue.cleartext();
        if (login instanceof Login.Plain plain) return plain(plain.actAs(), plain.user(), plain.password());
        if (login instanceof Login.UserPass userPass) return userPass(userPass.user(), userPass.password());
        Login.Password password = (Login.Password) login;
        Capabilities offered = dialogue.capabilities();
        if (offered.has("SASL", "PLAIN")) return plain("", password.user(), password.password());
        // Servers without any word about logins have USER; those with other mechanisms alone do not want passwords.
        if (offered.has("USER") || !offered.has("SASL")) return userPass(password.user(), password.password());
        throw new NotOfferedException(dialogue.server(), "offers no login by password", null);
    }

    private Reply userPass(String user, String password) throws Pop3Exception {
        Reply reply = dialogue.reply(new Command.User(user));
        if (reply instanceof Reply.Err) return reply;
        credentialsSent = true;
        return dialogue.reply(new Command.Pass(password));
    }

    private Reply plain(String actAs, String user, String password) throws Pop3Exception {
        return sasl(new Mechanism.PlainMechanism(new Plain(actAs, user, password)));
    }

    private Reply apop(Login.Apop login) throws Pop3Exception {
        Matcher timestamp = TIMESTAMP.matcher(greeting);
        if (!timestamp.find() || timestamp.group().length() > LONGEST_TIMESTAMP) {
            throw new NotOfferedException(dialogue.server(), "offers no APOP: its greeting has no timestamp", null);
        }
        String digest = md5(timestamp.group() + login.password());
        credentialsSent = true;
        return dialogue.reply(new Command.Apop(login.user(), digest));
    }

    private static String md5(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** RFC 5034 section 4. */
    private Reply sasl(Mechanism mechanism) throws Pop3Exception {
        Optional<byte[]> first = mechanism.first();
        Optional<String> initial = first.map(octets -> octets.length == 0 ? "=" : SaslBase64.encode(octets));
        Command oneLine = new Command.Auth(mechanism.name(), initial);
        // A longer response waits for the server to ask for it.
        boolean pending = first.isPresent() && ((Command.Auth) oneLine).line().length() + 2 > LONGEST_COMMAND;
        credentialsSent = !pending;
        dialogue.say(pending ? new Command.Auth(mechanism.name(), Optional.empty()) : oneLine);
        for (int challenges = 0; challenges < MOST_CHALLENGES; challenges++) {
            dialogue.flush();
            Reply reply = dialogue.hearReplyOrChallenge();
            if (reply instanceof Reply.Err) return reply;
            if (reply instanceof Reply.Ok ok) {
                if (!pending) return ok;
                dialogue.deviates(Deviation.Kind.OK_FOR_CHALLENGE, ok.text());
            }
            byte[] challenge = octets(reply); // Also where it says nothing that matters, it may deviate.
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
