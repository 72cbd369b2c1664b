package io.github.pop3kit.client;

/** How a client comes to TLS. Whatever it is, a certificate that does not fit ends the attempt: there is no way back to the clear. */
public enum Tls {

    /** TLS from the first octet on, usually on port 995 (RFC 8314). The default. */
    IMPLICIT(995),

    /** TLS by the command STLS (RFC 2595), before anything else is sent; a server without it is left. */
    STLS(110),

    /**
     * TLS by STLS if the server offers it, otherwise none. Whoever sits on the way can take the offer away, so that passwords go over
     * such a connection only after {@link Pop3Client.Builder#allowCleartextLogin}.
     */
    STLS_IF_OFFERED(110),

    /** No TLS. */
    NONE(110);

    private final int port;

    Tls(int port) {
        this.port = port;
    }

    /** The port that is usual for it. */
    int port() {
        return port;
    }
}
