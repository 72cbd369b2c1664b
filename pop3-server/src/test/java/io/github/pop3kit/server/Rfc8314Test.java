package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Sentences of RFC 8314 section 4 that no other test shows. */
@Timeout(60)
class Rfc8314Test {

    private static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned("localhost");

    /** "SHOULD log TLS cipher information along with any connection or authentication logs". */
    @Test
    void the_log_tells_the_cipher_of_a_login() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("io.github.pop3kit.server");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        String cipher;
        try {
            cipher = converse(ServerTls.of(CERTIFICATE), new Asked());
        } finally {
            logger.setLevel(null);
            logger.detachAppender(log);
        }
        List<String> logins = log.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains("Login:"))
                .toList();
        assertEquals(1, logins.size());
        assertTrue(logins.get(0).contains(", TLS, " + cipher + ", session=<"), logins.get(0));
    }

    /** Section 4.2: "MUST NOT request a client certificate … unless the server is configured to accept some". */
    @Test
    void no_certificate_is_asked_of_a_client_where_none_is_wanted() throws Exception {
        Asked asked = new Asked();
        converse(ServerTls.of(CERTIFICATE), asked);
        assertEquals(0, asked.times.get());
        List<X509Certificate> some = List.of(SelfSigned.create("some authority").certificate());
        converse(ServerTls.of(CERTIFICATE).withOptionalClientCertificates(some), asked);
        assertTrue(asked.times.get() > 0);
    }

    /** Logs in and quits; the protocol and cipher suite. */
    private static String converse(ServerTls tls, Asked asked) throws Exception {
        try (Pop3Server server = Pop3Server.builder()
                        .listen(Endpoint.implicitTls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls))
                        .store(new MemoryMailStore())
                        .authenticator(Authenticator.passwords(Map.of("mrose", "a secret")))
                        .start();
                SSLSocket socket = connect(server, asked);
                BufferedReader replies =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.getOutputStream()
                    .write("USER mrose\r\nPASS a secret\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            List<String> all = replies.lines().toList();
            assertEquals("+OK pop3kit signing off", all.get(all.size() - 1));
            return socket.getSession().getProtocol() + " with cipher "
                    + socket.getSession().getCipherSuite();
        }
    }

    private static SSLSocket connect(Pop3Server server, Asked asked) throws Exception {
        KeyStore trusted = KeyStore.getInstance("JKS");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", CERTIFICATE.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {asked}, trust.getTrustManagers(), null);
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
        return (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", server.port(), true);
    }

    /** A client's keys, of which there are none; it counts how often somebody wants one. */
    private static final class Asked extends X509ExtendedKeyManager {

        private final AtomicInteger times = new AtomicInteger();

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            times.incrementAndGet();
            return null;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
