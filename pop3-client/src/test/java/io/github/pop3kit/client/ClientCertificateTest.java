package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.server.Endpoint;
import io.github.pop3kit.server.Pop3Server;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerTls;
import io.github.pop3kit.server.auth.Authenticator;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logins by certificate, EXTERNAL (RFC 4422 appendix A, RFC 8314 section 5.5), from end to end. */
@Timeout(60)
class ClientCertificateTest {

    private static final ServerCertificate CERTIFICATE = ServerCertificate.selfSigned("localhost");

    private Pop3Server server;

    @BeforeEach
    void serve() throws Exception {
        X509Certificate authority;
        try (InputStream pem = ClientCertificateTest.class.getResourceAsStream("ca.pem")) {
            authority =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
        MemoryMailStore store = new MemoryMailStore();
        store.deliver("by-certificate", "a\r\n");
        Authenticator byCertificate = new Authenticator() {
            @Override
            public Optional<Account> password(String user, String password) {
                return Optional.empty();
            }

            @Override
            public Optional<Account> certificate(List<X509Certificate> chain) {
                return Optional.of(Account.of("by-certificate"));
            }

            @Override
            public Set<String> mechanisms() {
                return Set.of("PLAIN", "EXTERNAL");
            }
        };
        ServerTls tls = ServerTls.of(CERTIFICATE).withOptionalClientCertificates(List.of(authority));
        server = Pop3Server.builder()
                .listen(Endpoint.implicitTls(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls))
                .store(store)
                .authenticator(byCertificate)
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** With the key of a file, or with none. */
    private Pop3Client client(Optional<String> key) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", CERTIFICATE.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        char[] password = "changeit".toCharArray();
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (key.isPresent()) {
            Path file =
                    Path.of(ClientCertificateTest.class.getResource(key.get()).toURI());
            own = KeyStore.getInstance(file.toFile(), password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return Pop3Client.builder("localhost")
                .port(server.port())
                .trust(TlsTrust.context(context))
                .build();
    }

    @Test
    void a_certificate_logs_in_without_a_password() throws Exception {
        try (RemoteMaildrop maildrop = client(Optional.of("issued.p12")).open(Login.external(""))) {
            assertEquals(1, maildrop.stat().count());
        }
    }

    @Test
    void who_names_himself_has_to_be_the_one_of_the_certificate() throws Exception {
        Pop3Client client = client(Optional.of("issued.p12"));
        client.open(Login.external("by-certificate")).close();
        assertThrows(CredentialsRefusedException.class, () -> client.open(Login.external("somebody-else")));
    }

    @Test
    void without_a_certificate_there_is_no_such_login() throws Exception {
        Pop3Client client = client(Optional.empty());
        assertThrows(NotOfferedException.class, () -> client.open(Login.external("")));
    }
}
