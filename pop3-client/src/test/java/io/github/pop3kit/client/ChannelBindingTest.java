package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.SaslBase64;
import io.github.pop3kit.protocol.sasl.ScramClient;
import io.github.pop3kit.protocol.sasl.ScramHash;
import io.github.pop3kit.protocol.sasl.ScramServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SCRAM binds to (RFC 5929, RFC 9266), between the two ends of a real connection. */
@Timeout(60)
class ChannelBindingTest {

    private static final boolean EXPORTS_KEYS = Runtime.version().feature() >= 25;
    private static final ScramHash HASH = ScramHash.SHA_256;
    private static final byte[] SALT = {1, 2, 3, 4};
    private static final int ITERATIONS = 4096;

    private SSLContext context;
    private SSLServerSocket listening;

    @BeforeEach
    void listen() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = ChannelBindingTest.class.getResourceAsStream("issued.p12")) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "server", store.getCertificate(store.aliases().nextElement()));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        listening = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        listening.close();
    }

    /** Both ends of one connection. */
    private record Ends(SSLSession client, SSLSession server) {}

    private Ends connected(String version) throws Exception {
        CompletableFuture<SSLSession> accepted = CompletableFuture.supplyAsync(() -> {
            try (SSLSocket server = (SSLSocket) listening.accept()) {
                server.startHandshake();
                server.getInputStream().read(); // The client has seen the end of the handshake, too.
                return server.getSession();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try (SSLSocket client = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
            client.setEnabledProtocols(new String[] {version});
            client.startHandshake();
            client.getOutputStream().write('x');
            return new Ends(client.getSession(), accepted.get());
        }
    }

    private static List<String> types(SSLSession session, boolean isServer) {
        return ChannelBinding.of(session, isServer).stream()
                .map(ChannelBinding::type)
                .toList();
    }

    private static Optional<ChannelBinding> exporter(SSLSession session, boolean isServer) {
        return ChannelBinding.of(session, isServer).stream()
                .filter(binding -> binding.type().equals(ChannelBinding.EXPORTER))
                .findFirst();
    }

    @Test
    void under_tls_1_3_keys_are_exported_where_this_java_can_and_under_1_2_never() throws Exception {
        Ends ends = connected("TLSv1.3");
        List<String> both = List.of(ChannelBinding.EXPORTER, ChannelBinding.END_POINT);
        List<String> one = List.of(ChannelBinding.END_POINT);
        assertEquals(EXPORTS_KEYS ? both : one, types(ends.client(), false));
        assertEquals(EXPORTS_KEYS ? both : one, types(ends.server(), true));
        Ends old = connected("TLSv1.2");
        assertEquals(one, types(old.client(), false));
        assertEquals(one, types(old.server(), true));
    }

    /** On a Java that exports none there is nothing to compare, and the test before says so. */
    @Test
    void exported_keys_are_the_same_at_both_ends_and_others_in_each_connection() throws Exception {
        Ends ends = connected("TLSv1.3");
        Ends another = connected("TLSv1.3");
        assertEquals(EXPORTS_KEYS, exporter(ends.client(), false).isPresent());
        if (!EXPORTS_KEYS) return;
        ChannelBinding client = exporter(ends.client(), false).orElseThrow();
        assertTrue(fits(client, exporter(ends.server(), true).orElseThrow()));
        assertFalse(fits(client, exporter(another.server(), true).orElseThrow()), "of another connection");
        ChannelBinding forged = new ChannelBinding(ChannelBinding.EXPORTER, new byte[32]);
        assertFalse(fits(client, forged), "nobody's keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void the_certificate_binds_under_every_version(String version) throws Exception {
        Ends ends = connected(version);
        List<ChannelBinding> client = ChannelBinding.of(ends.client(), false);
        List<ChannelBinding> server = ChannelBinding.of(ends.server(), true);
        assertTrue(fits(client.get(client.size() - 1), server.get(server.size() - 1)));
    }

    /** Whether a login by SCRAM succeeds with these at its ends. */
    private static boolean fits(ChannelBinding client, ChannelBinding server) throws Exception {
        ScramClient ours = new ScramClient(HASH, client, false, "", "mrose", "secret");
        ScramServer theirs =
                ScramServer.start(HASH, true, List.of(server), ours.first()).orElseThrow();
        byte[] answer = ours.answer(theirs.challenge(SALT, ITERATIONS)).orElseThrow();
        byte[] salted = HASH.salted("secret", SALT, ITERATIONS);
        return theirs.finish(answer, HASH.storedKey(salted), HASH.serverKey(salted))
                .isPresent();
    }

    /** Such as ours on Java 17, of which a client on 25 cannot know. */
    @Test
    void a_server_that_knows_only_the_certificate_for_binding_is_logged_in_to() throws Exception {
        List<String> refused = new ArrayList<>();
        CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serveWithEndPointAlone(refused, "secret"));
        try (RemoteMaildrop maildrop = client().open(bySha256Plus("secret"))) {
            maildrop.quit();
        }
        served.get();
        assertEquals(EXPORTS_KEYS ? List.of("p=tls-exporter") : List.of(), refused);
    }

    /** What was proved is not proved again: the second time would be a second guess. */
    @Test
    void a_password_that_is_wrong_is_tried_with_one_binding() throws Exception {
        List<String> refused = new ArrayList<>();
        CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serveWithEndPointAlone(refused, "other"));
        assertThrows(CredentialsRefusedException.class, () -> client().open(bySha256Plus("secret")));
        served.get();
        assertEquals(EXPORTS_KEYS ? List.of("p=tls-exporter", "proof") : List.of("proof"), refused);
    }

    private static Login bySha256Plus(String password) {
        return Login.password("mrose", password).only("SCRAM-SHA-256-PLUS");
    }

    private Pop3Client client() throws Exception {
        return Pop3Client.builder("localhost")
                .port(listening.getLocalPort())
                .tls(Tls.IMPLICIT)
                .trust(TlsTrust.caFile(resource("ca.pem")))
                .build();
    }

    private void serveWithEndPointAlone(List<String> refused, String password) {
        try (SSLSocket socket = (SSLSocket) listening.accept()) {
            BufferedReader commands =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            say(socket, "+OK ready");
            Optional<ScramServer> scram = Optional.empty();
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                if (line.equals("CAPA")) {
                    say(socket, "+OK\r\nSASL SCRAM-SHA-256-PLUS\r\n.");
                } else if (line.startsWith("AUTH SCRAM-SHA-256-PLUS ")) {
                    byte[] first = SaslBase64.decode(line.substring(24)).orElseThrow();
                    List<ChannelBinding> known = ChannelBinding.of(socket.getSession(), true).stream()
                            .filter(binding -> binding.type().equals(ChannelBinding.END_POINT))
                            .toList();
                    scram = ScramServer.start(HASH, true, known, first);
                    if (scram.isEmpty()) refused.add(new String(first, StandardCharsets.UTF_8).split(",", 2)[0]);
                    say(
                            socket,
                            scram.map(begun -> "+ " + SaslBase64.encode(begun.challenge(SALT, ITERATIONS)))
                                    .orElse("-ERR no such channel binding"));
                } else if (line.equals("QUIT")) {
                    say(socket, "+OK");
                } else if (line.isEmpty()) {
                    say(socket, "+OK"); // The client has seen our proof.
                } else {
                    byte[] salted = HASH.salted(password, SALT, ITERATIONS);
                    Optional<byte[]> last = scram.orElseThrow()
                            .finish(
                                    SaslBase64.decode(line).orElseThrow(),
                                    HASH.storedKey(salted),
                                    HASH.serverKey(salted));
                    if (last.isEmpty()) refused.add("proof");
                    say(
                            socket,
                            last.map(proof -> "+ " + SaslBase64.encode(proof)).orElse("-ERR [AUTH] no"));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void say(SSLSocket socket, String reply) throws IOException {
        socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(ChannelBindingTest.class.getResource(name).toURI());
    }
}
