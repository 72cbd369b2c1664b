package io.github.pop3kit.jakarta;

/**
 * The properties, as they stand behind {@code mail.pop3.} or {@code mail.pop3s.}; docs/jakarta-mail.md says what each does, and a test
 * holds the two together.
 */
enum Property {
    USER("user"),
    HOST("host"),
    PORT("port"),
    CONNECTION_TIMEOUT("connectiontimeout"),
    TIMEOUT("timeout"),
    WRITE_TIMEOUT("writetimeout"),
    WRITE_TIMEOUT_EXECUTOR("executor.writetimeout"),
    RSET_BEFORE_QUIT("rsetbeforequit"),
    MESSAGE_CLASS("message.class"),
    LOCAL_ADDRESS("localaddress"),
    LOCAL_PORT("localport"),
    APOP("apop.enable"),
    MECHANISMS("auth.mechanisms"),
    NO_LOGIN("auth.login.disable"),
    NO_PLAIN("auth.plain.disable"),
    NO_DIGEST_MD5("auth.digest-md5.disable"),
    NO_NTLM("auth.ntlm.disable"),
    NTLM_DOMAIN("auth.ntlm.domain"),
    NTLM_FLAGS("auth.ntlm.flags"),
    NO_XOAUTH2("auth.xoauth2.disable"),
    XOAUTH2_TWO_LINES("auth.xoauth2.two.line.authentication.format"),
    AUTHORIZATION_ID("sasl.authorizationid"),
    SOCKET_FACTORY("socketFactory"),
    SOCKET_FACTORY_CLASS("socketFactory.class"),
    SOCKET_FACTORY_FALLBACK("socketFactory.fallback"),
    SOCKET_FACTORY_PORT("socketFactory.port"),
    SSL("ssl.enable"),
    SSL_CHECK_IDENTITY("ssl.checkserveridentity"),
    SSL_VERIFIER("ssl.hostnameverifier"),
    SSL_VERIFIER_CLASS("ssl.hostnameverifier.class"),
    SSL_TRUST("ssl.trust"),
    SSL_SOCKET_FACTORY("ssl.socketFactory"),
    SSL_SOCKET_FACTORY_CLASS("ssl.socketFactory.class"),
    SSL_SOCKET_FACTORY_PORT("ssl.socketFactory.port"),
    SSL_PROTOCOLS("ssl.protocols"),
    SSL_CIPHER_SUITES("ssl.ciphersuites"),
    STARTTLS("starttls.enable"),
    STARTTLS_REQUIRED("starttls.required"),
    PROXY_HOST("proxy.host"),
    PROXY_PORT("proxy.port"),
    PROXY_USER("proxy.user"),
    PROXY_PASSWORD("proxy.password"),
    SOCKS_HOST("socks.host"),
    SOCKS_PORT("socks.port"),
    DISABLE_TOP("disabletop"),
    DISABLE_CAPA("disablecapa"),
    FORGET_TOP_HEADERS("forgettopheaders"),
    PIPELINING("pipelining"),
    FILE_CACHE("filecache.enable"),
    FILE_CACHE_DIR("filecache.dir"),
    CACHE_WRITE_TO("cachewriteto"),
    KEEP_CONTENT("keepmessagecontent"),
    FINALIZE_CLEAN_CLOSE("finalizecleanclose"),
    // Not documented by Angus Mail, but read by it, and unsafe.
    SSL_SOCKET_FACTORY_FALLBACK("ssl.socketFactory.fallback"),
    // Ours.
    READ_AHEAD("readahead");

    final String suffix;

    Property(String suffix) {
        this.suffix = suffix;
    }
}
