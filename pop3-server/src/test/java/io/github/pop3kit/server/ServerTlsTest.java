package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificate is shown to whom, which clients are let in, and that sessions are resumed. */
@Timeout(30)
class ServerTlsTest {

    private static final ServerCertificate ONE = ServerCertificate.selfSigned("one.example", "localhost");
    private static final ServerCertificate TWO = ServerCertificate.selfSigned("two.example", "*.two.example");
    private static final SelfSigned CLIENT = SelfSigned.create("mrose");

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void the_certificate_is_the_one_for_the_name_that_the_client_asks_for(String version) throws Exception {
        try (Pop3Server server = start(ServerTls.of(ONE, TWO))) {
            assertEquals(ONE.certificate(), shown(server, version, Optional.of("one.example")));
            assertEquals(TWO.certificate(), shown(server, version, Optional.of("two.example")));
            assertEquals(TWO.certificate(), shown(server, version, Optional.of("POP.two.example")));
            assertEquals(ONE.certificate(), shown(server, version, Optional.of("pop.of.two.example")));
            assertEquals(ONE.certificate(), shown(server, version, Optional.of("three.example")));
            assertEquals(ONE.certificate(), shown(server, version, Optional.empty()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void a_session_is_resumed(String version) throws Exception {
        SSLContext client = client(Optional.empty());
        try (Pop3Server server = start(ServerTls.of(ONE))) {
            long first = greeted(client, server, version).getCreationTime();
            byte[] id = greeted(client, server, version).getId();
            for (int i = 0; i < 5; i++) {
                SSLSession resumed = greeted(client, server, version);
                assertEquals(first, resumed.getCreationTime());
                if (version.equals("TLSv1.2")) assertArrayEquals(id, resumed.getId());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void a_client_certificate_is_asked_for_where_the_server_wants_one(String version) throws Exception {
        SelfSigned stranger = SelfSigned.create("stranger");
        List<X509Certificate> authorities = List.of(CLIENT.certificate());
        try (Pop3Server server = start(ServerTls.of(ONE).withRequiredClientCertificates(authorities))) {
            greeted(client(Optional.of(CLIENT)), server, version);
            assertThrows(IOException.class, () -> greeted(client(Optional.empty()), server, version));
            assertThrows(IOException.class, () -> greeted(client(Optional.of(stranger)), server, version));
        }
        try (Pop3Server server = start(ServerTls.of(ONE).withOptionalClientCertificates(authorities))) {
            greeted(client(Optional.of(CLIENT)), server, version);
            greeted(client(Optional.empty()), server, version);
        }
    }

    private static Pop3Server start(ServerTls tls) throws IOException {
        return Pop3Server.builder()
                .listen(Endpoint.implicitTls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls))
                .store(new MemoryMailStore())
                .authenticator(Authenticator.passwords(Map.of()))
                .start();
    }

    private static X509Certificate shown(Pop3Server server, String version, Optional<String> name) throws Exception {
        try (SSLSocket socket = connect(client(Optional.empty()), server, version)) {
            name.ifPresent(host -> {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName(host)));
                socket.setSSLParameters(parameters);
            });
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    /** The session of a client that has read the greeting, without which TLS 1.3 does not say that a client is refused. */
    private static SSLSession greeted(SSLContext client, Pop3Server server, String version) throws IOException {
        try (SSLSocket socket = connect(client, server, version)) {
            byte[] greeting = socket.getInputStream().readNBytes(3);
            if (greeting.length < 3) throw new IOException("the server has hung up");
            assertTrue(new String(greeting, StandardCharsets.US_ASCII).startsWith("+OK"));
            return socket.getSession();
        }
    }

    private static SSLSocket connect(SSLContext context, Pop3Server server, String version) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "client", server.port(), true);
        socket.setEnabledProtocols(new String[] {version});
        return socket;
    }

    private static SSLContext client(Optional<SelfSigned> own) throws GeneralSecurityException, IOException {
        KeyStore trusted = keystore();
        trusted.setCertificateEntry("one", ONE.certificate());
        trusted.setCertificateEntry("two", TWO.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        TrustManager[] trustManagers = trust.getTrustManagers();
        KeyStore keys = keystore();
        if (own.isPresent()) {
            Certificate[] chain = {own.get().certificate()};
            keys.setKeyEntry("own", own.get().keys().getPrivate(), new char[0], chain);
        }
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trustManagers, null);
        return context;
    }

    private static KeyStore keystore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        return store;
    }
}
