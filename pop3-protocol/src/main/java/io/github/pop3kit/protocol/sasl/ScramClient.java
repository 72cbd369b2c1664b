package io.github.pop3kit.protocol.sasl;

import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client's part of one exchange of SCRAM (RFC 5802 section 3): the password stays here, and the server has to prove that it knows
 * it, too.
 */
public final class ScramClient {

    /** RFC 7677 section 4 wants as many at least: fewer would help who recorded the exchange. */
    private static final int FEWEST_ITERATIONS = 4096;

    /** A second or so: more would be the server's way to keep us busy. */
    private static final int MOST_ITERATIONS = 2_000_000;

    private static final int LONGEST_SALT = 1024;

    private enum Step {
        FIRST,
        FINAL,
        PROVEN,
        BROKEN
    }

    private final ScramHash hash;
    private final String password;
    private final byte[] channel;
    private final String header;
    private final String firstBare;
    private final String nonce;
    private byte[] signature = new byte[0];
    private Step step = Step.FIRST;

    /**
     * An exchange.
     *
     * @param binding what the mechanism with {@code -PLUS} binds to; null for the one without
     * @param couldBind whether this client would have bound, had the server offered it: then the server notices who took its offer out
     *     of the list
     * @param actAs whose maildrop; empty for the user's own
     * @throws IllegalArgumentException if user or password have something in them that SASLprep does not allow
     */
    public ScramClient(
            ScramHash hash,
            @Nullable ChannelBinding binding,
            boolean couldBind,
            String actAs,
            String user,
            String password) {
        this(hash, binding, couldBind, actAs, user, password, ScramMessage.nonce());
    }

    ScramClient(
            ScramHash hash,
            @Nullable ChannelBinding binding,
            boolean couldBind,
            String actAs,
            String user,
            String password,
            String nonce) {
        this.hash = hash;
        this.password = prepared(password);
        this.nonce = nonce;
        this.channel = binding == null ? new byte[0] : binding.data();
        String flag = binding != null ? "p=" + binding.type() : couldBind ? "y" : "n";
        this.header = flag + "," + (actAs.isEmpty() ? "" : "a=" + SaslName.encode(actAs)) + ",";
        this.firstBare = "n=" + SaslName.encode(prepared(user)) + ",r=" + nonce;
    }

    private static String prepared(String text) {
        return SaslPrep.prepare(text)
                .filter(some -> !some.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException("SASLprep allows no such user or password"));
    }

    /** The first message. */
    public byte[] first() {
        return ScramMessage.octets(header + firstBare);
    }

    /** The answer to the server's next message; empty if the message is not right, and the exchange has to be given up. */
    public Optional<byte[]> answer(byte[] challenge) {
        Optional<byte[]> answer = Utf8.decode(challenge).flatMap(message -> switch (step) {
            case FIRST -> prove(message);
            case FINAL -> check(message);
            default -> Optional.empty();
        });
        if (answer.isEmpty()) step = Step.BROKEN;
        return answer;
    }

    /** Whether the server has proved that it knows the password. Without that its {@code +OK} is worth nothing. */
    public boolean isServerProven() {
        return step == Step.PROVEN;
    }

    private Optional<byte[]> prove(String serverFirst) {
        String[] values = ScramMessage.values(serverFirst, "rsi").orElse(null);
        if (values == null) return Optional.empty();
        String both = values[0];
        byte[] salt = SaslBase64.decode(values[1]).orElse(new byte[0]);
        int iterations = values[2].matches("[1-9][0-9]{0,8}") ? Integer.parseInt(values[2]) : 0;
        boolean acceptable = both.startsWith(nonce)
                && both.length() > nonce.length()
                && ScramMessage.isNonce(both)
                && salt.length > 0
                && salt.length <= LONGEST_SALT
                && iterations >= FEWEST_ITERATIONS
                && iterations <= MOST_ITERATIONS;
        if (!acceptable) return Optional.empty();
        byte[] bound = ScramMessage.join(ScramMessage.octets(header), channel);
        String withoutProof = "c=" + SaslBase64.encode(bound) + ",r=" + both;
        String signed = firstBare + "," + serverFirst + "," + withoutProof;
        byte[] salted = hash.salted(password, salt, iterations);
        signature = hash.hmac(hash.serverKey(salted), signed);
        byte[] clientKey = hash.hmac(salted, "Client Key");
        byte[] proof = ScramMessage.xor(clientKey, hash.hmac(hash.hash(clientKey), signed));
        step = Step.FINAL;
        return Optional.of(ScramMessage.octets(withoutProof + ",p=" + SaslBase64.encode(proof)));
    }

    private Optional<byte[]> check(String serverFinal) {
        Optional<byte[]> said = ScramMessage.values(serverFinal, "v").flatMap(values -> SaslBase64.decode(values[0]));
        if (said.isEmpty() || !MessageDigest.isEqual(said.get(), signature)) return Optional.empty();
        step = Step.PROVEN;
        return Optional.of(new byte[0]);
    }
}
