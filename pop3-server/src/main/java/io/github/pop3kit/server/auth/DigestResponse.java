package io.github.pop3kit.server.auth;

import io.github.pop3kit.protocol.sasl.Md5;
import java.nio.charset.StandardCharsets;

/** What a client answered to the challenge of APOP (RFC 1939 section 7) or CRAM-MD5 (RFC 2195): a digest of it and of its password. */
public final class DigestResponse {

    private final String mechanism;
    private final String user;
    private final String challenge;
    private final String digest;

    /**
     * A response.
     *
     * @param mechanism {@code APOP} or {@code CRAM-MD5}
     * @param digest 32 hexadecimal digits in lower case
     */
    public DigestResponse(String mechanism, String user, String challenge, String digest) {
        this.mechanism = mechanism;
        this.user = user;
        this.challenge = challenge;
        this.digest = digest;
    }

    /** {@code APOP} or {@code CRAM-MD5}. */
    public String mechanism() {
        return mechanism;
    }

    /** As the client typed it, prepared by SASLprep. */
    public String user() {
        return user;
    }

    /** Whether it is the digest of this password. */
    public boolean isOf(String password) {
        String right = mechanism.equals("APOP") ? Md5.apop(challenge, password) : Md5.cram(octets(), password);
        return Secret.same(right, digest);
    }

    /** Whether it is the digest of the password that this was made of; never for APOP, which needs the password itself. */
    boolean isOf(CramMd5Key key) {
        return Secret.same(key.digest(octets()), digest) && mechanism.equals("CRAM-MD5");
    }

    private byte[] octets() {
        return challenge.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return "DigestResponse[" + mechanism + ", " + user + ", ****]";
    }
}
