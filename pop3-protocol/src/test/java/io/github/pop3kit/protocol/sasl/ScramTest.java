package io.github.pop3kit.protocol.sasl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** RFC 5802, RFC 7677. */
class ScramTest {

    private static final ChannelBinding BINDING = new ChannelBinding(ChannelBinding.END_POINT, octets("the channel"));
    private static final ChannelBinding ANOTHER = new ChannelBinding(ChannelBinding.END_POINT, octets("another one"));

    @Test
    void the_example_of_rfc_5802_section_5() {
        plays(
                ScramHash.SHA_1,
                "fyko+d2lbbFgONRv9qkxdawL",
                "3rfcNHYJY1ZVvWVs7j",
                "QSXCR+Q6sek8bf92",
                "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
                "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
    }

    @Test
    void the_example_of_rfc_7677_section_3() {
        plays(
                ScramHash.SHA_256,
                "rOprNGfwEbeRWgbNEkqO",
                "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
                "W22ZaJ0SNY7soEsUEjb6gQ==",
                "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    private static void plays(
            ScramHash hash,
            String clientNonce,
            String serverNonce,
            String salt,
            String clientFirst,
            String serverFirst,
            String clientFinal,
            String serverFinal) {
        byte[] salted = hash.salted("pencil", Base64.getDecoder().decode(salt), 4096);
        ScramClient client = new ScramClient(hash, null, false, "", "user", "pencil", clientNonce);
        assertEquals(clientFirst, text(client.first()));
        ScramServer server = ScramServer.start(hash, false, List.of(), octets(clientFirst), serverNonce)
                .orElseThrow();
        assertEquals("user", server.user());
        assertEquals(serverFirst, text(server.challenge(Base64.getDecoder().decode(salt), 4096)));
        assertEquals(clientFinal, text(client.answer(octets(serverFirst)).orElseThrow()));
        byte[] last = server.finish(octets(clientFinal), hash.storedKey(salted), hash.serverKey(salted))
                .orElseThrow();
        assertEquals(serverFinal, text(last));
        assertFalse(client.isServerProven());
        assertArrayEquals(new byte[0], client.answer(last).orElseThrow());
        assertTrue(client.isServerProven());
    }

    @Test
    void every_hash_with_every_binding_proves_both_sides() {
        for (ScramHash hash : ScramHash.values()) {
            assertTrue(agree(hash, null, List.of(), "p\u00E9ncil", "pe\u0301ncil"), "SASLprep");
            assertTrue(agree(hash, BINDING, List.of(BINDING), "pencil", "pencil"));
            assertFalse(agree(hash, null, List.of(), "pencil", "Pencil"));
            assertFalse(agree(hash, BINDING, List.of(ANOTHER), "pencil", "pencil"), "somebody in between");
        }
    }

    private static boolean agree(
            ScramHash hash, ChannelBinding clients, List<ChannelBinding> servers, String stored, String typed) {
        byte[] salt = octets("some salt");
        byte[] salted = hash.salted(stored, salt, 4096);
        ScramClient client = new ScramClient(hash, clients, false, "", "a,b=c", typed);
        ScramServer server = ScramServer.start(hash, clients != null, servers, client.first())
                .orElseThrow();
        assertEquals("a,b=c", server.user());
        byte[] proof = client.answer(server.challenge(salt, 4096)).orElseThrow();
        Optional<byte[]> last = server.finish(proof, hash.storedKey(salted), hash.serverKey(salted));
        return last.isPresent() && client.answer(last.get()).isPresent() && client.isServerProven();
    }

    @Test
    void a_client_that_was_not_shown_the_binding_is_refused() {
        List<ChannelBinding> offered = List.of(BINDING);
        assertTrue(starts(false, List.of(), "y,,n=user,r=abc"));
        assertFalse(starts(false, offered, "y,,n=user,r=abc"));
        assertTrue(starts(false, offered, "n,,n=user,r=abc"));
        assertTrue(starts(true, offered, "p=tls-server-end-point,,n=user,r=abc"));
        assertFalse(starts(true, offered, "p=tls-unique,,n=user,r=abc"));
        assertFalse(starts(true, offered, "n,,n=user,r=abc"));
        assertFalse(starts(false, offered, "p=tls-server-end-point,,n=user,r=abc"));
    }

    @Test
    void a_first_message_that_is_not_one_is_refused() {
        for (String wrong : List.of(
                "",
                "n,,",
                "n,,n=user",
                "n,,r=abc,n=user",
                "n,,n=,r=abc",
                "n,,n=user,r=",
                "n,,n=us=er,r=abc",
                "n,,n=us,er,r=abc",
                "n,,m=must,n=user,r=abc",
                "x,,n=user,r=abc",
                "n,b=c,n=user,r=abc",
                "n,,n=user,r=a\u00E9",
                "n,,n=us\0er,r=abc",
                "n,,n=user,r=abc,",
                "n,,n=user,r=abc,x")) {
            assertFalse(starts(false, List.of(), wrong), wrong);
        }
        assertTrue(starts(false, List.of(), "n,a=chris=2C,n=user,r=abc,x=more"));
        assertTrue(ScramServer.start(ScramHash.SHA_1, false, List.of(), new byte[] {(byte) 0xFF})
                .isEmpty());
    }

    private static boolean starts(boolean plus, List<ChannelBinding> bindings, String message) {
        return ScramServer.start(ScramHash.SHA_256, plus, bindings, octets(message))
                .isPresent();
    }

    @Test
    void a_proof_is_good_for_one_exchange() {
        byte[] salt = octets("some salt");
        byte[] salted = ScramHash.SHA_256.salted("pencil", salt, 4096);
        ScramClient client = new ScramClient(ScramHash.SHA_256, null, false, "", "user", "pencil", "abc");
        ScramServer first = ScramServer.start(ScramHash.SHA_256, false, List.of(), client.first())
                .orElseThrow();
        ScramServer second = ScramServer.start(ScramHash.SHA_256, false, List.of(), client.first())
                .orElseThrow();
        byte[] proof = client.answer(first.challenge(salt, 4096)).orElseThrow();
        second.challenge(salt, 4096);
        byte[] stored = ScramHash.SHA_256.storedKey(salted);
        byte[] server = ScramHash.SHA_256.serverKey(salted);
        assertTrue(second.finish(proof, stored, server).isEmpty());
        for (String wrong : List.of("", "c=biws", "c=biws,r=abc", "c=biws,r=abc,p=", "c=biws,r=abc,p=AAAA", "p=AAAA")) {
            assertTrue(first.finish(octets(wrong), stored, server).isEmpty(), wrong);
        }
        assertTrue(first.finish(proof, stored, server).isPresent());
    }

    @Test
    void a_client_answers_no_server_that_does_wrong() {
        for (String wrong : List.of(
                "r=other,s=QUJD,i=4096",
                "r=abc,s=QUJD,i=4096",
                "r=abcdef,s=,i=4096",
                "r=abcdef,s=QUJD,i=4095",
                "r=abcdef,s=QUJD,i=1000000000",
                "r=abcdef,s=QUJD,i=2000001",
                "r=abcdef,s=QUJD,i=-1",
                "r=abcdef,s=QUJ,i=4096",
                "m=x,r=abcdef,s=QUJD,i=4096",
                "s=QUJD,r=abcdef,i=4096",
                "e=other-error",
                "")) {
            ScramClient client = new ScramClient(ScramHash.SHA_1, null, false, "", "user", "pencil", "abc");
            assertTrue(client.answer(octets(wrong)).isEmpty(), wrong);
            assertTrue(client.answer(octets("r=abcdef,s=QUJD,i=4096")).isEmpty(), "it has given up");
        }
        for (String wrong : List.of("v=AAAA", "e=invalid-proof", "v=", "")) {
            ScramClient client = new ScramClient(ScramHash.SHA_1, null, false, "", "user", "pencil", "abc");
            assertTrue(client.answer(octets("r=abcdef,s=QUJD,i=4096")).isPresent());
            assertTrue(client.answer(octets(wrong)).isEmpty(), wrong);
            assertFalse(client.isServerProven());
        }
    }

    @Test
    void a_password_that_saslprep_forbids_is_refused_without_showing_it() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> new ScramClient(ScramHash.SHA_1, null, false, "", "user", "pen\u0007cil"));
        assertFalse(refused.getMessage().contains("cil"));
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }
}
