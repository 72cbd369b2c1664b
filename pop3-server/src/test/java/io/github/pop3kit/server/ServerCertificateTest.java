package io.github.pop3kit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and keys in the forms in which operators have them. */
class ServerCertificateTest {

    @TempDir
    private Path folder;

    @Test
    void a_self_signed_certificate_is_valid_and_names_its_hosts() throws Exception {
        ServerCertificate made = ServerCertificate.selfSigned("localhost", "127.0.0.1", "::1");
        made.certificate().checkValidity();
        made.certificate().verify(made.certificate().getPublicKey());
        assertEquals(3, made.certificate().getSubjectAlternativeNames().size());
        Path pem = write("cert.pem", made.toPem());
        assertEquals(made.certificate(), Pem.certificates(pem).get(0));
    }

    @Test
    void pem_holds_certificate_and_key_in_two_files_or_one() throws Exception {
        SelfSigned made = SelfSigned.create("localhost");
        String certificate = pem("CERTIFICATE", made.certificate().getEncoded());
        String key = pem("PRIVATE KEY", made.keys().getPrivate().getEncoded());
        Path both = write("both.pem", "a comment\n" + certificate + key);
        assertEquals(made.certificate(), ServerCertificate.pem(both, both).certificate());
        Path one = write("cert.pem", certificate);
        assertEquals(
                made.certificate(),
                ServerCertificate.pem(one, write("key.pem", key)).certificate());
    }

    @Test
    void a_key_of_another_certificate_is_refused_by_name() throws Exception {
        SelfSigned one = SelfSigned.create("localhost");
        SelfSigned other = SelfSigned.create("localhost");
        Path certificate =
                write("cert.pem", pem("CERTIFICATE", one.certificate().getEncoded()));
        Path key = write("key.pem", pem("PRIVATE KEY", other.keys().getPrivate().getEncoded()));
        IOException refused = assertThrows(IOException.class, () -> ServerCertificate.pem(certificate, key));
        assertTrue(refused.getMessage().contains("key.pem"), refused.getMessage());
    }

    @Test
    void a_file_that_holds_something_else_is_refused_by_name() throws Exception {
        Path nothing = write("nothing.pem", "nothing");
        assertThrows(IOException.class, () -> Pem.certificates(nothing));
        assertThrows(IOException.class, () -> Pem.privateKey(nothing));
        Path encrypted = write("enc.pem", pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));
        String message =
                assertThrows(IOException.class, () -> Pem.privateKey(encrypted)).getMessage();
        assertTrue(message.contains("enc.pem") && message.contains("encrypted"), message);
        Path damaged = write("damaged.pem", pem("PRIVATE KEY", new byte[] {1, 2, 3}));
        assertThrows(IOException.class, () -> Pem.privateKey(damaged));
    }

    /** Made by {@code openssl ecparam -name prime256v1 -genkey -noout} and {@code openssl genrsa -traditional 2048}. */
    @Test
    void the_older_forms_of_openssl_are_read() throws Exception {
        assertEquals("EC", Pem.privateKey(resource("sec1.pem")).getAlgorithm());
        assertEquals("RSA", Pem.privateKey(resource("pkcs1.pem")).getAlgorithm());
    }

    @Test
    void a_keystore_is_read() throws Exception {
        SelfSigned made = SelfSigned.create("localhost");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "any", made.keys().getPrivate(), "changeit".toCharArray(), new Certificate[] {made.certificate()});
        Path file = folder.resolve("server.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        assertEquals(
                made.certificate(),
                ServerCertificate.keystore(file, "changeit".toCharArray()).certificate());
        assertThrows(IOException.class, () -> ServerCertificate.keystore(file, "wrong".toCharArray()));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Path resource(String name) throws Exception {
        return Path.of(ServerCertificateTest.class.getResource(name).toURI());
    }

    private static String pem(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
