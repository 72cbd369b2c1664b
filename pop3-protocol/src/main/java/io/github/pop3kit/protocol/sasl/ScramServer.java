package io.github.pop3kit.protocol.sasl;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server's part of one exchange of SCRAM (RFC 5802 section 3). */
public final class ScramServer {

    /** RFC 5802 section 7, gs2-header and client-first-message-bare; a mandatory extension would stand where n= does. */
    private static final Pattern CLIENT_FIRST =
            Pattern.compile("((n|y|p=([A-Za-z0-9.-]+)),(?:a=([^,]+))?,)(n=([^,]+),r=([^,]+)(?:,[A-Za-z]=[^,]+)*)");

    private final ScramHash hash;
    private final byte[] bound;
    private final String authorizationId;
    private final String user;
    private final String firstBare;
    private final String nonce;
    private String serverFirst = "";

    private ScramServer(
            ScramHash hash, byte[] bound, String authorizationId, String user, String firstBare, String nonce) {
        this.hash = hash;
        this.bound = bound;
        this.authorizationId = authorizationId;
        this.user = user;
        this.firstBare = firstBare;
        this.nonce = nonce;
    }

    /**
     * Reads the client's first message.
     *
     * @param plus whether the client chose the mechanism with channel binding
     * @param bindings what the server can bind to, where it offers that; a client that could bind and says it was not offered is
     *     refused then, for somebody has changed the offer
     * @return empty if the message is not right
     */
    public static Optional<ScramServer> start(
            ScramHash hash, boolean plus, List<ChannelBinding> bindings, byte[] clientFirst) {
        return start(hash, plus, bindings, clientFirst, ScramMessage.nonce());
    }

    static Optional<ScramServer> start(
            ScramHash hash, boolean plus, List<ChannelBinding> bindings, byte[] clientFirst, String nonce) {
        Optional<String> text = Utf8.decode(clientFirst);
        if (text.isEmpty() || text.get().indexOf('\0') >= 0) return Optional.empty();
        Matcher message = CLIENT_FIRST.matcher(text.get());
        if (!message.matches() || !ScramMessage.isNonce(message.group(7))) return Optional.empty();
        Optional<byte[]> channel = channel(message.group(2), message.group(3), plus, bindings);
        Optional<String> actAs = SaslName.decode(message.group(4) == null ? "" : message.group(4));
        Optional<String> user = SaslName.decode(message.group(6));
        if (channel.isEmpty() || actAs.isEmpty() || user.isEmpty()) return Optional.empty();
        byte[] bound = ScramMessage.join(ScramMessage.octets(message.group(1)), channel.get());
        return Optional.of(
                new ScramServer(hash, bound, actAs.get(), user.get(), message.group(5), message.group(7) + nonce));
    }

    /** The data of the binding that the client's flag names, none for {@code n}; empty if the flag does not fit. */
    private static Optional<byte[]> channel(String flag, String type, boolean plus, List<ChannelBinding> bindings) {
        boolean binds = flag.startsWith("p");
        if (binds != plus || (flag.equals("y") && !bindings.isEmpty())) return Optional.empty();
        if (!binds) return Optional.of(new byte[0]);
        return bindings.stream()
                .filter(binding -> binding.type().equals(type))
                .map(ChannelBinding::data)
                .findFirst();
    }

    /** Whom to act as; empty for the user who authenticates. */
    public String authorizationId() {
        return authorizationId;
    }

    /** Who authenticates, as the client wrote it. */
    public String user() {
        return user;
    }

    /** The server's first message. */
    public byte[] challenge(byte[] salt, int iterations) {
        serverFirst = "r=" + nonce + ",s=" + SaslBase64.encode(salt) + ",i=" + iterations;
        return ScramMessage.octets(serverFirst);
    }

    /**
     * Checks the client's proof; {@link #challenge} came before.
     *
     * @return the server's last message, which proves that it has the keys; empty if the proof is not right
     */
    public Optional<byte[]> finish(byte[] clientFinal, byte[] storedKey, byte[] serverKey) {
        String message = Utf8.decode(clientFinal).orElse("");
        int end = message.lastIndexOf(",p=");
        if (end < 0) return Optional.empty();
        String withoutProof = message.substring(0, end);
        Optional<byte[]> proof = SaslBase64.decode(message.substring(end + ",p=".length()));
        Optional<String[]> values = ScramMessage.values(withoutProof, "cr");
        if (proof.isEmpty() || proof.get().length != storedKey.length || values.isEmpty()) return Optional.empty();
        Optional<byte[]> channel = SaslBase64.decode(values.get()[0]);
        String signed = firstBare + "," + serverFirst + "," + withoutProof;
        byte[] clientKey = ScramMessage.xor(proof.get(), hash.hmac(storedKey, signed));
        boolean right = MessageDigest.isEqual(hash.hash(clientKey), storedKey);
        boolean here = channel.isPresent() && MessageDigest.isEqual(channel.get(), bound);
        if (!right || !here || !values.get()[1].equals(nonce)) return Optional.empty();
        return Optional.of(ScramMessage.octets("v=" + SaslBase64.encode(hash.hmac(serverKey, signed))));
    }
}
