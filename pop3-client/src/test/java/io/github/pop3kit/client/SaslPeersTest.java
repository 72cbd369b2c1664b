package io.github.pop3kit.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.protocol.sasl.Bearer;
import io.github.pop3kit.protocol.sasl.ChannelBinding;
import io.github.pop3kit.protocol.sasl.ScramClient;
import io.github.pop3kit.protocol.sasl.ScramHash;
import io.github.pop3kit.protocol.sasl.ScramServer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.security.spec.KeySpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wildfly.security.auth.callback.ChannelBindingCallback;
import org.wildfly.security.auth.callback.CredentialCallback;
import org.wildfly.security.auth.callback.EvidenceVerifyCallback;
import org.wildfly.security.credential.BearerTokenCredential;
import org.wildfly.security.credential.PasswordCredential;
import org.wildfly.security.evidence.BearerTokenEvidence;
import org.wildfly.security.password.PasswordFactory;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.password.interfaces.ClearPassword;
import org.wildfly.security.password.spec.ClearPasswordSpec;
import org.wildfly.security.password.spec.IteratedSaltedHashPasswordSpec;
import org.wildfly.security.sasl.oauth2.OAuth2SaslClientFactory;
import org.wildfly.security.sasl.oauth2.OAuth2SaslServerFactory;
import org.wildfly.security.sasl.scram.ScramSaslClientFactory;
import org.wildfly.security.sasl.scram.ScramSaslServerFactory;

/** WildFly Elytron and ongres as clients and servers of the mechanisms that are written here. */
class SaslPeersTest {

    private static final byte[] CHANNEL = "what both ends know of the channel".getBytes(StandardCharsets.US_ASCII);
    private static final ChannelBinding BINDING = new ChannelBinding(ChannelBinding.END_POINT, CHANNEL);
    private static final byte[] SALT = "sixteen octets .".getBytes(StandardCharsets.US_ASCII);
    private static final String TOKEN = "dG9rZW4.of-mrose";

    /** Elytron looks for its ways to keep passwords there. */
    @BeforeAll
    static void provide() {
        Security.addProvider(WildFlyElytronPasswordProvider.getInstance());
    }

    @AfterAll
    static void takeAway() {
        Security.removeProvider(WildFlyElytronPasswordProvider.getInstance().getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SCRAM-SHA-1",
                "SCRAM-SHA-256",
                "SCRAM-SHA-512",
                "SCRAM-SHA-1-PLUS",
                "SCRAM-SHA-256-PLUS",
                "SCRAM-SHA-512-PLUS"
            })
    void elytrons_client_and_this_server(String mechanism) throws Exception {
        assertTrue(elytronClient(mechanism, "pencil"));
        assertFalse(elytronClient(mechanism, "another"));
    }

    private static boolean elytronClient(String mechanism, String password) throws Exception {
        boolean plus = ScramHash.isPlus(mechanism);
        SaslClient client = new ScramSaslClientFactory()
                .createSaslClient(
                        new String[] {mechanism}, null, "pop", "localhost", Map.of(), peer("mrose", password, plus));
        Server server = new Server(mechanism, client.evaluateChallenge(new byte[0]));
        byte[] last = client.evaluateChallenge(server.first());
        Optional<byte[]> signature = server.last(last);
        if (signature.isEmpty()) return false;
        client.evaluateChallenge(signature.get());
        return client.isComplete();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"})
    void this_client_and_elytrons_server(String mechanism) throws Exception {
        assertTrue(elytronServer(mechanism, "pencil"));
        assertThrows(SaslException.class, () -> elytronServer(mechanism, "another"));
    }

    private static boolean elytronServer(String mechanism, String password) throws Exception {
        boolean plus = ScramHash.isPlus(mechanism);
        SaslServer server = new ScramSaslServerFactory()
                .createSaslServer(mechanism, "pop", "localhost", Map.of(), peer("mrose", "pencil", plus));
        ScramHash hash = ScramHash.of(mechanism).orElseThrow();
        ScramClient client = new ScramClient(hash, plus ? BINDING : null, false, "", "mrose", password);
        byte[] challenge = server.evaluateResponse(client.first());
        byte[] last = server.evaluateResponse(client.answer(challenge).orElseThrow());
        assertTrue(client.answer(last).isPresent());
        assertEquals("mrose", server.getAuthorizationID());
        return client.isServerProven() && server.isComplete();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SCRAM-SHA-1",
                "SCRAM-SHA-256",
                "SCRAM-SHA-512",
                "SCRAM-SHA-1-PLUS",
                "SCRAM-SHA-256-PLUS",
                "SCRAM-SHA-512-PLUS"
            })
    void ongres_client_and_this_server(String mechanism) throws Exception {
        var builder = com.ongres.scram.client.ScramClient.builder()
                .advertisedMechanisms(List.of(mechanism))
                .username("mrose")
                .password("pencil".toCharArray());
        if (ScramHash.isPlus(mechanism)) builder.channelBinding(ChannelBinding.END_POINT, CHANNEL);
        var client = builder.build();
        Server server = new Server(mechanism, octets(client.clientFirstMessage().toString()));
        client.serverFirstMessage(text(server.first()));
        Optional<byte[]> signature =
                server.last(octets(client.clientFinalMessage().toString()));
        client.serverFinalMessage(text(signature.orElseThrow()));
    }

    @Test
    void a_token_goes_from_elytrons_client_to_this_server_and_back() throws Exception {
        SaslClient client = new OAuth2SaslClientFactory()
                .createSaslClient(
                        new String[] {"OAUTHBEARER"}, null, "pop", "localhost", Map.of(), peer("mrose", "", false));
        Bearer read =
                Bearer.parseOAuthBearer(client.evaluateChallenge(new byte[0])).orElseThrow();
        assertEquals(TOKEN, read.token());

        SaslServer server = new OAuth2SaslServerFactory()
                .createSaslServer("OAUTHBEARER", "pop", "localhost", Map.of(), peer("mrose", "", false));
        // Elytron takes RFC 7628's %x01 for four characters, and ends with one of them: the rest it has to understand.
        String message = text(new Bearer("mrose", TOKEN).oauthBearer("localhost", 995));
        server.evaluateResponse(octets(message.replaceFirst("\1$", "").replace("\1", "%x01")));
        assertTrue(server.isComplete());
    }

    /** What the server does about SCRAM, without the lines of POP3. */
    private static final class Server {

        private final ScramHash hash;
        private final ScramServer scram;

        Server(String mechanism, byte[] clientFirst) {
            boolean plus = ScramHash.isPlus(mechanism);
            hash = ScramHash.of(mechanism).orElseThrow();
            scram = ScramServer.start(hash, plus, plus ? List.of(BINDING) : List.of(), clientFirst)
                    .orElseThrow();
            assertEquals("mrose", scram.user());
        }

        byte[] first() {
            return scram.challenge(SALT, 4096);
        }

        Optional<byte[]> last(byte[] clientFinal) {
            byte[] salted = hash.salted("pencil", SALT, 4096);
            return scram.finish(clientFinal, hash.storedKey(salted), hash.serverKey(salted));
        }
    }

    /** What Elytron asks whoever uses it. */
    private static CallbackHandler peer(String user, String password, boolean binds) {
        return callbacks -> {
            for (Callback callback : callbacks) answer(callback, user, password, binds);
        };
    }

    private static void answer(Callback callback, String user, String password, boolean binds)
            throws UnsupportedCallbackException {
        if (callback instanceof NameCallback name) {
            name.setName(user);
        } else if (callback instanceof PasswordCallback asked) {
            asked.setPassword(password.toCharArray());
        } else if (callback instanceof ChannelBindingCallback channel) {
            if (!binds) throw new UnsupportedCallbackException(callback);
            channel.setBindingType(ChannelBinding.END_POINT);
            channel.setBindingData(CHANNEL);
        } else if (callback instanceof CredentialCallback credential) {
            if (credential.getCredentialType() == BearerTokenCredential.class) {
                credential.setCredential(new BearerTokenCredential(TOKEN));
            } else {
                credential.setCredential(password(credential.getAlgorithm(), password));
            }
        } else if (callback instanceof EvidenceVerifyCallback evidence) {
            BearerTokenEvidence token = evidence.getEvidence(BearerTokenEvidence.class);
            evidence.setVerified(token != null && token.getToken().equals(TOKEN));
        } else if (callback instanceof AuthorizeCallback authorize) {
            String other = authorize.getAuthorizationID();
            authorize.setAuthorized(other == null || other.equals(user));
        } else {
            throw new UnsupportedCallbackException(callback);
        }
    }

    /** The password itself for a client; for a server, which names no other way to keep it, too. */
    private static PasswordCredential password(String algorithm, String password) {
        boolean clear = algorithm == null || algorithm.equals(ClearPassword.ALGORITHM_CLEAR);
        KeySpec spec = clear
                ? new ClearPasswordSpec(password.toCharArray())
                : new IteratedSaltedHashPasswordSpec(
                        ScramHash.of(algorithm.toUpperCase(Locale.ROOT))
                                .orElseThrow()
                                .salted(password, SALT, 4096),
                        SALT,
                        4096);
        try {
            return new PasswordCredential(PasswordFactory.getInstance(
                            clear ? ClearPassword.ALGORITHM_CLEAR : algorithm,
                            WildFlyElytronPasswordProvider.getInstance())
                    .generatePassword(spec));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }
}
